// Ops that move elements without changing them, and those that make tensors from nothing.
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include "ir/graph/SymbolicSize.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

// Fills the result by a function from its multi-index to an input's linear index.
template <typename From> void fill(Tensor &result, const Tensor &input, From from) {
  if (result.count() == 0)
    return;
  SmallVector<int64_t> index(result.shape.size(), 0);
  int64_t at = 0;
  do
    result.copy(at++, input, from(index));
  while (advance(index, result.shape));
}

void setAttribute(Tensor &tensor, int64_t index, Attribute value) {
  if (auto number = dyn_cast<FloatAttr>(value))
    tensor.setFloat(index, number.getValueAsDouble());
  else
    tensor.setInt(index, cast<IntegerAttr>(value).getValue().getSExtValue() & (tensor.element.isInteger(1) ? 1 : -1));
}

LogicalResult constant(const Evaluation &e) {
  auto value = dyn_cast<DenseElementsAttr>(cast<ConstantOp>(e.op).getValue());
  if (!value)
    return e.op->emitError("only dense constants can be evaluated");
  for (auto [index, element] : llvm::enumerate(value.getValues<Attribute>()))
    setAttribute(e.results[0], index, element);
  return success();
}

LogicalResult size(const Evaluation &e) {
  FailureOr<SymbolicSize> formula = SymbolicSize::parse(cast<SizeOp>(e.op).getSize());
  if (failed(formula))
    return e.op->emitError("not a size");
  std::optional<int64_t> value = formula->evaluate([&](StringRef name) -> std::optional<int64_t> {
    auto found = e.symbols.find(name);
    return found == e.symbols.end() ? std::nullopt : std::optional<int64_t>(found->second);
  });
  if (!value)
    return e.op->emitError("the size ") << cast<SizeOp>(e.op).getSize() << " is not known here";
  e.results[0].setInt(0, *value);
  return success();
}

LogicalResult iota(const Evaluation &e) {
  Tensor &result = e.results[0];
  int64_t dim = cast<IotaOp>(e.op).getDim(), stride = stridesOf(result.shape)[dim], length = result.shape[dim];
  for (int64_t i = 0; i < result.count(); ++i) {
    int64_t value = i / stride % length;
    if (result.isFloat())
      result.setFloat(i, static_cast<double>(value));
    else
      result.setInt(i, value);
  }
  return success();
}

LogicalResult reshape(const Evaluation &e) {
  if (e.results[0].count() != e.operands[0].count())
    return e.op->emitError("element counts differ");
  e.results[0].bytes = e.operands[0].bytes;
  return success();
}

LogicalResult broadcast(const Evaluation &e) {
  ArrayRef<int64_t> dims = cast<BroadcastOp>(e.op).getDims();
  SmallVector<int64_t> strides = stridesOf(e.operands[0].shape);
  fill(e.results[0], e.operands[0], [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (auto [dim, stride] : llvm::zip_equal(dims, strides))
      at += index[dim] * stride;
    return at;
  });
  return success();
}

LogicalResult transpose(const Evaluation &e) {
  ArrayRef<int64_t> permutation = cast<TransposeOp>(e.op).getPermutation();
  SmallVector<int64_t> strides = stridesOf(e.operands[0].shape);
  fill(e.results[0], e.operands[0], [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (auto [position, dim] : llvm::zip_equal(index, permutation))
      at += position * strides[dim];
    return at;
  });
  return success();
}

LogicalResult concatenate(const Evaluation &e) {
  int64_t dim = cast<ConcatenateOp>(e.op).getDim(), start = 0;
  SmallVector<int64_t> strides = stridesOf(e.results[0].shape);
  for (const Tensor &input : e.operands) {
    SmallVector<int64_t> index(input.shape.size(), 0);
    int64_t from = 0;
    if (input.count() > 0)
      do {
        int64_t to = start * strides[dim];
        for (auto [position, stride] : llvm::zip_equal(index, strides))
          to += position * stride;
        e.results[0].copy(to, input, from++);
      } while (advance(index, input.shape));
    start += input.shape[dim];
  }
  return success();
}

LogicalResult reverse(const Evaluation &e) {
  ArrayRef<int64_t> dims = cast<ReverseOp>(e.op).getDims();
  const Tensor &input = e.operands[0];
  SmallVector<int64_t> strides = stridesOf(input.shape);
  fill(e.results[0], input, [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (int64_t dim = 0; dim < static_cast<int64_t>(index.size()); ++dim)
      at += (llvm::is_contained(dims, dim) ? input.shape[dim] - 1 - index[dim] : index[dim]) * strides[dim];
    return at;
  });
  return success();
}

LogicalResult pad(const Evaluation &e) {
  auto op = cast<PadOp>(e.op);
  const Tensor &input = e.operands[0], &value = e.operands[1];
  Tensor &result = e.results[0];
  for (int64_t i = 0; i < result.count(); ++i)
    result.copy(i, value, 0);
  SmallVector<int64_t> strides = stridesOf(result.shape), index(input.shape.size(), 0);
  int64_t from = 0;
  if (input.count() > 0)
    do {
      int64_t to = 0;
      for (auto [dim, position] : llvm::enumerate(index))
        to += (op.getLow()[dim] + position * (op.getInterior()[dim] + 1)) * strides[dim];
      result.copy(to, input, from++);
    } while (advance(index, input.shape));
  return success();
}

} // namespace

void addShapeKernels(KernelTable &table) {
  table[ConstantOp::getOperationName()] = constant;
  table[SizeOp::getOperationName()] = size;
  table[IotaOp::getOperationName()] = iota;
  table[ReshapeOp::getOperationName()] = reshape;
  table[BroadcastOp::getOperationName()] = broadcast;
  table[TransposeOp::getOperationName()] = transpose;
  table[ConcatenateOp::getOperationName()] = concatenate;
  table[ReverseOp::getOperationName()] = reverse;
  table[PadOp::getOperationName()] = pad;
}

} // namespace dlc::reference
