#include "backends/cpu/math/MathBuilder.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/Twine.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlc;

Value ConstantPool::get(TypedAttr value) {
  Value &made = known[value];
  if (!made) {
    OpBuilder builder = OpBuilder::atBlockBegin(&entry);
    made = arith::ConstantOp::create(builder, entry.getParentOp()->getLoc(), value);
  }
  return made;
}

MathBuilder::MathBuilder(OpBuilder &builder, Location location, Type type, const CpuTarget &target, ConstantPool &pool)
    : builder(builder), location(location), type(type), floatElement(getElementTypeOrSelf(type)),
      intElement(builder.getIntegerType(floatElement.getIntOrFloatBitWidth())), intType(withElement(intElement)),
      target(target), pool(pool) {}

Type MathBuilder::withElement(Type element) const {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(element);
  return element;
}

static TypedAttr splat(Type type, TypedAttr element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return DenseElementsAttr::get(vector, ArrayRef<Attribute>(element));
  return element;
}

Value MathBuilder::constant(double value) { return pool.get(splat(type, builder.getFloatAttr(floatElement, value))); }

Value MathBuilder::integer(int64_t value) {
  return pool.get(
      splat(intType, IntegerAttr::get(intElement, APInt(fractionBits() == 52 ? 64 : 32, value, true, true))));
}

Value MathBuilder::infinity() { return constant(std::numeric_limits<double>::infinity()); }
Value MathBuilder::nan() { return constant(std::numeric_limits<double>::quiet_NaN()); }

Value MathBuilder::add(Value a, Value b) { return arith::AddFOp::create(builder, location, a, b); }
Value MathBuilder::sub(Value a, Value b) { return arith::SubFOp::create(builder, location, a, b); }
Value MathBuilder::mul(Value a, Value b) { return arith::MulFOp::create(builder, location, a, b); }
Value MathBuilder::div(Value a, Value b) { return arith::DivFOp::create(builder, location, a, b); }
Value MathBuilder::negate(Value a) { return arith::NegFOp::create(builder, location, a); }
Value MathBuilder::abs(Value a) { return math::AbsFOp::create(builder, location, a); }
Value MathBuilder::sqrt(Value a) { return math::SqrtOp::create(builder, location, a); }
Value MathBuilder::roundEven(Value a) { return math::RoundEvenOp::create(builder, location, a); }
Value MathBuilder::truncate(Value a) { return math::TruncOp::create(builder, location, a); }
Value MathBuilder::copySign(Value magnitude, Value sign) {
  return math::CopySignOp::create(builder, location, magnitude, sign);
}

Value MathBuilder::fma(Value a, Value b, Value c) {
  if (target.hasFma)
    return math::FmaOp::create(builder, location, a, b, c);
  return add(mul(a, b), c);
}

Value MathBuilder::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = constant(coefficients.front());
  for (double coefficient : coefficients.drop_front())
    sum = fma(sum, x, constant(coefficient));
  return sum;
}

// One vminps / vmaxps: x86 gives the second operand when one is NaN.
Value MathBuilder::clampAbove(Value a, double most) {
  return select(compare(arith::CmpFPredicate::OLT, constant(most), a), constant(most), a);
}
Value MathBuilder::clampBelow(Value a, double least) {
  return select(compare(arith::CmpFPredicate::OGT, constant(least), a), constant(least), a);
}

Value MathBuilder::compare(arith::CmpFPredicate predicate, Value a, Value b) {
  return arith::CmpFOp::create(builder, location, predicate, a, b);
}
Value MathBuilder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, location, condition, a, b);
}
Value MathBuilder::both(Value a, Value b) { return arith::AndIOp::create(builder, location, a, b); }
Value MathBuilder::either(Value a, Value b) { return arith::OrIOp::create(builder, location, a, b); }
Value MathBuilder::isNot(Value a) {
  return arith::XOrIOp::create(builder, location, a, pool.get(splat(a.getType(), builder.getBoolAttr(true))));
}

