// The transposed convolution, as ops of the dialect.
#ifndef DLC_IR_GRAPH_GRADIENTS_CONVOLUTION_H
#define DLC_IR_GRAPH_GRADIENTS_CONVOLUTION_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace dlc::graph {

/// What a convolution does, but for its input's values.
struct ConvolutionShape {
  mlir::RankedTensorType input; ///< `[n, s…, (g,) ci]`
  mlir::Value filter;           ///< `[k…, (g,) ci, co]`, k static
  llvm::ArrayRef<int64_t> strides, dilation;
  bool grouped;
};

/// Its transpose (the gradient by its input, a transposed convolution) applied to \p dresult, `[n, o…, (g,) co]`: a
/// value of type `shape.input`.
mlir::Value buildTransposedConvolution(mlir::OpBuilder &builder, mlir::Location location, const ConvolutionShape &shape,
                                       mlir::Value dresult);

} // namespace dlc::graph

#endif
