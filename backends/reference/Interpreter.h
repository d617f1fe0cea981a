// Computes functions of the graph dialect, op by op, for correctness alone: the oracle of every test, and the constant
// folder. Floats are computed in double and rounded to their type once per operation; sums are rounded once at the end.
#ifndef DLC_BACKENDS_REFERENCE_INTERPRETER_H
#define DLC_BACKENDS_REFERENCE_INTERPRETER_H

#include "backends/reference/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::graph {
class ScanOp;
}

namespace dlc::reference {

/// Values of the symbols, by name.
using Symbols = llvm::StringMap<int64_t>;

/// What a kernel sees: operands computed, results shaped and zero.
struct Evaluation {
  mlir::Operation *op;
  llvm::ArrayRef<Tensor> operands;
  llvm::MutableArrayRef<Tensor> results;
  const Symbols &symbols;
};

using Kernel = mlir::LogicalResult (*)(const Evaluation &);
using KernelTable = llvm::StringMap<Kernel>;

// One for each family; they name the ops that they compute.
void addElementwiseKernels(KernelTable &table);
void addContractionKernels(KernelTable &table);
void addConvolutionKernels(KernelTable &table);
void addPoolingKernels(KernelTable &table);
void addReductionKernels(KernelTable &table);
void addShapeKernels(KernelTable &table);
void addIndexingKernels(KernelTable &table);
void addRandomKernels(KernelTable &table);
void addControlKernels(KernelTable &table);

/// Zeros of a type, its sizes taken from \p symbols; fails silently where a symbol is not known.
mlir::FailureOr<Tensor> emptyTensor(mlir::RankedTensorType type, const Symbols &symbols);

class Interpreter {
public:
  Interpreter();

  /// Runs \p function; symbols are bound from the arguments' shapes, \p symbols adds those that no argument shows.
  /// Fails with a diagnostic where a shape does not fit, an op has no kernel, or a guard is false.
  mlir::FailureOr<llvm::SmallVector<Tensor>> run(mlir::func::FuncOp function, llvm::ArrayRef<Tensor> arguments,
                                                 Symbols symbols = {});

  /// Evaluates one op that holds no symbol reference; \p scalar: operands and results stand for one element.
  mlir::LogicalResult evaluate(mlir::Operation *op, llvm::ArrayRef<Tensor> operands,
                               llvm::SmallVectorImpl<Tensor> &results, const Symbols &symbols, bool scalar = false);

private:
  mlir::LogicalResult runScan(graph::ScanOp scan, llvm::ArrayRef<Tensor> operands,
                              llvm::SmallVectorImpl<Tensor> &results, const Symbols &symbols);

  KernelTable table;
};

} // namespace dlc::reference

#endif
