#include "passes/fusion/IndexMaps.h"

using namespace mlir;
using namespace dlc;

FusionKind fusion::kindOf(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible ? fusible.getFusionKind() : FusionKind::Opaque;
}

bool fusion::isBarrier(Operation *op) {
  FusionKind kind = kindOf(op);
  return kind != FusionKind::Elementwise && kind != FusionKind::Broadcast;
}

static SmallVector<graph::SymbolicSize> sizesWithoutOnes(Value value) {
  SmallVector<graph::SymbolicSize> sizes = graph::sizesOf(cast<RankedTensorType>(value.getType()));
  llvm::erase_if(sizes, [](const graph::SymbolicSize &size) { return size == graph::SymbolicSize(1); });
  return sizes;
}

bool fusion::isView(Operation *op) {
  auto reshape = dyn_cast<graph::ReshapeOp>(op);
  return reshape && sizesWithoutOnes(reshape.getInput()) != sizesWithoutOnes(reshape.getResult());
}

bool fusion::isLargeConstant(Operation *op) {
  auto constant = dyn_cast<graph::ConstantOp>(op);
  return constant && !constant.getValue().isSplat() && constant.getValue().getNumElements() > 64;
}

bool fusion::isFree(Operation *op) {
  return op->getNumOperands() == 0 && isa<graph::ConstantOp, graph::SizeOp, graph::IotaOp>(op) && !isLargeConstant(op);
}

bool fusion::isIndexMap(Operation *op) {
  if (isa<graph::ReshapeOp>(op))
    return !isView(op);
  return isa<graph::BroadcastOp, graph::TransposeOp, graph::SliceOp, graph::WaitOp>(op);
}

bool fusion::isGathered(OpOperand &operand) {
  Operation *op = operand.getOwner();
  if (isa<graph::TakeOp, graph::PadOp>(op))
    return operand.getOperandNumber() == 0;
  if (isa<graph::WindowGatherOp>(op))
    return operand.getOperandNumber() == 0;
  return isa<graph::ConcatenateOp, graph::ReverseOp, graph::WindowScatterOp>(op);
}

static bool sameSizes(Value a, Value b) {
  return graph::sizesOf(cast<RankedTensorType>(a.getType())) == graph::sizesOf(cast<RankedTensorType>(b.getType()));
}

bool fusion::isPointwise(OpOperand &operand) {
  Operation *op = operand.getOwner();
  return kindOf(op) == FusionKind::Elementwise && op->getNumResults() == 1 &&
         sameSizes(operand.get(), op->getResult(0));
}

bool fusion::keepsRows(OpOperand &operand) {
  Operation *op = operand.getOwner();
  auto rank = [](Value value) { return cast<RankedTensorType>(value.getType()).getRank(); };
  if (op->getNumResults() != 1 || rank(operand.get()) == 0 || rank(op->getResult(0)) == 0)
    return false;
  if (auto broadcast = dyn_cast<graph::BroadcastOp>(op))
    return broadcast.getDims()[0] == 0;
  if (auto reduction = dyn_cast<graph::ReduceSumOp>(op))
    return !llvm::is_contained(reduction.getDims(), 0);
  if (isa<graph::ReduceAndOp, graph::ReduceOrOp>(op))
    return !llvm::is_contained(op->getAttrOfType<DenseI64ArrayAttr>("dims").asArrayRef(), 0);
  if (auto window = op->getAttrOfType<DenseI64ArrayAttr>("window"))
    return kindOf(op) == FusionKind::Reduction && window[0] == 1 &&
           op->getAttrOfType<DenseI64ArrayAttr>("strides")[0] == 1;
  if (kindOf(op) == FusionKind::Reduction)
    return op->getAttrOfType<IntegerAttr>("dim").getInt() != 0;
  if (isa<graph::ReshapeOp>(op))
    return !isView(op) && graph::sizeOfDim(cast<RankedTensorType>(operand.get().getType()), 0) ==
                              graph::sizeOfDim(cast<RankedTensorType>(op->getResult(0).getType()), 0);
  return isPointwise(operand);
}

Value fusion::stripIndexMaps(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isIndexMap(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

Value fusion::stripReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<graph::ReshapeOp>())
    value = reshape.getInput();
  return value;
}
