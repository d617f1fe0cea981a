// pow(x, y) = exp(y log(x)), the logarithm in double-double arithmetic; f32 goes through f64.
#include "backends/cpu/math/Expansions.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;

// fit.py pow_f64: [0.0, 0.02945], error 1.75e-20 = 2^-65.63
static constexpr double kTail[] = {0.11013988926638703, 0.10422812381161582, 0.11768679019317849,
                                   0.13333240273637734, 0.1538461675619446,  0.18181818169220115,
                                   0.22222222222290788, 0.28571428571428376, 0.4};

// ln(2) in two parts (fit.py constants), 2/3 in two parts.
static constexpr double kLn2High = 0.6931471803691238, kLn2Low = 1.9082149292705877e-10;
static constexpr double kTwoThirdsHigh = 0.6666666666666666, kTwoThirdsLow = 3.700743415417188e-17;
static constexpr int64_t kBitsOfOne = 0x3ff0000000000000, kBitsOfSqrtHalf = 0x3fe6a09e667f3bcd;

static DoubleValue addDouble(MathBuilder &b, DoubleValue x, DoubleValue y) {
  DoubleValue sum = b.twoSum(x.high, y.high);
  return b.fastTwoSum(sum.high, b.add(sum.low, b.add(x.low, y.low)));
}
static DoubleValue mulDouble(MathBuilder &b, DoubleValue x, DoubleValue y) {
  DoubleValue product = b.twoProduct(x.high, y.high);
  Value low = b.fma(x.high, y.low, b.fma(x.low, y.high, product.low));
  return b.fastTwoSum(product.high, low);
}

/// log(x) to about 2^-65 relative for finite x > 0: log((1+s)/(1-s)) = 2s + s^3 (2/3 + z tail(z)), z = s^2.
static DoubleValue logDouble(MathBuilder &b, Value x) {
  Value denormal = b.compare(CmpFPredicate::OLT, x, b.constant(0x1p-1022));
  x = b.select(denormal, b.mul(x, b.constant(0x1p54)), x);
  Value bits = b.addInt(b.bitsOf(x), b.integer(kBitsOfOne - kBitsOfSqrtHalf));
  Value bias = b.select(denormal, b.constant(1023 + 54), b.constant(1023));
  Value k = b.sub(b.smallIntToFloat(b.shiftRight(bits, 52)), bias);
  Value significand = b.andInt(bits, b.integer((int64_t(1) << 52) - 1));
  Value f = b.sub(b.fromBits(b.addInt(significand, b.integer(kBitsOfSqrtHalf))), b.constant(1.0));

  DoubleValue divisor = b.fastTwoSum(b.constant(2.0), f);
  Value s = b.div(f, divisor.high);
  DoubleValue back = b.twoProduct(s, divisor.high);
  Value rest = b.sub(b.sub(b.sub(f, back.high), back.low), b.mul(s, divisor.low));
  DoubleValue ratio = b.fastTwoSum(s, b.div(rest, divisor.high));

  DoubleValue z = mulDouble(b, ratio, ratio);
  DoubleValue inner =
      b.fastTwoSum(b.constant(kTwoThirdsHigh), b.fma(z.high, b.polynomial(z.high, kTail), b.constant(kTwoThirdsLow)));
  DoubleValue tail = mulDouble(b, mulDouble(b, ratio, z), inner);
  DoubleValue twice{b.add(ratio.high, ratio.high), b.add(ratio.low, ratio.low)};
  DoubleValue whole{b.mul(k, b.constant(kLn2High)), b.mul(k, b.constant(kLn2Low))}; // the first is exact
  whole = b.fastTwoSum(whole.high, whole.low);
  return addDouble(b, whole, addDouble(b, twice, tail));
}

/// |x|^y but for the cases that the caller sets right: y = 0 and |x| = 1.
static Value powOfMagnitude(MathBuilder &b, Value x, Value y) {
  DoubleValue logarithm = logDouble(b, x);
  Value finite =
      b.both(b.compare(CmpFPredicate::OGT, x, b.constant(0.0)), b.compare(CmpFPredicate::OLT, x, b.infinity()));
  Value edge = b.select(b.compare(CmpFPredicate::OEQ, x, b.constant(0.0)), b.negate(b.infinity()), x); // inf and NaN
  Value high = b.select(finite, logarithm.high, edge);
  DoubleValue product = b.twoProduct(high, y);
  Value low = b.fma(logarithm.low, y, product.low);
  // Where the result over- or underflows the low part may be NaN and does not matter.
  Value usual = b.compare(CmpFPredicate::OLT, b.abs(product.high), b.constant(760.0));
  Value limited = b.clampBelow(b.clampAbove(product.high, 760.0), -760.0);
  return expandExpOfDouble(b, {limited, b.select(usual, low, b.constant(0.0))});
}

Value dlc::expandPow(MathBuilder &b, Value x, Value y) {
  if (!b.isDouble()) {
    MathBuilder wide = b.wide();
    return b.narrow(expandPow(wide, b.widen(x), b.widen(y)));
  }
  Value one = b.constant(1.0), zero = b.constant(0.0), magnitude = b.abs(x);
  auto equal = [&](Value p, Value q) { return b.compare(CmpFPredicate::OEQ, p, q); };
  auto isInteger = [&](Value p) { return equal(b.truncate(p), p); };

  Value result = powOfMagnitude(b, magnitude, y);
  Value unit = b.both(equal(magnitude, one), equal(y, y));
  result = b.select(unit, one, result);
  // A negative base: NaN unless y is an integer or the base infinite; the sign of the base if y is odd.
  Value integer = isInteger(y);
  Value odd = b.both(integer, b.isNot(isInteger(b.mul(y, b.constant(0.5)))));
  Value invalid = b.both(b.both(b.compare(CmpFPredicate::OLT, x, zero), b.isNot(integer)),
                         b.compare(CmpFPredicate::OLT, magnitude, b.infinity()));
  result = b.select(b.both(invalid, equal(y, y)), b.nan(), result);
  result = b.select(odd, b.copySign(result, x), result);
  return b.select(b.either(equal(y, zero), equal(x, one)), one, result);
}
