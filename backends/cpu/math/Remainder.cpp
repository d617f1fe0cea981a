// fmod, exactly: multiples of y are taken away until less than y is left. One step takes away up to 53 bits of the
// quotient, so the loop nearly always runs once. f32 goes through f64.
#include "backends/cpu/math/Expansions.h"

using namespace mlir;
using namespace dlc;
using arith::CmpFPredicate;

/// |r| without a multiple of y: exact, 2^25 times smaller at least, or below y.
static Value takeMultiples(MathBuilder &b, Value r, Value y) {
  // The quotient must not overflow; a power of two times y has the same multiples.
  Value divisor = y;
  for (int i = 0; i < 2; ++i) {
    Value overflows = b.compare(CmpFPredicate::OEQ, b.div(r, divisor), b.infinity());
    divisor = b.select(overflows, b.mul(divisor, b.constant(0x1p1000)), divisor);
  }
  // The product and the difference are exact: a quotient rounded to nearest, or an integer, leaves less than one unit
  // of its last place times the divisor. A quotient that was rounded up leaves less than nothing.
  Value quotient = b.truncate(b.div(r, divisor)), unit = divisor, rest;
  if (b.getTarget().hasFma) {
    Value exponent = b.andInt(b.bitsOf(quotient), b.integer(0x7ff0000000000000));
    Value lastPlace = b.fromBits(b.subInt(exponent, b.integer(int64_t(52) << 52)));
    Value large = b.compare(CmpFPredicate::OGE, quotient, b.constant(0x1p52));
    unit = b.select(large, b.mul(divisor, lastPlace), divisor);
    rest = b.fma(b.negate(quotient), divisor, r);
  } else {
    // The top half of the quotient's bits, whose product with each half of y is exact.
    Value top = b.fromBits(b.andInt(b.bitsOf(quotient), b.integer(-(int64_t(1) << 27))));
    Value high = b.fromBits(b.andInt(b.bitsOf(divisor), b.integer(-(int64_t(1) << 27))));
    rest = b.sub(b.sub(r, b.mul(top, high)), b.mul(top, b.sub(divisor, high)));
  }
  return b.select(b.compare(CmpFPredicate::OLT, rest, b.constant(0.0)), b.add(rest, unit), rest);
}

Value dlc::expandRemainder(MathBuilder &b, Value x, Value y) {
  if (!b.isDouble()) {
    MathBuilder wide = b.wide();
    return b.narrow(expandRemainder(wide, b.widen(x), b.widen(y)));
  }
  Value divisor = b.abs(y);
  Value valid = b.both(b.compare(CmpFPredicate::OLT, b.abs(x), b.infinity()),
                       b.compare(CmpFPredicate::OGT, divisor, b.constant(0.0)));
  auto more = [&](Value r) { return b.both(valid, b.compare(CmpFPredicate::OGE, r, divisor)); };
  Value rest = b.whileAny(b.abs(x), more, [&](Value r) { return b.select(more(r), takeMultiples(b, r, divisor), r); });
  return b.select(valid, b.copySign(rest, x), b.nan());
}
