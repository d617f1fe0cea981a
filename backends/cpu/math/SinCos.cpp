// sin and cos: x = n pi/2 + r, then a polynomial of r that n picks.
#include "backends/cpu/math/Expansions.h"
#include "backends/cpu/math/TwoOverPi.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;

// fit.py sin_f32: [0.0, 0.618085], error 4.03e-9 = 2^-27.89
static constexpr double kSinF32[] = {-0.00019518072076607496, 0.008332188241183758, -0.16666655242443085};
// fit.py cos_f32: [0.0, 0.618085], error 1.18e-10 = 2^-32.98
static constexpr double kCosF32[] = {2.4432338250335306e-05, -0.0013887309469282627, 0.04166664555668831};
// fit.py sin_f64: [0.0, 0.618085], error 7.94e-18 = 2^-56.8
static constexpr double kSinF64[] = {1.589590465406632e-10,  -2.505074230783073e-08, 2.755731358763148e-06,
                                     -0.0001984126982949558, 0.008333333333322005,   -0.1666666666666663};
// fit.py cos_f64: [0.0, 0.618085], error 1.59e-18 = 2^-59.13
static constexpr double kCosF64[] = {-1.1358311375200887e-11, 2.0875696592426733e-09, -2.755731414879098e-07,
                                     2.4801587288748844e-05,  -0.0013888888888872895, 0.041666666666666595};

// pi/2 in three parts (fit.py constants).
static constexpr double kHalfPiF32[] = {1.5707963705062866, -4.371138828673793e-08, -1.7151245100058819e-15};
static constexpr double kHalfPiF64[] = {1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33};
static constexpr double kTwoOverPiF64 = 0.6366197723675814;

namespace {
struct Reduced {
  Value quadrant; // n as an integral float; only n mod 4 matters
  DoubleValue r;  // |r| a little above pi/4 at most
};
} // namespace

/// Cody and Waite: exact products of n with three parts of pi/2; for f64 and |x| < 2^30.
static Reduced reduceSmall(MathBuilder &b, Value x) {
  Value n = b.roundEven(b.mul(x, b.constant(kTwoOverPiF64)));
  Value negated = b.negate(n);
  DoubleValue first;
  if (b.getTarget().hasFma) { // exact: a multiple of 2^-53 below 1
    first = {b.fma(negated, b.constant(kHalfPiF64[0]), x), b.constant(0.0)};
  } else {
    DoubleValue product = b.twoProduct(negated, b.constant(kHalfPiF64[0]));
    first = b.twoSum(b.add(x, product.high), product.low);
  }
  DoubleValue second = b.twoProduct(negated, b.constant(kHalfPiF64[1]));
  DoubleValue sum = b.twoSum(first.high, second.high);
  Value low = b.fma(negated, b.constant(kHalfPiF64[2]), b.add(first.low, b.add(sum.low, second.low)));
  return {n, b.fastTwoSum(sum.high, low)};
}

/// x modulo 4, exact.
static Value modulo4(MathBuilder &b, Value x) {
  Value whole = b.roundEven(b.mul(x, b.constant(0.25)));
  return b.sub(x, b.mul(whole, b.constant(4.0)));
}

// Payne and Hanek: |x| = y 2^(16 j) with y an integer below 2^69 (or j = 0), so multiples of 4 may be dropped from
// 2/pi * 2^(16 j) beforehand, and from the partial products, which are exact, afterwards.
static Reduced reduceLarge(MathBuilder &b, Value x) {
  Value bits = b.bitsOf(b.abs(x));
  Value j = b.shiftRight(b.maxInt(b.subInt(b.shiftRight(bits, 52), b.integer(1023 + 52)), b.integer(0)), 4);
  Value y = b.fromBits(b.subInt(bits, b.shiftLeft(j, 52 + 4)));
  DoubleValue products[3];
  for (int part = 0; part < 3; ++part)
    products[part] = b.twoProduct(y, b.lookUp("two_over_pi", kTwoOverPi, b.addInt(b.shiftLeft(j, 2), b.integer(part))));
  Value rest = b.lookUp("two_over_pi", kTwoOverPi, b.addInt(b.shiftLeft(j, 2), b.integer(3)));
  rest = b.fma(y, rest, products[2].low);
  rest = b.add(rest, b.mul(x, b.constant(0.0))); // NaN for what is not finite, which y is in any case

  DoubleValue sum = b.twoSum(modulo4(b, products[0].high), modulo4(b, products[0].low));
  DoubleValue total = b.twoSum(sum.high, modulo4(b, products[1].high));
  Value n = b.roundEven(total.high);
  Value high = b.sub(total.high, n), low = rest;
  for (Value term : {products[1].low, products[2].high, sum.low, total.low}) {
    DoubleValue next = b.twoSum(high, term);
    high = next.high;
    low = b.add(low, next.low);
  }
  DoubleValue fraction = b.fastTwoSum(high, low);
  DoubleValue r = b.twoProduct(fraction.high, b.constant(kHalfPiF64[0]));
  r.low = b.fma(fraction.high, b.constant(kHalfPiF64[1]), r.low);
  r.low = b.fma(fraction.low, b.constant(kHalfPiF64[0]), r.low);
  Value negative = b.compare(CmpFPredicate::OLT, x, b.constant(0.0));
  auto withSign = [&](Value value) { return b.select(negative, b.negate(value), value); };
  return {withSign(n), {withSign(r.high), withSign(r.low)}};
}

