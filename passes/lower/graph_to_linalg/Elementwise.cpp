// Elementwise ops: one scalar body each.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/lower/KernelLowering.h"
#include <limits>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

constexpr auto kContract = arith::FastMathFlags::contract;

// Scalars of one body; `x` is the first element.
struct Body {
  OpBuilder &b;
  Location loc;
  ValueRange elements;

  Value x() const { return elements[0]; }
  Value y() const { return elements[1]; }
  bool isFloat() const { return isa<FloatType>(x().getType()); }
  Value number(double value) const {
    Type type = x().getType();
    if (isa<FloatType>(type))
      return arith::ConstantOp::create(b, loc, b.getFloatAttr(type, value));
    return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, static_cast<int64_t>(value)));
  }
  Value compare(arith::CmpFPredicate onFloat, arith::CmpIPredicate onInt, Value lhs, Value rhs) const {
    if (isa<FloatType>(lhs.getType()))
      return arith::CmpFOp::create(b, loc, onFloat, lhs, rhs);
    return arith::CmpIOp::create(b, loc, onInt, lhs, rhs);
  }
  Value select(Value condition, Value yes, Value no) const {
    return arith::SelectOp::create(b, loc, condition, yes, no);
  }
};

using Scalar = Value (*)(Operation *, const Body &);

template <Scalar scalar> LogicalResult lowerWith(KernelLowering &kernel, Operation *op) {
  kernel.defineElementwise(op, [&](OpBuilder &b, Location loc, ValueRange elements) {
    return SmallVector<Value>{scalar(op, Body{b, loc, elements})};
  });
  return success();
}

template <typename FloatOp> Value floatUnary(Operation *, const Body &e) {
  return FloatOp::create(e.b, e.loc, e.x(), kContract);
}

template <typename FloatOp, typename IntOp> Value binary(Operation *, const Body &e) {
  if (e.isFloat())
    return FloatOp::create(e.b, e.loc, e.x(), e.y(), kContract);
  return IntOp::create(e.b, e.loc, e.x(), e.y());
}

template <typename IntOp> Value intBinary(Operation *, const Body &e) { return IntOp::create(e.b, e.loc, e.x(), e.y()); }

// NaN in either operand gives NaN: no fast-math flags.
template <typename FloatOp, typename IntOp> Value extreme(Operation *, const Body &e) {
  if (e.isFloat())
    return FloatOp::create(e.b, e.loc, e.x(), e.y());
  return IntOp::create(e.b, e.loc, e.x(), e.y());
}

Value neg(Operation *, const Body &e) {
  if (e.isFloat())
    return arith::NegFOp::create(e.b, e.loc, e.x(), kContract);
  return arith::SubIOp::create(e.b, e.loc, e.number(0), e.x());
}

Value abs(Operation *, const Body &e) {
  if (e.isFloat())
    return math::AbsFOp::create(e.b, e.loc, e.x(), kContract);
  return math::AbsIOp::create(e.b, e.loc, e.x());
}

// x itself where it is neither positive nor negative: 0 and NaN stay.
Value sign(Operation *, const Body &e) {
  Value zero = e.number(0);
  Value positive = e.compare(arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt, e.x(), zero);
  Value negative = e.compare(arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt, e.x(), zero);
  return e.select(positive, e.number(1), e.select(negative, e.number(-1), e.x()));
}

// 0 > x, not x < 0 the other way round: one instruction that keeps NaN.
Value relu(Operation *, const Body &e) {
  Value zero = e.number(0);
  return e.select(e.compare(arith::CmpFPredicate::OGT, arith::CmpIPredicate::sgt, zero, e.x()), zero, e.x());
}

// exp(-|x|) cannot overflow, and neither form cancels.
Value logistic(Operation *, const Body &e) {
  Value magnitude = math::AbsFOp::create(e.b, e.loc, e.x(), kContract);
  Value power = math::ExpOp::create(e.b, e.loc, arith::NegFOp::create(e.b, e.loc, magnitude, kContract), kContract);
  Value one = e.number(1);
  Value below = arith::AddFOp::create(e.b, e.loc, one, power, kContract);
  Value positive = e.compare(arith::CmpFPredicate::OGE, arith::CmpIPredicate::sge, e.x(), e.number(0));
  return arith::DivFOp::create(e.b, e.loc, e.select(positive, one, power), below, kContract);
}

Value logicalNot(Operation *, const Body &e) {
  Value yes = arith::ConstantOp::create(e.b, e.loc, e.b.getBoolAttr(true));
  return arith::XOrIOp::create(e.b, e.loc, e.x(), yes);
}

Value isFinite(Operation *, const Body &e) {
  Value magnitude = math::AbsFOp::create(e.b, e.loc, e.x(), kContract);
  return arith::CmpFOp::create(e.b, e.loc, arith::CmpFPredicate::OLT, magnitude,
                               e.number(std::numeric_limits<double>::infinity()));
}

Value compare(Operation *op, const Body &e) {
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  bool isBool = e.x().getType().isInteger(1);
  switch (cast<CompareOp>(op).getDirection()) {
  case ComparisonDirection::Eq:
    return e.compare(F::OEQ, I::eq, e.x(), e.y());
  case ComparisonDirection::Ne:
    return e.compare(F::UNE, I::ne, e.x(), e.y());
  case ComparisonDirection::Lt:
    return e.compare(F::OLT, isBool ? I::ult : I::slt, e.x(), e.y());
  case ComparisonDirection::Le:
    return e.compare(F::OLE, isBool ? I::ule : I::sle, e.x(), e.y());
  case ComparisonDirection::Gt:
    return e.compare(F::OGT, isBool ? I::ugt : I::sgt, e.x(), e.y());
  case ComparisonDirection::Ge:
    return e.compare(F::OGE, isBool ? I::uge : I::sge, e.x(), e.y());
  }
  llvm_unreachable("covered");
}

