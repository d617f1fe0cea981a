#include "passes/kernel/ReductionKind.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <limits>

using namespace mlir;

namespace dlc::kernel {

static std::optional<vector::CombiningKind> kindOf(Operation *op) {
  using Kind = vector::CombiningKind;
  if (isa<arith::AddFOp, arith::AddIOp>(op))
    return Kind::ADD;
  if (isa<arith::MulFOp, arith::MulIOp>(op))
    return Kind::MUL;
  if (isa<arith::MaximumFOp>(op))
    return Kind::MAXIMUMF;
  if (isa<arith::MinimumFOp>(op))
    return Kind::MINIMUMF;
  if (isa<arith::MaxSIOp>(op))
    return Kind::MAXSI;
  if (isa<arith::MinSIOp>(op))
    return Kind::MINSI;
  if (isa<arith::AndIOp>(op))
    return Kind::AND;
  if (isa<arith::OrIOp>(op))
    return Kind::OR;
  if (isa<arith::XOrIOp>(op))
    return Kind::XOR;
  return std::nullopt;
}

static TypedAttr neutralOf(vector::CombiningKind kind, Type type) {
  using Kind = vector::CombiningKind;
  if (auto floating = dyn_cast<FloatType>(type)) {
    const llvm::fltSemantics &semantics = floating.getFloatSemantics();
    if (kind == Kind::ADD) // -0.0 is what leaves every x as it is, but sums that start from a fill of 0 do not care
      return FloatAttr::get(type, 0.0);
    if (kind == Kind::MUL)
      return FloatAttr::get(type, 1.0);
    return FloatAttr::get(type, APFloat::getInf(semantics, /*Negative=*/kind == Kind::MAXIMUMF));
  }
  unsigned width = type.getIntOrFloatBitWidth();
  switch (kind) {
  case Kind::MUL:
    return IntegerAttr::get(type, APInt(width, 1));
  case Kind::AND:
    return IntegerAttr::get(type, APInt::getAllOnes(width));
  case Kind::MAXSI:
    return IntegerAttr::get(type, APInt::getSignedMinValue(width));
  case Kind::MINSI:
    return IntegerAttr::get(type, APInt::getSignedMaxValue(width));
  default:
    return IntegerAttr::get(type, APInt::getZero(width));
  }
}

/// Whether \p value of the body is computed from block argument \p argument.
static bool dependsOn(Value value, BlockArgument argument, SmallPtrSetImpl<Operation *> &seen) {
  if (value == argument)
    return true;
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != argument.getOwner() || !seen.insert(op).second)
    return false;
  return llvm::any_of(op->getOperands(), [&](Value operand) { return dependsOn(operand, argument, seen); });
}

std::optional<AssociativeReduction> AssociativeReduction::match(linalg::GenericOp generic) {
  if (generic.getNumDpsInits() != 1)
    return std::nullopt;
  BlockArgument accumulator = generic.getRegionOutputArgs().front();
  Operation *op = generic.getBody()->getTerminator()->getOperand(0).getDefiningOp();
  if (!op || op->getBlock() != generic.getBody() || op->getNumOperands() != 2)
    return std::nullopt;
  auto kind = kindOf(op);
  if (!kind)
    return std::nullopt;
  unsigned position = op->getOperand(0) == accumulator ? 0 : 1;
  Value term = op->getOperand(1 - position);
  SmallPtrSet<Operation *, 8> seen;
  if (op->getOperand(position) != accumulator || dependsOn(term, accumulator, seen))
    return std::nullopt;
  return AssociativeReduction{op, term, *kind, neutralOf(*kind, accumulator.getType())};
}

Value AssociativeReduction::combine(LoopBuilder &builder, Value lhs, Value rhs) const {
  if (auto vector = dyn_cast<VectorType>(lhs.getType()))
    rhs = builder.broadcast(rhs, vector.getNumElements());
  return builder.pure(op->getName().getStringRef(), lhs.getType(), {lhs, rhs}, op->getAttrs());
}

Value AssociativeReduction::neutralLanes(LoopBuilder &builder, int64_t width) const {
  return builder.broadcast(builder.constant(neutral), width);
}

Value AssociativeReduction::narrow(LoopBuilder &builder, Value vector, int64_t lanes) const {
  auto type = cast<VectorType>(vector.getType());
  for (int64_t width = type.getNumElements(); width > lanes; width /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < width / 2; ++lane) {
      low.push_back(lane);
      high.push_back(lane + width / 2);
    }
    Value lower = builder.make<vector::ShuffleOp>(vector, vector, vector, low);
    Value upper = builder.make<vector::ShuffleOp>(vector, vector, vector, high);
    vector = combine(builder, lower, upper);
  }
  return vector;
}

