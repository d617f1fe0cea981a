// tanh(x) = t / (t + 2) with t = expm1(2 |x|).
#include "backends/cpu/math/Expansions.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;


Value dlc::expandTanh(MathBuilder &b, Value x) {
  if (!b.isDouble() && !b.getTarget().hasFma) {
    MathBuilder wide = b.wide();
    return b.narrow(expandTanh(wide, b.widen(x)));
  }
  // From 20 (10 for f32) on the result rounds to 1.
  Value magnitude = b.clampAbove(b.abs(x), b.isDouble() ? 20.0 : 10.0);
  Value t = expandExpm1(b, b.add(magnitude, magnitude));
  return b.copySign(b.div(t, b.add(t, b.constant(2.0))), x);
}