Value select(Operation *, const Body &e) { return e.select(e.elements[0], e.elements[1], e.elements[2]); }

// A NaN input stays NaN.
Value clamp(Operation *, const Body &e) {
  Value low = e.elements[0], x = e.elements[1], high = e.elements[2];
  if (isa<FloatType>(x.getType())) {
    Value raised = arith::MaximumFOp::create(e.b, e.loc, x, low);
    return arith::MinimumFOp::create(e.b, e.loc, raised, high);
  }
  return arith::MinSIOp::create(e.b, e.loc, arith::MaxSIOp::create(e.b, e.loc, x, low), high);
}

Value convert(Operation *op, const Body &e) {
  Type from = e.x().getType(), to = cast<ConvertOp>(op).getResult().getType().getElementType();
  if (from == to)
    return e.x();
  if (to.isInteger(1))
    return e.compare(arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne, e.x(), e.number(0));
  unsigned fromBits = from.getIntOrFloatBitWidth(), toBits = to.getIntOrFloatBitWidth();
  if (isa<FloatType>(from) && isa<FloatType>(to))
    return fromBits < toBits ? arith::ExtFOp::create(e.b, e.loc, to, e.x()).getResult()
                             : arith::TruncFOp::create(e.b, e.loc, to, e.x()).getResult();
  if (isa<FloatType>(from))
    return arith::FPToSIOp::create(e.b, e.loc, to, e.x());
  if (isa<FloatType>(to))
    return from.isInteger(1) ? arith::UIToFPOp::create(e.b, e.loc, to, e.x()).getResult()
                             : arith::SIToFPOp::create(e.b, e.loc, to, e.x()).getResult();
  if (from.isInteger(1))
    return arith::ExtUIOp::create(e.b, e.loc, to, e.x());
  return fromBits < toBits ? arith::ExtSIOp::create(e.b, e.loc, to, e.x()).getResult()
                           : arith::TruncIOp::create(e.b, e.loc, to, e.x()).getResult();
}

template <typename Op> void add(LoweringTable &table, Lowering lowering) { table[Op::getOperationName()] = lowering; }

} // namespace

void addElementwiseLowerings(LoweringTable &table) {
  add<NegOp>(table, lowerWith<neg>);
  add<AbsOp>(table, lowerWith<abs>);
  add<SignOp>(table, lowerWith<sign>);
  add<ReluOp>(table, lowerWith<relu>);
  add<LogisticOp>(table, lowerWith<logistic>);
  add<ExpOp>(table, lowerWith<floatUnary<math::ExpOp>>);
  add<Expm1Op>(table, lowerWith<floatUnary<math::ExpM1Op>>);
  add<LogOp>(table, lowerWith<floatUnary<math::LogOp>>);
  add<Log1pOp>(table, lowerWith<floatUnary<math::Log1pOp>>);
  add<SqrtOp>(table, lowerWith<floatUnary<math::SqrtOp>>);
  add<RsqrtOp>(table, lowerWith<floatUnary<math::RsqrtOp>>);
  add<TanhOp>(table, lowerWith<floatUnary<math::TanhOp>>);
  add<SinOp>(table, lowerWith<floatUnary<math::SinOp>>);
  add<CosOp>(table, lowerWith<floatUnary<math::CosOp>>);
  add<ErfOp>(table, lowerWith<floatUnary<math::ErfOp>>);
  add<FloorOp>(table, lowerWith<floatUnary<math::FloorOp>>);
  add<CeilOp>(table, lowerWith<floatUnary<math::CeilOp>>);
  add<RoundEvenOp>(table, lowerWith<floatUnary<math::RoundEvenOp>>);
  add<NotOp>(table, lowerWith<logicalNot>);
  add<IsFiniteOp>(table, lowerWith<isFinite>);
  add<AddOp>(table, lowerWith<binary<arith::AddFOp, arith::AddIOp>>);
  add<SubtractOp>(table, lowerWith<binary<arith::SubFOp, arith::SubIOp>>);
  add<MultiplyOp>(table, lowerWith<binary<arith::MulFOp, arith::MulIOp>>);
  add<DivideOp>(table, lowerWith<binary<arith::DivFOp, arith::DivSIOp>>);
  add<RemainderOp>(table, lowerWith<binary<arith::RemFOp, arith::RemSIOp>>);
  add<PowerOp>(table, lowerWith<binary<math::PowFOp, arith::MulIOp>>); // integers are refused by the verifier
  add<MaximumOp>(table, lowerWith<extreme<arith::MaximumFOp, arith::MaxSIOp>>);
  add<MinimumOp>(table, lowerWith<extreme<arith::MinimumFOp, arith::MinSIOp>>);
  add<AndOp>(table, lowerWith<intBinary<arith::AndIOp>>);
  add<OrOp>(table, lowerWith<intBinary<arith::OrIOp>>);
  add<XorOp>(table, lowerWith<intBinary<arith::XOrIOp>>);
  add<CompareOp>(table, lowerWith<compare>);
  add<SelectOp>(table, lowerWith<select>);
  add<ClampOp>(table, lowerWith<clamp>);
  add<ConvertOp>(table, lowerWith<convert>);
}

} // namespace dlc::lower
