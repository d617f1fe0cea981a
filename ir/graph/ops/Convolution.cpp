#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::graph {

LogicalResult ConvolutionOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &results) {
  InferenceError error("convolution", location);
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto filter = cast<RankedTensorType>(adaptor.getFilter().getType());
  int64_t spatial = adaptor.getStrides().size(), groups = adaptor.getGrouped() ? 1 : 0;
  if (spatial < 1 || spatial > 3 || int64_t(adaptor.getDilation().size()) != spatial)
    return error("strides and dilation must have one number for each of one to three dimensions, got ",
                 listText(adaptor.getStrides()), " and ", listText(adaptor.getDilation()));
  if (input.getRank() != spatial + 2 + groups || filter.getRank() != spatial + 2 + groups)
    return error("input and filter must have rank ", spatial + 2 + groups, ", got ", input, " and ", filter);
  if (input.getElementType() != filter.getElementType())
    return error("input and filter must have one element type, got ", input, " and ", filter);
  int64_t channels = spatial + groups;
  if (sizeOfDim(input, channels + 1) != sizeOfDim(filter, channels))
    return error("the input has ", sizeOfDim(input, channels + 1), " channels, but the filter is for ",
                 sizeOfDim(filter, channels), ": ", input, " and ", filter);
  if (groups && sizeOfDim(input, channels) != sizeOfDim(filter, spatial))
    return error("the input has ", sizeOfDim(input, channels), " groups, the filter ", sizeOfDim(filter, spatial));
  SmallVector<SymbolicSize> sizes{sizeOfDim(input, 0)};
  for (int64_t dim = 0; dim < spatial; ++dim) {
    FailureOr<SymbolicSize> size =
        inferWindows(error, sizeOfDim(input, dim + 1), sizeOfDim(filter, dim), adaptor.getStrides()[dim],
                     adaptor.getDilation()[dim]);
    if (failed(size))
      return failure();
    sizes.push_back(*size);
  }
  if (groups)
    sizes.push_back(sizeOfDim(filter, spatial));
  sizes.push_back(sizeOfDim(filter, channels + 1));
  results.push_back(makeTensorType(context, sizes, input.getElementType()));
  return success();
}

SymbolicSize ConvolutionOp::getFlops() {
  SymbolicSize flops = SymbolicSize(2) * elementCount(getType());
  RankedTensorType filter = getFilter().getType();
  for (int64_t dim = 0; dim < getSpatialRank(); ++dim)
    flops = flops * sizeOfDim(filter, dim);
  return flops * sizeOfDim(filter, filter.getRank() - 2);
}

} // namespace dlc::graph
