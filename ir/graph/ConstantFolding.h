// Folding of ops on constants, for the whole dialect.
#ifndef DLC_IR_GRAPH_CONSTANTFOLDING_H
#define DLC_IR_GRAPH_CONSTANTFOLDING_H

#include "mlir/Interfaces/FoldInterfaces.h"

namespace dlc::graph {

/// Computes ops whose operands are all constants, through the dialect's ConstantEvaluator, where the result has at
/// most 64 elements and the operands at most 65536, or all are splats. Asked after an op's own folder.
class ConstantFolding : public mlir::DialectFoldInterface {
public:
  using DialectFoldInterface::DialectFoldInterface;
  llvm::LogicalResult fold(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                           llvm::SmallVectorImpl<mlir::OpFoldResult> &results) const override;
};

} // namespace dlc::graph

#endif