Value MathBuilder::bitsOf(Value a) { return arith::BitcastOp::create(builder, location, intType, a); }
Value MathBuilder::fromBits(Value a) { return arith::BitcastOp::create(builder, location, type, a); }
Value MathBuilder::maxInt(Value a, Value b) { return arith::MaxSIOp::create(builder, location, a, b); }
Value MathBuilder::addInt(Value a, Value b) { return arith::AddIOp::create(builder, location, a, b); }
Value MathBuilder::subInt(Value a, Value b) { return arith::SubIOp::create(builder, location, a, b); }
Value MathBuilder::andInt(Value a, Value b) { return arith::AndIOp::create(builder, location, a, b); }
Value MathBuilder::orInt(Value a, Value b) { return arith::OrIOp::create(builder, location, a, b); }
Value MathBuilder::xorInt(Value a, Value b) { return arith::XOrIOp::create(builder, location, a, b); }
Value MathBuilder::shiftLeft(Value a, int bits) { return arith::ShLIOp::create(builder, location, a, integer(bits)); }
Value MathBuilder::shiftRight(Value a, int bits) { return arith::ShRUIOp::create(builder, location, a, integer(bits)); }
Value MathBuilder::testBits(Value a, int64_t mask) {
  return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::ne, andInt(a, integer(mask)), integer(0));
}

// 2^fractionBits + a has a as its fraction.
Value MathBuilder::smallIntToFloat(Value a) {
  double base = std::ldexp(1.0, fractionBits());
  int64_t baseBits = int64_t(bias() + fractionBits()) << fractionBits();
  return sub(fromBits(orInt(a, integer(baseBits))), constant(base));
}

// 1.5 * 2^fractionBits + a has a's low bits as its own.
Value MathBuilder::lowBitsOfIntegral(Value a) { return bitsOf(add(a, constant(std::ldexp(1.5, fractionBits())))); }

Value MathBuilder::powerOfTwo(Value n) {
  Value exponent = shiftLeft(lowBitsOfIntegral(n), fractionBits());
  return fromBits(addInt(exponent, integer(int64_t(bias()) << fractionBits())));
}

Value MathBuilder::scaleByPowerOfTwo(Value x, Value n) {
  auto vector = dyn_cast<VectorType>(type);
  int64_t lanes = vector ? vector.getNumElements() : 1, native = 512 / floatElement.getIntOrFloatBitWidth();
  if (target.hasScaleFloat && (lanes % native == 0 || lanes == native / 2 || lanes == native / 4 || lanes == 1))
    return scaleByIntrinsic(x, n, lanes);
  // In two steps, of which only the second can round: neither factor is denormal or infinite.
  Value half = roundEven(mul(n, constant(0.5)));
  return mul(mul(x, powerOfTwo(half)), powerOfTwo(sub(n, half)));
}

Value MathBuilder::scaleByIntrinsic(Value x, Value n, int64_t lanes) {
  int64_t native = 512 / floatElement.getIntOrFloatBitWidth();
  int64_t part = lanes == 1 ? native / 4 : std::min(lanes, native); // a scalar takes an xmm register anyway
  auto partType = VectorType::get(part, floatElement);
  unsigned bits = part * floatElement.getIntOrFloatBitWidth();
  std::string name = ("llvm.x86.avx512.mask.scalef." + Twine(isDouble() ? "pd." : "ps.") + Twine(bits)).str();
  Type maskType = builder.getIntegerType(std::max<int64_t>(part, 8));
  auto call = [&](Value a, Value b) -> Value {
    SmallVector<Value> operands{a, b, pool.get(splat(partType, builder.getFloatAttr(floatElement, 0.0))),
                                pool.get(builder.getIntegerAttr(maskType, -1))};
    if (bits == 512)
      operands.push_back(pool.get(builder.getI32IntegerAttr(4))); // the current rounding mode
    return LLVM::CallIntrinsicOp::create(builder, location, partType, builder.getStringAttr(name), operands)
        .getResult(0);
  };
  if (lanes == 1) {
    Value a = vector::BroadcastOp::create(builder, location, partType, x);
    Value b = vector::BroadcastOp::create(builder, location, partType, n);
    return vector::ExtractOp::create(builder, location, call(a, b), ArrayRef<int64_t>{0});
  }
  if (lanes == part)
    return call(x, n);
  Value all = x;
  for (int64_t at = 0; at < lanes; at += part) {
    auto slice = [&](Value of) -> Value {
      return vector::ExtractStridedSliceOp::create(builder, location, of, ArrayRef<int64_t>{at},
                                                   ArrayRef<int64_t>{part}, ArrayRef<int64_t>{1});
    };
    all = vector::InsertStridedSliceOp::create(builder, location, call(slice(x), slice(n)), all, ArrayRef<int64_t>{at},
                                               ArrayRef<int64_t>{1});
  }
  return all;
}

