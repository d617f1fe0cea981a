#ifndef DLC_IR_INTERFACES_CONSTANTEVALUATOR_H
#define DLC_IR_INTERFACES_CONSTANTEVALUATOR_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/Operation.h"

namespace dlc {

/// Computes an op on constant operands. `ir` only declares it: the implementation (backends/reference) is injected
/// into the graph dialect by the driver, so that the folders need no second definition of what an op means.
class ConstantEvaluator {
public:
  virtual ~ConstantEvaluator() = default;

  /// Appends one attribute a result, each of the result's type. When all \p operands are splats and the op is
  /// elementwise, the results are splats too and cost one element. Fails silently when the op cannot be evaluated.
  virtual llvm::LogicalResult evaluate(mlir::Operation *op, llvm::ArrayRef<mlir::ElementsAttr> operands,
                                       llvm::SmallVectorImpl<mlir::Attribute> &results) = 0;
};

} // namespace dlc

#endif
