// Weights of classes in a loss: a recipe's `class_weight`, and the losses' own argument of this name.
#ifndef DLC_FRONTEND_DSL_CLASSWEIGHTS_H
#define DLC_FRONTEND_DSL_CLASSWEIGHTS_H

#include "frontend/dsl/Interpreter.h"

namespace dlc::dsl {

/// The text that stands for weights that are counted: n / (classes * count).
inline constexpr llvm::StringLiteral kBalanced = "balanced";

/// A list of finite numbers of at least 0, one of them above, or "balanced"; false after an error at \p range.
bool checkClassWeights(Interpreter &interpreter, const Value &weights, SourceRange range);

/// Whether \p loss has a parameter `class_weight` that nothing is bound to yet; false after an error at \p range.
bool checkTakesClassWeights(Interpreter &interpreter, const Value &loss, SourceRange range);

} // namespace dlc::dsl

#endif
