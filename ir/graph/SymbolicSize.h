// Sizes of tensors as polynomials of named symbols ("batch", "2*batch*t+1"), and tensor types that carry them.
#ifndef DLC_IR_GRAPH_SYMBOLICSIZE_H
#define DLC_IR_GRAPH_SYMBOLICSIZE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include <optional>
#include <set>
#include <string>

namespace dlc::graph {

/// A polynomial with integer coefficients. Always canonical: terms by falling degree, then by name; no zero
/// coefficient; so equal polynomials have equal terms and equal strings. Arithmetic whose coefficients leave 64 bits
/// gives an overflowed size, which is equal to nothing and evaluates to nothing.
class SymbolicSize {
public:
  struct Term {
    int64_t coefficient;
    llvm::SmallVector<std::string, 2> symbols; ///< sorted; a power repeats its symbol
    bool operator==(const Term &other) const { return coefficient == other.coefficient && symbols == other.symbols; }
  };

  SymbolicSize(int64_t constant = 0);
  /// \p name: letters, digits, '_' and '.', not beginning with a digit.
  static SymbolicSize symbol(llvm::StringRef name);
  /// Reads sums of products of integers and names, in any order; fails on anything else and on overflow.
  static llvm::FailureOr<SymbolicSize> parse(llvm::StringRef text);

  /// The canonical text, without spaces: "2*batch*t-1".
  std::string str() const;

  bool isConstant() const;
  /// Only if isConstant().
  int64_t constant() const;
  bool hasOverflowed() const { return overflowed; }
  llvm::ArrayRef<Term> terms() const { return polynomial; }

  SymbolicSize operator+(const SymbolicSize &other) const;
  SymbolicSize operator-(const SymbolicSize &other) const;
  SymbolicSize operator*(const SymbolicSize &other) const;
  bool operator==(const SymbolicSize &other) const;
  bool operator!=(const SymbolicSize &other) const { return !(*this == other); }

  /// The exact quotient, or nothing when there is a remainder or \p divisor is zero.
  std::optional<SymbolicSize> dividedBy(const SymbolicSize &divisor) const;

  /// The value for given symbols; nothing when \p valueOf knows a symbol not, or a step leaves 64 bits.
  std::optional<int64_t> evaluate(llvm::function_ref<std::optional<int64_t>(llvm::StringRef)> valueOf) const;

  void collectSymbols(std::set<std::string> &symbols) const;

private:
  void add(Term term);

  llvm::SmallVector<Term, 1> polynomial;
  bool overflowed = false;
};

llvm::raw_ostream &operator<<(llvm::raw_ostream &stream, const SymbolicSize &size);
mlir::Diagnostic &operator<<(mlir::Diagnostic &diagnostic, const SymbolicSize &size);
inline SymbolicSize operator+(int64_t lhs, const SymbolicSize &rhs) { return SymbolicSize(lhs) + rhs; }
inline SymbolicSize operator*(int64_t lhs, const SymbolicSize &rhs) { return SymbolicSize(lhs) * rhs; }

/// Size of a dimension: its number, or the name in the type's encoding `#graph.dims`.
SymbolicSize sizeOfDim(mlir::RankedTensorType type, unsigned dim);
llvm::SmallVector<SymbolicSize> sizesOf(mlir::RankedTensorType type);
SymbolicSize elementCount(mlir::RankedTensorType type);
/// Constant sizes become static dimensions, others `?` with an entry in the encoding; all static: no encoding.
mlir::RankedTensorType makeTensorType(mlir::MLIRContext *context, llvm::ArrayRef<SymbolicSize> sizes,
                                      mlir::Type element);
/// The same sizes with another element type.
mlir::RankedTensorType withElementType(mlir::RankedTensorType type, mlir::Type element);

} // namespace dlc::graph

#endif
