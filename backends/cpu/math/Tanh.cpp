// tanh: an odd polynomial near 0, 1 - 2 / (e^(2|x|) + 1) beyond, where that is at least 1/2.
#include "backends/cpu/math/Expansions.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;

// fit.py tanh_f32: [0.0, 0.3026], error 1.15e-9 = 2^-29.69
static constexpr double kTanhF32[] = {-0.0062600402161479, 0.021060828119516373, -0.05384940654039383,
                                      0.13332554697990417, -0.33333316445350647};
// fit.py tanh_f64: [0.0, 0.3026], error 2.78e-18 = 2^-58.32
static constexpr double kTanhF64[] = {7.447208160248106e-06,   -3.2963612802359796e-05, 9.39658132693049e-05,
                                      -0.00023821362300428413, 0.0005898329344390156,   -0.001455805830769242,
                                      0.0035921251606718966,   -0.008863235336075609,   0.021869488527817005,
                                      -0.053968253968043355,   0.13333333333333067,     -0.3333333333333333};

Value dlc::expandTanh(MathBuilder &b, Value x) {
  if (!b.isDouble() && !b.getTarget().hasFma) {
    MathBuilder wide = b.wide();
    return b.narrow(expandTanh(wide, b.widen(x)));
  }
  Value magnitude = b.abs(x), one = b.constant(1.0);
  Value power = expandExp(b, b.add(magnitude, magnitude)); // infinite is fine
  Value large = b.copySign(b.sub(one, b.div(b.constant(2.0), b.add(power, one))), x);
  Value square = b.mul(x, x);
  Value tail = b.isDouble() ? b.polynomial(square, kTanhF64) : b.polynomial(square, kTanhF32);
  Value small = b.fma(b.mul(square, tail), x, x);
  return b.select(b.compare(CmpFPredicate::OLT, magnitude, b.constant(0.55)), small, large);
}
