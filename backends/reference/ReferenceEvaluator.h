// The constant folder of the graph dialect.
#ifndef DLC_BACKENDS_REFERENCE_REFERENCEEVALUATOR_H
#define DLC_BACKENDS_REFERENCE_REFERENCEEVALUATOR_H

#include "backends/reference/Interpreter.h"
#include "ir/interfaces/ConstantEvaluator.h"

namespace dlc::reference {

class ReferenceEvaluator : public ConstantEvaluator {
public:
  mlir::LogicalResult evaluate(mlir::Operation *op, llvm::ArrayRef<mlir::ElementsAttr> operands,
                               llvm::SmallVectorImpl<mlir::Attribute> &results) override;

private:
  Interpreter interpreter;
};

/// Converts between attributes and tensors; splats are expanded.
Tensor tensorOf(mlir::DenseElementsAttr value);
mlir::DenseElementsAttr attributeOf(const Tensor &tensor);

} // namespace dlc::reference

#endif