Value AssociativeReduction::combineLanes(LoopBuilder &builder, Value vector) const {
  if (!isa<VectorType>(vector.getType()))
    return vector;
  auto flags = isa<FloatType>(getElementTypeOrSelf(vector)) && kind == vector::CombiningKind::ADD
                   ? arith::FastMathFlags::reassoc | arith::FastMathFlags::contract
                   : arith::FastMathFlags::none;
  return builder.make<vector::ReductionOp>(vector, kind, vector, flags);
}

std::optional<PositionReduction> PositionReduction::match(linalg::GenericOp generic) {
  if (generic.getNumDpsInits() != 2)
    return std::nullopt;
  Operation *yield = generic.getBody()->getTerminator();
  auto value = yield->getOperand(0).getDefiningOp<arith::SelectOp>();
  auto position = yield->getOperand(1).getDefiningOp<arith::SelectOp>();
  ArrayRef<BlockArgument> accumulators = generic.getRegionOutputArgs();
  // Places within windows are bytes without a sign: lanes would take 128 for the first of all.
  if (accumulators[1].getType().isInteger(8))
    return std::nullopt;
  if (!value || !position || value.getCondition() != position.getCondition() ||
      value.getFalseValue() != accumulators[0] || position.getFalseValue() != accumulators[1])
    return std::nullopt;
  for (Operation &op : *generic.getBody()) {
    if (op.getNumOperands() != 2 || op.getOperand(0) != value.getTrueValue() || op.getOperand(1) != accumulators[0])
      continue;
    if (auto compare = dyn_cast<arith::CmpFOp>(op)) {
      if (compare.getPredicate() == arith::CmpFPredicate::OGT)
        return PositionReduction{true};
      if (compare.getPredicate() == arith::CmpFPredicate::OLT)
        return PositionReduction{false};
    }
    if (auto compare = dyn_cast<arith::CmpIOp>(op)) {
      if (compare.getPredicate() == arith::CmpIPredicate::sgt)
        return PositionReduction{true};
      if (compare.getPredicate() == arith::CmpIPredicate::slt)
        return PositionReduction{false};
    }
  }
  return std::nullopt;
}

std::pair<Value, Value> PositionReduction::combineLanes(LoopBuilder &builder, Value values, Value positions) const {
  using Kind = vector::CombiningKind;
  auto type = cast<VectorType>(values.getType());
  auto maskType = type.clone(builder.here().getI1Type());
  bool floating = isa<FloatType>(type.getElementType());
  Kind kind = floating ? (largest ? Kind::MAXIMUMF : Kind::MINIMUMF) : (largest ? Kind::MAXSI : Kind::MINSI);
  Value best = builder.make<vector::ReductionOp>(values, kind, values, arith::FastMathFlags::none);
  Value all = builder.broadcast(best, type.getNumElements());
  Value candidates;
  if (floating) {
    Value equal = builder.make<arith::CmpFOp>({values, all}, arith::CmpFPredicate::OEQ, values, all);
    Value nan = builder.make<arith::CmpFOp>(values, arith::CmpFPredicate::UNO, values, values);
    candidates = builder.pure("arith.ori", maskType, {equal, nan});
  } else {
    candidates = builder.make<arith::CmpIOp>({values, all}, arith::CmpIPredicate::eq, values, all);
  }
  auto positionType = cast<VectorType>(positions.getType());
  Type element = positionType.getElementType();
  Value none = builder.constant(DenseElementsAttr::get(
      positionType, Attribute(IntegerAttr::get(element, APInt::getSignedMaxValue(element.getIntOrFloatBitWidth())))));
  Value open = builder.pure("arith.select", positionType, {candidates, positions, none});
  Value first = builder.make<vector::ReductionOp>(open, Kind::MINSI, open, arith::FastMathFlags::none);
  return {best, first};
}

std::optional<ScatterReduction> ScatterReduction::match(linalg::GenericOp generic) {
  auto sum = AssociativeReduction::match(generic);
  if (!sum || sum->kind != vector::CombiningKind::ADD)
    return std::nullopt;
  auto select = sum->term.getDefiningOp<arith::SelectOp>();
  auto compare = select ? select.getCondition().getDefiningOp<arith::CmpIOp>() : arith::CmpIOp();
  if (!compare || compare.getPredicate() != arith::CmpIPredicate::eq)
    return std::nullopt;
  if (!matchPattern(select.getFalseValue(), m_AnyZeroFloat()) && !matchPattern(select.getFalseValue(), m_Zero()))
    return std::nullopt;
  for (unsigned side : {0u, 1u})
    if (auto index = compare->getOperand(side).getDefiningOp<linalg::IndexOp>())
      return ScatterReduction{sum->op, static_cast<unsigned>(index.getDim()), compare->getOperand(1 - side),
                              select.getTrueValue()};
  return std::nullopt;
}

} // namespace dlc::kernel
