// A parsed program -> a module of the graph dialect with its functions: @init, @fit,
// @train_step, @eval_step, @predict, @metrics_reset, @metrics_result, @gradients.
#ifndef DLC_FRONTEND_DSL_ELABORATOR_H
#define DLC_FRONTEND_DSL_ELABORATOR_H

#include "frontend/dsl/Diagnostics.h"
#include "frontend/dsl/ModuleLoader.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace dlc::dsl {

struct ElaborateOptions {
  /// "f32" or "f64": the program's float, also where `f32` is written.
  std::string dtype = "f32";
  /// `--set key=value`, the value in the language: a recipe field ("epochs"), an argument of the
  /// optimizer ("optimizer.learning_rate"), a field of a recipe's record ("data.x"), a const, a
  /// hyper-parameter of the model ("units") or of a layer ("dense_1.units").
  std::vector<std::pair<std::string, std::string>> sets;
  /// "": the only model, or the only one with a train block.
  std::string model;
  /// Adds @gradients(inputs, targets) -> loss and every gradient.
  bool gradients = false;
  /// A model without a train block is an error; else it can only predict.
  bool requireTrain = false;
};

/// Null after errors, which are in \p diagnostics. \p program must be free of errors. The
/// context's dialects `graph` and `func` are loaded. \p sources receives the texts of `sets`.
mlir::OwningOpRef<mlir::ModuleOp> elaborate(mlir::MLIRContext &context, SourceManager &sources,
                                            const LoadedProgram &program, Diagnostics &diagnostics,
                                            const ElaborateOptions &options);

} // namespace dlc::dsl

#endif
