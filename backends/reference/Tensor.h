// A dense host tensor of any of the graph dialect's element types.
#ifndef DLC_BACKENDS_REFERENCE_TENSOR_H
#define DLC_BACKENDS_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>
#include <new>
#include <vector>

namespace dlc::reference {

/// Memory that kernels may read with aligned loads.
template <typename T> struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kAlignment{64};

  CacheLineAllocator() = default;
  template <typename U> CacheLineAllocator(const CacheLineAllocator<U> &) {}
  T *allocate(size_t count) { return static_cast<T *>(::operator new(count * sizeof(T), kAlignment)); }
  void deallocate(T *memory, size_t) { ::operator delete(memory, kAlignment); }
  template <typename U> bool operator==(const CacheLineAllocator<U> &) const { return true; }
  template <typename U> bool operator!=(const CacheLineAllocator<U> &) const { return false; }
};

/// Row-major; bools take one byte (0 or 1). The bytes begin at a multiple of 64.
struct Tensor {
  mlir::Type element;
  llvm::SmallVector<int64_t> shape;
  std::vector<char, CacheLineAllocator<char>> bytes;

  Tensor() = default;
  /// Zeros.
  Tensor(mlir::Type element, llvm::ArrayRef<int64_t> shape);

  int64_t count() const;
  bool isFloat() const { return llvm::isa<mlir::FloatType>(element); }

  /// Any element as a double (floats) or an integer (ints and bools), and back, rounded to the element type; integers
  /// wrap.
  double getFloat(int64_t index) const;
  void setFloat(int64_t index, double value);
  int64_t getInt(int64_t index) const;
  void setInt(int64_t index, int64_t value);

  /// Copies element \p from of \p source, which has the same element type.
  void copy(int64_t to, const Tensor &source, int64_t from);
};

/// Bytes of one element; bool is one byte.
int64_t elementBytes(mlir::Type element);

/// Product of the sizes.
int64_t countOf(llvm::ArrayRef<int64_t> shape);

/// Row-major strides, in elements.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape);

/// Steps a multi-index through a shape in row-major order; false after the last.
bool advance(llvm::MutableArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape);

} // namespace dlc::reference

#endif
