// The fields of a train block, evaluated.
#ifndef DLC_FRONTEND_DSL_RECIPE_H
#define DLC_FRONTEND_DSL_RECIPE_H

#include "frontend/dsl/Interpreter.h"

namespace dlc::dsl {

struct MetricEntry {
  std::string name; // unique within the recipe
  Value value;      // a function, or an instance of a metric
  SourceRange range;
};

struct Recipe {
  ArgumentValue loss, optimizer, augment; // a value of None: not given
  std::vector<MetricEntry> metrics;
  ArgumentValue classWeight; // numbers, "balanced", or none
  std::optional<double> ema; // the share that an average of the parameters keeps in a step
  SourceRange emaRange;
  std::vector<std::string> freeze;
  SourceRange freezeRange;
  /// Everything that goes to `graph.recipe`, by name.
  std::vector<std::pair<std::string, Value>> fields;
};

/// `--set` of a train block's field or of something within it.
struct RecipeSetting {
  std::string key;
  const ast::Expr *value;
};

/// Evaluates \p train in a scope below \p globals; nullopt after errors. Settings of fields
/// replace what is written; those that it used are marked in `interpreter.usedSettings`.
std::optional<Recipe> evaluateRecipe(Interpreter &interpreter, const ast::TrainDecl &train,
                                     llvm::ArrayRef<RecipeSetting> settings, Environment &globals);

/// The names a train block may give.
llvm::ArrayRef<llvm::StringRef> recipeFieldNames();

/// Module attribute `graph.recipe`.
mlir::DictionaryAttr recipeAttribute(mlir::MLIRContext *context, const Recipe &recipe);

} // namespace dlc::dsl

#endif
