// log and log1p: x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)], then k ln(2) + log1p(f).
#include "backends/cpu/math/Expansions.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;

// fit.py log_f32: [-0.292893, 0.414214], error 6.58e-9 = 2^-27.18
static constexpr double kLogF32[] = {-0.07546304911375046, 0.12724409997463226, -0.13174821436405182,
                                     0.1420724093914032,   -0.1662246584892273, 0.20001034438610077,
                                     -0.2500084340572357,  0.3333333134651184};
// fit.py log_f64: [0.0, 0.02945], error 3.92e-18 = 2^-57.82
static constexpr double kLogF64[] = {0.14796624753409382, 0.15313986860329176, 0.18183566661109138, 0.22222198531385529,
                                     0.28571428742762545, 0.3999999999941315,  0.6666666666666735};

// ln(2) in two parts, the first short enough that k times it is exact (fit.py constants).
static constexpr double kLn2HighF32 = 0.693145751953125, kLn2LowF32 = 1.428606765330187e-06;
static constexpr double kLn2HighF64 = 0.6931471803691238, kLn2LowF64 = 1.9082149292705877e-10;

static int64_t bitsOfOne(MathBuilder &b) { return b.isDouble() ? 0x3ff0000000000000 : 0x3f800000; }
static int64_t bitsOfSqrtHalf(MathBuilder &b) { return b.isDouble() ? 0x3fe6a09e667f3bcd : 0x3f3504f3; }

/// k ln(2) + log1p(f). f64: Tang's form as in fdlibm's e_log.c (Sun, 1993), s = f / (2 + f).
static Value logOfParts(MathBuilder &b, Value k, Value f) {
  Value square = b.mul(f, f);
  if (!b.isDouble()) {
    Value tail = b.mul(b.mul(b.polynomial(f, kLogF32), f), square);
    tail = b.fma(k, b.constant(kLn2LowF32), tail);
    tail = b.fma(square, b.constant(-0.5), tail);
    return b.fma(k, b.constant(kLn2HighF32), b.add(f, tail));
  }
  Value s = b.div(f, b.add(f, b.constant(2.0)));
  Value z = b.mul(s, s);
  Value half = b.mul(square, b.constant(0.5));
  Value tail = b.fma(s, b.add(half, b.mul(z, b.polynomial(z, kLogF64))), b.mul(k, b.constant(kLn2LowF64)));
  return b.sub(b.mul(k, b.constant(kLn2HighF64)), b.sub(b.sub(half, tail), f));
}

/// The biased exponent of \p x, counted so that x / 2^k is in [sqrt(1/2), sqrt(2)), in the bits above the fraction.
static Value shiftedBits(MathBuilder &b, Value x) {
  return b.addInt(b.bitsOf(x), b.integer(bitsOfOne(b) - bitsOfSqrtHalf(b)));
}

/// \p result where 0 < x < inf; the limits elsewhere.
static Value withLimits(MathBuilder &b, Value x, Value result) {
  Value zero = b.constant(0.0);
  result = b.select(b.compare(CmpFPredicate::OLT, x, b.infinity()), result, x); // inf and NaN
  Value edge = b.select(b.compare(CmpFPredicate::OEQ, x, zero), b.negate(b.infinity()), b.nan());
  return b.select(b.compare(CmpFPredicate::OGT, x, zero), result, edge);
}

Value dlc::expandLog(MathBuilder &b, Value x) {
  if (!b.isDouble() && !b.getTarget().hasFma) {
    MathBuilder wide = b.wide();
    return b.narrow(expandLog(wide, b.widen(x)));
  }
  int fraction = b.fractionBits();
  Value denormal = b.compare(CmpFPredicate::OLT, x, b.constant(b.isDouble() ? 0x1p-1022 : 0x1p-126));
  Value scaled = b.select(denormal, b.mul(x, b.constant(b.isDouble() ? 0x1p54 : 0x1p25)), x);
  Value bias = b.select(denormal, b.constant(b.bias() + (b.isDouble() ? 54 : 25)), b.constant(b.bias()));
  Value bits = shiftedBits(b, scaled);
  Value k = b.sub(b.smallIntToFloat(b.shiftRight(bits, fraction)), bias);
  Value significand = b.andInt(bits, b.integer((int64_t(1) << fraction) - 1));
  Value f = b.sub(b.fromBits(b.addInt(significand, b.integer(bitsOfSqrtHalf(b)))), b.constant(1.0));
  return withLimits(b, x, logOfParts(b, k, f));
}

// 1 + x is rounded only to find k; f = x / 2^k + (1 / 2^k - 1) is rounded once. Quarters keep 2^-k normal for the
// largest x (Juffa, "accurate implementation of log1p", 2016).
Value dlc::expandLog1p(MathBuilder &b, Value x) {
  if (!b.isDouble() && !b.getTarget().hasFma) {
    MathBuilder wide = b.wide();
    return b.narrow(expandLog1p(wide, b.widen(x)));
  }
  int fraction = b.fractionBits();
  Value one = b.constant(1.0), quarter = b.constant(0.25);
  Value sum = b.add(x, one);
  Value biased = b.shiftRight(shiftedBits(b, sum), fraction);
  Value k = b.sub(b.smallIntToFloat(biased), b.constant(b.bias()));
  Value scale = b.fromBits(b.shiftLeft(b.subInt(b.integer(2 * b.bias() + 2), biased), fraction)); // 4 / 2^k
  Value f = b.fma(b.mul(x, quarter), scale, b.fma(quarter, scale, b.constant(-1.0)));
  Value result = withLimits(b, sum, logOfParts(b, k, f));
  // Here x^2 / 2 is below half an ulp; the quarter above would have cost a denormal its last bits, and -0 its sign.
  Value tiny = b.compare(CmpFPredicate::OLT, b.abs(x), b.constant(b.isDouble() ? 0x1p-54 : 0x1p-25));
  return b.select(tiny, x, result);
}
