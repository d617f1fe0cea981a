// Runs passes on modules, and modules on the reference backend, before and after they have become kernels or a plan.
#ifndef DLC_TEST_UNIT_PASSES_FUSION_PASSRUNNER_H
#define DLC_TEST_UNIT_PASSES_FUSION_PASSRUNNER_H

#include "backends/reference/Interpreter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>

namespace dlc::test {

/// One context with the dialects of graph and plan, without threads.
mlir::MLIRContext &context();

/// Fails the test when \p text is no valid module.
mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text);

/// Runs \p pipeline, "dlc-simplify-graph,dlc-form-fusion-groups{explain}", on a copy; null when a pass fails.
mlir::OwningOpRef<mlir::ModuleOp> runPasses(mlir::ModuleOp module, llvm::StringRef pipeline);

/// Numbers in (-1, 1), integers and bools in their range; the same for the same \p seed.
reference::Tensor randomTensor(mlir::RankedTensorType type, const reference::Symbols &symbols, unsigned seed);

/// One for each argument of the function.
llvm::SmallVector<reference::Tensor> randomArguments(mlir::func::FuncOp function, const reference::Symbols &symbols,
                                                     unsigned seed);

/// What a call leaves behind: outputs by name ("out:p") and the new values of variables ("var:w").
using Effects = llvm::StringMap<reference::Tensor>;

/// Runs a function that has graph.output and graph.variable attributes.
Effects runFunction(mlir::ModuleOp module, llvm::StringRef name, llvm::ArrayRef<reference::Tensor> arguments,
                    const reference::Symbols &symbols);

/// Runs the function of the same name in the module's plan.program on memory as the plan lays it out, kernels (still in
/// the graph form) by the reference backend. \p original: the function that the plan was made of, with the arguments'
/// names. Bytes of slots and outputs start as garbage.
Effects runPlan(mlir::ModuleOp module, mlir::func::FuncOp original, llvm::ArrayRef<reference::Tensor> arguments,
                const reference::Symbols &symbols);

/// The number of launches in a function of graph.launch ops.
unsigned launchCount(mlir::ModuleOp module, llvm::StringRef name);

/// Expects the same effects; floats to \p tolerance, relative to the larger of 1 and their size.
void expectSame(const Effects &actual, const Effects &expected, double tolerance);

} // namespace dlc::test

#endif
