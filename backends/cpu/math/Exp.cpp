// exp and expm1: x = n ln(2) + r, then 2^n times a polynomial of r.
#include "backends/cpu/math/Expansions.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;

// fit.py exp_f32: [-0.347074, 0.347074], error 1.41e-8 = 2^-26.08
static constexpr double kExpF32[] = {0.001386219635605812, 0.008366701193153858, 0.041667528450489044,
                                     0.16666541993618011, 0.4999999701976776};
// fit.py exp_f64: [-0.347074, 0.347074], error 9.66e-19 = 2^-59.84
static constexpr double kExpF64[] = {2.0875334394650124e-09,
                                     2.510913259551865e-08,
                                     2.755740305443782e-07,
                                     2.7557243968860135e-06,
                                     2.4801587171560917e-05,
                                     0.00019841269886329826,
                                     0.001388888888896311,
                                     0.008333333333321565,
                                     0.041666666666666505,
                                     0.16666666666666677,
                                     0.5};
// fit.py expm1_f32: [-0.288182, 0.405965], error 4.02e-10 = 2^-31.21
static constexpr double kExpm1F32[] = {0.00020947138546034694, 0.001391921192407608, 0.008332019671797752,
                                       0.04166657477617264,    0.16666670143604279,  0.5};
// fit.py expm1_f64: [-0.288182, 0.405965], error 9.56e-19 = 2^-59.86
static constexpr double kExpm1F64[] = {1.6956275166226859e-10, 2.0891772259916377e-09, 2.504985035823986e-08,
                                       2.755732408830354e-07,  2.755732139945193e-06,  2.480158728673065e-05,
                                       0.00019841269840290744, 0.0013888888888896015,  0.008333333333333533,
                                       0.04166666666666666,    0.16666666666666666,    0.5};

static constexpr double kLog2E = 1.4426950408889634;
// ln(2) in two parts, the first short enough that n times it is exact (fit.py constants).
static constexpr double kLn2HighF32 = 0.693145751953125, kLn2LowF32 = 1.428606765330187e-06;
static constexpr double kLn2HighF64 = 0.6931471803691238, kLn2LowF64 = 1.9082149292705877e-10;

/// x - n ln(2) and its rounding error.
static DoubleValue reduce(MathBuilder &b, Value x, Value n) {
  Value high = b.fma(n, b.constant(b.isDouble() ? -kLn2HighF64 : -kLn2HighF32), x); // exact
  Value low = b.constant(b.isDouble() ? -kLn2LowF64 : -kLn2LowF32);
  Value rest = b.fma(n, low, high);
  return {rest, b.fma(n, low, b.sub(high, rest))};
}

Value dlc::expandExp(MathBuilder &b, Value x) {
  if (!b.isDouble() && !b.getTarget().hasFma) {
    MathBuilder wide = b.wide();
    return b.narrow(expandExp(wide, b.widen(x)));
  }
  // Beyond these limits the result is 0 or infinity.
  x = b.clampBelow(b.clampAbove(x, b.isDouble() ? 710.0 : 89.0), b.isDouble() ? -746.0 : -104.5);
  Value n = b.roundEven(b.mul(x, b.constant(kLog2E)));
  Value high = b.fma(n, b.constant(b.isDouble() ? -kLn2HighF64 : -kLn2HighF32), x);
  Value r = b.fma(n, b.constant(b.isDouble() ? -kLn2LowF64 : -kLn2LowF32), high);
  Value tail = b.isDouble() ? b.polynomial(r, kExpF64) : b.polynomial(r, kExpF32);
  Value sum = b.add(b.fma(b.mul(r, r), tail, r), b.constant(1.0));
  return b.scaleByPowerOfTwo(sum, n);
}

Value dlc::expandExpOfDouble(MathBuilder &b, DoubleValue x) {
  Value n = b.roundEven(b.mul(x.high, b.constant(kLog2E)));
  DoubleValue r = reduce(b, x.high, n);
  if (x.low)
    r = b.fastTwoSum(r.high, b.add(r.low, x.low));
  Value tail = b.fma(b.mul(r.high, r.high), b.polynomial(r.high, kExpF64), r.low);
  return b.scaleByPowerOfTwo(b.add(b.add(r.high, tail), b.constant(1.0)), n);
}

// e^r is in [0.75, 1.5], so that 2^n e^r - 1 never cancels more than one bit, and never magnifies e^r - 1.
Value dlc::expandExpm1(MathBuilder &b, Value x) {
  if (!b.isDouble() && !b.getTarget().hasFma) {
    MathBuilder wide = b.wide();
    return b.narrow(expandExpm1(wide, b.widen(x)));
  }
  Value limited = b.clampBelow(b.clampAbove(x, b.isDouble() ? 710.0 : 89.0), b.isDouble() ? -40.0 : -20.0);
  Value n = b.roundEven(b.fma(limited, b.constant(kLog2E), b.constant(-0.0849625)));
  DoubleValue r = reduce(b, limited, n);
  Value tail = b.isDouble() ? b.polynomial(r.high, kExpm1F64) : b.polynomial(r.high, kExpm1F32);
  Value low = b.fma(b.mul(r.high, r.high), tail, r.low);
  // (1 - 2^-n) + r + low, then times 2^n.
  Value offset = b.sub(b.constant(1.0), b.scaleByPowerOfTwo(b.constant(1.0), b.negate(n)));
  DoubleValue sum = b.fastTwoSum(offset, r.high);
  Value result = b.scaleByPowerOfTwo(b.add(sum.high, b.add(sum.low, low)), n);
  // -0 stays, and so do denormals, which r.low may have touched.
  Value tiny = b.compare(CmpFPredicate::OLT, b.abs(x), b.constant(b.isDouble() ? 1e-300 : 1e-30));
  return b.select(tiny, x, result);
}
