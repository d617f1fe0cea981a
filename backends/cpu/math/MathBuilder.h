// Writes scalar-or-vector arithmetic for the expansions of math functions. Every value has the shape (scalar or 1-D
// vector) that the builder was made for. No op carries fastmath flags: the expansions depend on what is rounded where.
#ifndef DLC_BACKENDS_CPU_MATH_MATHBUILDER_H
#define DLC_BACKENDS_CPU_MATH_MATHBUILDER_H

#include "backends/cpu/CpuTarget.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlc {

/// Constants of one function, made once, in its entry block.
class ConstantPool {
public:
  explicit ConstantPool(mlir::Block &entry) : entry(entry) {}
  mlir::Value get(mlir::TypedAttr value);

private:
  mlir::Block &entry;
  llvm::DenseMap<mlir::Attribute, mlir::Value> known;
};

/// high + low, |low| at most half an ulp of high: about 106 bits for f64.
struct DoubleValue {
  mlir::Value high, low;
};

class MathBuilder {
public:
  /// \p type: f32, f64 or a 1-D vector of them.
  MathBuilder(mlir::OpBuilder &builder, mlir::Location location, mlir::Type type, const CpuTarget &target,
              ConstantPool &pool);

  bool isDouble() const { return floatElement.isF64(); }
  const CpuTarget &getTarget() const { return target; }
  /// Bits of the fraction (23 or 52), and the exponent's bias (127 or 1023).
  int fractionBits() const { return isDouble() ? 52 : 23; }
  int bias() const { return isDouble() ? 1023 : 127; }

  mlir::Value constant(double value);
  mlir::Value integer(int64_t value); // as wide as the float
  mlir::Value infinity();
  mlir::Value nan();

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value negate(mlir::Value a);
  mlir::Value abs(mlir::Value a);
  mlir::Value sqrt(mlir::Value a);
  mlir::Value roundEven(mlir::Value a);
  mlir::Value truncate(mlir::Value a); // toward zero
  mlir::Value copySign(mlir::Value magnitude, mlir::Value sign);
  /// a * b + c; rounded once only if the target has FMA.
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);
  /// Horner's scheme, highest power first.
  mlir::Value polynomial(mlir::Value x, llvm::ArrayRef<double> coefficients);
  /// NaN of \p a stays.
  mlir::Value clampAbove(mlir::Value a, double most);
  mlir::Value clampBelow(mlir::Value a, double least);

  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value either(mlir::Value a, mlir::Value b);
  mlir::Value isNot(mlir::Value a);

  mlir::Value bitsOf(mlir::Value a);
  mlir::Value fromBits(mlir::Value a);
  mlir::Value maxInt(mlir::Value a, mlir::Value b); // signed
  mlir::Value addInt(mlir::Value a, mlir::Value b);
  mlir::Value subInt(mlir::Value a, mlir::Value b);
  mlir::Value andInt(mlir::Value a, mlir::Value b);
  mlir::Value orInt(mlir::Value a, mlir::Value b);
  mlir::Value xorInt(mlir::Value a, mlir::Value b);
  mlir::Value shiftLeft(mlir::Value a, int bits);
  mlir::Value shiftRight(mlir::Value a, int bits);   // logical
  mlir::Value testBits(mlir::Value a, int64_t mask); // a & mask != 0

  /// \p a as a float; a must be in [0, 2^fractionBits). (Conversions of 64-bit vectors need AVX-512.)
  mlir::Value smallIntToFloat(mlir::Value a);
  /// The low bits of the integer whose value is \p a, an integral float below 2^(fractionBits - 2) in magnitude. Bits
  /// above are arbitrary. No value of a, NaN included, is undefined behaviour.
  mlir::Value lowBitsOfIntegral(mlir::Value a);
  /// x * 2^n, rounded once; \p n: integral, |n| < 2.2 * 2^(exponent bits - 1), so that n / 2 is an exponent.
  mlir::Value scaleByPowerOfTwo(mlir::Value x, mlir::Value n);

  /// Exact a + b; fastTwoSum needs |a| >= |b| or a = 0.
  DoubleValue twoSum(mlir::Value a, mlir::Value b);
  DoubleValue fastTwoSum(mlir::Value a, mlir::Value b);
  /// Exact a * b, unless it overflows or its low part is denormal.
  DoubleValue twoProduct(mlir::Value a, mlir::Value b);
  /// Splits into halves of 26 bits (12 for f32), exact.
  DoubleValue split(mlir::Value a);

  /// The same shape with f64 elements, and the conversions.
  MathBuilder wide();
  mlir::Value widen(mlir::Value a);  // to f64; *this is the f32 builder
  mlir::Value narrow(mlir::Value a); // from f64; *this is the f32 builder

  using Values = llvm::SmallVector<mlir::Value, 4>;
  /// \p usual unless \p condition holds in some lane, in which case what \p rare gives. Emits a branch.
  Values unlessAny(mlir::Value condition, Values usual, llvm::function_ref<Values()> rare);
  /// Applies \p step to \p value until \p condition of it holds in no lane. Emits a loop.
  mlir::Value whileAny(mlir::Value value, llvm::function_ref<mlir::Value(mlir::Value)> condition,
                       llvm::function_ref<mlir::Value(mlir::Value)> step);
  /// Element indices[lane] (an int as wide as the float) of a table of constants; f64 only.
  mlir::Value lookUp(llvm::StringRef name, llvm::ArrayRef<double> table, mlir::Value indices);

private:
  mlir::Type withElement(mlir::Type element) const;
  mlir::Value scaleByIntrinsic(mlir::Value x, mlir::Value n, int64_t lanes);
  mlir::Value powerOfTwo(mlir::Value n);
  mlir::Value anyLane(mlir::Value condition);

  mlir::OpBuilder &builder;
  mlir::Location location;
  mlir::Type type, floatElement, intElement, intType;
  const CpuTarget &target;
  ConstantPool &pool;
};

} // namespace dlc

#endif