// Knuth's and Dekker's exact sums; Dekker's product where there is no FMA.
DoubleValue MathBuilder::twoSum(Value a, Value b) {
  Value sum = add(a, b), partOfB = sub(sum, a);
  return {sum, add(sub(a, sub(sum, partOfB)), sub(b, partOfB))};
}
DoubleValue MathBuilder::fastTwoSum(Value a, Value b) {
  Value sum = add(a, b);
  return {sum, sub(b, sub(sum, a))};
}
DoubleValue MathBuilder::split(Value a) {
  Value scaled = mul(a, constant(std::ldexp(1.0, (fractionBits() + 2) / 2) + 1));
  Value high = sub(scaled, sub(scaled, a));
  return {high, sub(a, high)};
}
DoubleValue MathBuilder::twoProduct(Value a, Value b) {
  Value product = mul(a, b);
  if (target.hasFma)
    return {product, fma(a, b, negate(product))};
  DoubleValue x = split(a), y = split(b);
  Value rest = sub(mul(x.high, y.high), product);
  rest = add(add(rest, mul(x.high, y.low)), mul(x.low, y.high));
  return {product, add(rest, mul(x.low, y.low))};
}

MathBuilder MathBuilder::wide() { return {builder, location, withElement(builder.getF64Type()), target, pool}; }
Value MathBuilder::widen(Value a) {
  return arith::ExtFOp::create(builder, location, withElement(builder.getF64Type()), a);
}
Value MathBuilder::narrow(Value a) { return arith::TruncFOp::create(builder, location, type, a); }

Value MathBuilder::anyLane(Value condition) {
  if (!isa<VectorType>(condition.getType()))
    return condition;
  return vector::ReductionOp::create(builder, location, vector::CombiningKind::OR, condition);
}

MathBuilder::Values MathBuilder::unlessAny(Value condition, Values usual, function_ref<Values()> rare) {
  auto branch = scf::IfOp::create(builder, location, ValueRange(usual).getTypes(), anyLane(condition),
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(branch.thenBlock());
  scf::YieldOp::create(builder, location, rare());
  builder.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(builder, location, usual);
  return Values(branch.getResults());
}

Value MathBuilder::whileAny(Value value, function_ref<Value(Value)> condition, function_ref<Value(Value)> step) {
  auto before = [&](OpBuilder &, Location, ValueRange current) {
    Value any = anyLane(condition(current.front()));
    scf::ConditionOp::create(builder, location, any, current);
  };
  auto after = [&](OpBuilder &, Location, ValueRange current) {
    scf::YieldOp::create(builder, location, step(current.front()));
  };
  return scf::WhileOp::create(builder, location, value.getType(), value, before, after).getResult(0);
}

// The table is a constant global of the module: gathered lane by lane, since only rare branches look up.
Value MathBuilder::lookUp(StringRef name, ArrayRef<double> table, Value indices) {
  auto module = builder.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  auto tableType = MemRefType::get(table.size(), builder.getF64Type());
  if (!module.lookupSymbol(name)) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    auto values = DenseElementsAttr::get(RankedTensorType::get(tableType.getShape(), builder.getF64Type()), table);
    memref::GlobalOp::create(builder, module.getLoc(), name, builder.getStringAttr("private"), tableType, values,
                             /*constant=*/true, builder.getI64IntegerAttr(64));
  }
  Value base = memref::GetGlobalOp::create(builder, location, tableType, name);
  auto load = [&](Value index) -> Value {
    Value at = arith::IndexCastOp::create(builder, location, builder.getIndexType(), index);
    return memref::LoadOp::create(builder, location, base, at);
  };
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return load(indices);
  Value all = constant(0.0);
  for (int64_t lane = 0; lane < vector.getNumElements(); ++lane) {
    Value index = vector::ExtractOp::create(builder, location, indices, lane);
    all = vector::InsertOp::create(builder, location, load(index), all, lane);
  }
  return all;
}
