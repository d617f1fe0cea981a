// A kernel in linalg form as a graph of tensor values: what each value is, how large, and whether it is stored.
#ifndef DLC_PASSES_KERNEL_KERNELDAG_H
#define DLC_PASSES_KERNEL_KERNELDAG_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace dlc::kernel {

using Sizes = llvm::SmallVector<graph::SymbolicSize, 4>;

enum class ValueKind { Argument, Constant, Elementwise, Reduction, Contraction, Scatter };

/// A value that goes to a result of the kernel.
struct Store {
  mlir::Value value;
  unsigned result;
};

class KernelDag {
public:
  /// Checks that \p kernel is in linalg form; reports what is not. The graph refers to the function's operations.
  static mlir::FailureOr<KernelDag> build(mlir::func::FuncOp kernel);

  mlir::func::FuncOp function() const { return kernel; }
  unsigned inputCount() const { return inputs; }
  mlir::ArrayRef<Store> stores() const { return returned; }

  ValueKind kindOf(mlir::Value tensor) const { return kinds.lookup(tensor); }
  mlir::ArrayRef<graph::SymbolicSize> sizesOf(mlir::Value tensor) const { return tensorSizes.find(tensor)->second; }
  /// Iteration counts of a generic's loops.
  Sizes loopSizes(mlir::linalg::GenericOp generic) const;
  /// An index value of the function's top level as a polynomial of the symbols.
  mlir::FailureOr<graph::SymbolicSize> polynomialOf(mlir::Value index) const;

  /// Whether the value is in memory when the kernel's nests read it: an argument, a constant or a returned value.
  bool isInMemory(mlir::Value tensor) const;
  /// The first result that holds \p tensor.
  std::optional<unsigned> resultOf(mlir::Value tensor) const;

private:
  void copySizes(mlir::Value from, mlir::Value to);
  mlir::LogicalResult addArguments();
  mlir::LogicalResult addGeneric(mlir::linalg::GenericOp generic);
  mlir::LogicalResult addOperation(mlir::Operation &op);
  mlir::LogicalResult addReturn(mlir::func::ReturnOp op);

  mlir::func::FuncOp kernel;
  unsigned inputs = 0;
  llvm::SmallVector<Store> returned;
  llvm::DenseMap<mlir::Value, ValueKind> kinds;
  llvm::DenseMap<mlir::Value, Sizes> tensorSizes;
  llvm::DenseMap<mlir::Value, graph::SymbolicSize> symbols;
};

/// The constant that initializes an accumulator of \p generic, as stated by the linalg.fill of its output.
mlir::Value initialValue(mlir::linalg::GenericOp generic, unsigned output);

} // namespace dlc::kernel

#endif
