// erf: an odd polynomial near 0, 1 - e^p(|x|) beyond.
#include "backends/cpu/math/Expansions.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;

// fit.py erf_f64: [0.0, 1.0], error 1.12e-17 = 2^-56.3
static constexpr double kErfF64[] = {5.945257693941542e-11,   -1.1365663136628493e-09, 1.4657878989888879e-08,
                                     -1.6350025076223882e-07, 1.6460972801190717e-06,  -1.4925593505766364e-05,
                                     0.00012055331036846668,  -0.0008548326978740568,  0.005223977624780835,
                                     -0.026866170645072893,   0.11283791670954857,     -0.3761263890318375,
                                     0.1283791670955126};
// fit.py erfc_f64: [0.0, 5.0], error 4.39e-18 = 2^-57.66
static constexpr double kErfcF64[] = {
    1.0496102952863032e-12, -2.906682435207472e-11, 3.709610939981981e-10,   -2.8815656908300026e-09,
    1.4987075060526352e-08, -5.226839353486775e-08, 9.805927929806916e-08,   1.42033409474059e-07,
    -2.058739275036981e-06, 9.60795646032934e-06,   -2.7158474610745134e-05, 2.6277561636959585e-05,
    0.0002373225908900605,  -0.001977902594072652,  0.010033825378463809,    -0.04156109804218289,
    -0.843107256358659,     -2.6389675142347886,    -1.8496055099332482};

// f32: coefficients by N. Juffa, "Vectorizable implementation of erff" (stackoverflow.com/q/35148198, 2016), 0.97 ulp.
static constexpr double kSmallF32[] = {-5.96761703e-4, 4.99119423e-3,  -2.67681349e-2,
                                       1.12819925e-1,  -3.76125336e-1, 1.28379166e-1};
static constexpr double kLargeF32[] = {-1.72853470e-5, 3.83197126e-4,  -3.88396438e-3, 2.42546219e-2,
                                       -1.06777877e-1, -6.34846687e-1, -1.28717512e-1};

static Value erfF32(MathBuilder &b, Value x) {
  Value t = b.clampAbove(b.abs(x), 4.0); // erf(4) rounds to 1
  Value large = b.fma(b.polynomial(t, kLargeF32), t, b.negate(t));
  large = b.copySign(b.sub(b.constant(1.0), expandExp(b, large)), x);
  Value small = b.fma(b.polynomial(b.mul(x, x), kSmallF32), x, x);
  return b.select(b.compare(CmpFPredicate::OGT, t, b.constant(0.921875)), large, small);
}

Value dlc::expandErf(MathBuilder &b, Value x) {
  if (!b.isDouble()) {
    if (b.getTarget().hasFma)
      return erfF32(b, x);
    MathBuilder wide = b.wide();
    return b.narrow(expandErf(wide, b.widen(x)));
  }
  Value t = b.clampAbove(b.abs(x), 6.0); // erf(6) rounds to 1
  Value logarithm = b.polynomial(b.sub(t, b.constant(1.0)), kErfcF64);
  Value large = b.copySign(b.sub(b.constant(1.0), expandExpOfDouble(b, {logarithm, {}})), x);
  Value small = b.fma(b.polynomial(b.mul(t, t), kErfF64), x, x);
  return b.select(b.compare(CmpFPredicate::OGT, t, b.constant(1.0)), large, small);
}
