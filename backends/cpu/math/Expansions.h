// The functions that --dlc-expand-math writes out, one file a family. Each takes and gives values of the builder's
// type. Unless stated otherwise the error is below 2 ulp over the whole range, denormal arguments and results
// included, NaN gives NaN, and infinities give the limits. f32 without FMA goes through f64.
#ifndef DLC_BACKENDS_CPU_MATH_EXPANSIONS_H
#define DLC_BACKENDS_CPU_MATH_EXPANSIONS_H

#include "backends/cpu/math/MathBuilder.h"

namespace dlc {

mlir::Value expandExp(MathBuilder &b, mlir::Value x);
mlir::Value expandExpm1(MathBuilder &b, mlir::Value x);
mlir::Value expandLog(MathBuilder &b, mlir::Value x);
mlir::Value expandLog1p(MathBuilder &b, mlir::Value x);
mlir::Value expandTanh(MathBuilder &b, mlir::Value x);
mlir::Value expandErf(MathBuilder &b, mlir::Value x);
mlir::Value expandSin(MathBuilder &b, mlir::Value x);
mlir::Value expandCos(MathBuilder &b, mlir::Value x);
/// Below 1 ulp for f64 and f32; special values as in C's pow.
mlir::Value expandPow(MathBuilder &b, mlir::Value x, mlir::Value y);
/// C's fmod, exact.
mlir::Value expandRemainder(MathBuilder &b, mlir::Value x, mlir::Value y);

/// exp of an f64 double value with |high| < 800, for pow and erf. The low part may be 0 (null).
mlir::Value expandExpOfDouble(MathBuilder &b, DoubleValue x);

} // namespace dlc

#endif