static Reduced reduce(MathBuilder &b, Value x) {
  Value large = b.isNot(b.compare(CmpFPredicate::OLT, b.abs(x), b.constant(0x1p30)));
  Reduced small = reduceSmall(b, x);
  MathBuilder::Values all =
      b.unlessAny(large, {small.quadrant, small.r.high, small.r.low}, [&]() -> MathBuilder::Values {
        Reduced other = reduceLarge(b, x);
        return {b.select(large, other.quadrant, small.quadrant), b.select(large, other.r.high, small.r.high),
                b.select(large, other.r.low, small.r.low)};
      });
  return {all[0], {all[1], all[2]}};
}

/// f32 with FMA: three parts of pi/2 suffice below 2^16; f64 does the rest.
static Reduced reduceF32(MathBuilder &b, Value x) {
  Value large = b.isNot(b.compare(CmpFPredicate::OLT, b.abs(x), b.constant(0x1p16)));
  Value n = b.roundEven(b.mul(x, b.constant(kTwoOverPiF64))), negated = b.negate(n), r = x;
  for (double part : kHalfPiF32)
    r = b.fma(negated, b.constant(part), r);
  MathBuilder::Values all = b.unlessAny(large, {n, r}, [&]() -> MathBuilder::Values {
    MathBuilder wide = b.wide();
    Reduced other = reduce(wide, b.widen(x));
    return {b.select(large, b.narrow(modulo4(wide, other.quadrant)), n), b.select(large, b.narrow(other.r.high), r)};
  });
  return {all[0], {all[1], {}}};
}

static Value sinOfReduced(MathBuilder &b, DoubleValue r) {
  Value z = b.mul(r.high, r.high);
  if (!b.isDouble())
    return b.fma(b.mul(r.high, z), b.polynomial(z, kSinF32), r.high);
  // The low part enters with the derivative 1 - z/2.
  Value low = b.fma(b.mul(z, r.low), b.constant(-0.5), r.low);
  return b.add(r.high, b.fma(b.mul(r.high, z), b.polynomial(z, kSinF64), low));
}

static Value cosOfReduced(MathBuilder &b, DoubleValue r) {
  Value z = b.mul(r.high, r.high), one = b.constant(1.0);
  if (!b.isDouble())
    return b.fma(b.mul(z, z), b.polynomial(z, kCosF32), b.fma(z, b.constant(-0.5), one));
  DoubleValue start = b.fastTwoSum(one, b.mul(z, b.constant(-0.5)));
  Value tail = b.fma(b.mul(z, z), b.polynomial(z, kCosF64), start.low);
  return b.add(start.high, b.sub(tail, b.mul(r.high, r.low)));
}

/// sin(x + shift pi/2)
static Value sinOfShifted(MathBuilder &b, Value x, int shift) {
  if (!b.isDouble() && !b.getTarget().hasFma) {
    MathBuilder wide = b.wide();
    return b.narrow(sinOfShifted(wide, b.widen(x), shift));
  }
  Reduced reduced = b.isDouble() ? reduce(b, x) : reduceF32(b, x);
  Value quadrant = b.addInt(b.lowBitsOfIntegral(reduced.quadrant), b.integer(shift));
  Value odd = b.testBits(quadrant, 1);
  Value value = b.select(odd, cosOfReduced(b, reduced.r), sinOfReduced(b, reduced.r));
  Value sign = b.shiftLeft(b.andInt(quadrant, b.integer(2)), b.isDouble() ? 62 : 30);
  return b.fromBits(b.xorInt(b.bitsOf(value), sign));
}

Value dlc::expandSin(MathBuilder &b, Value x) {
  Value result = sinOfShifted(b, x, 0);
  Value zero = b.compare(CmpFPredicate::OEQ, x, b.constant(0.0)); // the reduction loses the sign of -0
  return b.select(zero, x, result);
}
Value dlc::expandCos(MathBuilder &b, Value x) { return sinOfShifted(b, x, 1); }
