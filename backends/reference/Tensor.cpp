#include "backends/reference/Tensor.h"
#include "llvm/ADT/APFloat.h"
#include <cstring>

using namespace mlir;
namespace dlc::reference {

int64_t elementBytes(Type element) {
  return element.isInteger(1) ? 1 : static_cast<int64_t>(element.getIntOrFloatBitWidth() / 8);
}

int64_t countOf(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = static_cast<int64_t>(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

bool advance(MutableArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  for (size_t i = index.size(); i-- > 0;) {
    if (++index[i] < shape[i])
      return true;
    index[i] = 0;
  }
  return false;
}

Tensor::Tensor(Type element, ArrayRef<int64_t> shape)
    : element(element), shape(shape), bytes(static_cast<size_t>(countOf(shape) * elementBytes(element)), 0) {}

int64_t Tensor::count() const { return countOf(shape); }

template <typename T> static T load(const Tensor &tensor, int64_t index) {
  T value;
  std::memcpy(&value, tensor.bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T> static void store(Tensor &tensor, int64_t index, T value) {
  std::memcpy(tensor.bytes.data() + index * sizeof(T), &value, sizeof(T));
}

double Tensor::getFloat(int64_t index) const {
  if (element.isF32())
    return load<float>(*this, index);
  if (element.isF64())
    return load<double>(*this, index);
  if (auto half = dyn_cast<FloatType>(element))
    return llvm::APFloat(half.getFloatSemantics(), llvm::APInt(16, load<uint16_t>(*this, index))).convertToDouble();
  return static_cast<double>(getInt(index));
}

void Tensor::setFloat(int64_t index, double value) {
  if (element.isF32())
    return store(*this, index, static_cast<float>(value));
  if (element.isF64())
    return store(*this, index, value);
  llvm::APFloat half(value);
  bool losesInfo;
  half.convert(cast<FloatType>(element).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  store(*this, index, static_cast<uint16_t>(half.bitcastToAPInt().getZExtValue()));
}

int64_t Tensor::getInt(int64_t index) const {
  switch (elementBytes(element)) {
  case 1:
    return load<int8_t>(*this, index);
  case 4:
    return load<int32_t>(*this, index);
  default:
    return load<int64_t>(*this, index);
  }
}

void Tensor::setInt(int64_t index, int64_t value) {
  switch (elementBytes(element)) {
  case 1:
    return store(*this, index, static_cast<int8_t>(value));
  case 4:
    return store(*this, index, static_cast<int32_t>(value));
  default:
    return store(*this, index, value);
  }
}

void Tensor::copy(int64_t to, const Tensor &source, int64_t from) {
  int64_t size = elementBytes(element);
  std::memcpy(bytes.data() + to * size, source.bytes.data() + from * size, size);
}

} // namespace dlc::reference
