#include "tools/fit/weights/ElementType.h"
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <type_traits>

namespace dlc::fit {
namespace {

struct TypeNames {
  size_t bytes;
  const char *name, *safetensors, *numpy;
};
constexpr TypeNames kTypes[] = {{8, "f64", "F64", "<f8"},     {4, "f32", "F32", "<f4"}, {2, "f16", "F16", "<f2"},
                                {2, "bf16", "BF16", nullptr}, {8, "i64", "I64", "<i8"}, {4, "i32", "I32", "<i4"},
                                {2, "i16", "I16", "<i2"},     {1, "i8", "I8", "|i1"},   {8, "u64", "U64", "<u8"},
                                {4, "u32", "U32", "<u4"},     {2, "u16", "U16", "<u2"}, {1, "u8", "U8", "|u1"},
                                {1, "bool", "BOOL", "|b1"}};

const TypeNames &namesOf(ElementType type) { return kTypes[static_cast<size_t>(type)]; }

float floatOfBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename T> T load(const char *from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

double loadFloat(const char *from, ElementType type) {
  switch (type) {
  case ElementType::F64:
    return load<double>(from);
  case ElementType::F32:
    return load<float>(from);
  case ElementType::F16:
    return floatOfHalf(load<uint16_t>(from));
  default:
    return floatOfBits(uint32_t(load<uint16_t>(from)) << 16);
  }
}

// Nothing: beyond int64_t.
std::optional<int64_t> loadWhole(const char *from, ElementType type) {
  switch (type) {
  case ElementType::I64:
    return load<int64_t>(from);
  case ElementType::I32:
    return load<int32_t>(from);
  case ElementType::I16:
    return load<int16_t>(from);
  case ElementType::I8:
    return load<int8_t>(from);
  case ElementType::U64: {
    uint64_t value = load<uint64_t>(from);
    return value <= uint64_t(INT64_MAX) ? std::optional<int64_t>(int64_t(value)) : std::nullopt;
  }
  case ElementType::U32:
    return load<uint32_t>(from);
  case ElementType::U16:
    return load<uint16_t>(from);
  default:
    return load<uint8_t>(from);
  }
}

bool isFloat(ElementType type) { return type <= ElementType::BF16; }

template <typename Float> std::optional<size_t> convertFloats(std::string_view bytes, ElementType from, Float *to) {
  size_t size = bytesOf(from), count = bytes.size() / size;
  for (size_t i = 0; i < count; ++i) {
    double value = loadFloat(bytes.data() + i * size, from);
    if (std::isfinite(value) && std::abs(value) > double(std::numeric_limits<Float>::max()))
      return i;
    to[i] = static_cast<Float>(value);
  }
  return std::nullopt;
}

template <typename Whole>
std::optional<size_t> convertWhole(std::string_view bytes, ElementType from, int64_t least, int64_t most, Whole *to) {
  size_t size = bytesOf(from), count = bytes.size() / size;
  for (size_t i = 0; i < count; ++i) {
    std::optional<int64_t> value = loadWhole(bytes.data() + i * size, from);
    if (!value || *value < least || *value > most)
      return i;
    to[i] = static_cast<Whole>(*value);
  }
  return std::nullopt;
}

} // namespace

float floatOfHalf(uint16_t bits) {
  uint32_t sign = uint32_t(bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31)
    return floatOfBits(sign | 0x7f800000 | fraction << 13);
  if (exponent)
    return floatOfBits(sign | (exponent + 112) << 23 | fraction << 13);
  float value = std::ldexp(static_cast<float>(fraction), -24);
  return sign ? -value : value;
}

size_t bytesOf(ElementType type) { return namesOf(type).bytes; }
const char *nameOf(ElementType type) { return namesOf(type).name; }
const char *safetensorsName(ElementType type) { return namesOf(type).safetensors; }
const char *numpyName(ElementType type) { return namesOf(type).numpy; }

std::optional<ElementType> fromSafetensorsName(std::string_view name) {
  for (size_t i = 0; i < std::size(kTypes); ++i)
    if (name == kTypes[i].safetensors)
      return static_cast<ElementType>(i);
  return std::nullopt;
}

std::optional<ElementType> fromNumpyName(std::string_view name) {
  for (size_t i = 0; i < std::size(kTypes); ++i)
    if (kTypes[i].numpy && name == kTypes[i].numpy + 1)
      return static_cast<ElementType>(i);
  return std::nullopt;
}

ElementType elementTypeOf(dlc_dtype dtype) {
  constexpr ElementType types[] = {ElementType::F32, ElementType::F16, ElementType::BF16,
                                   ElementType::F64, ElementType::I8,  ElementType::U8,
                                   ElementType::I32, ElementType::I64, ElementType::Bool};
  return types[dtype >= DLC_F32 && dtype <= DLC_BOOL ? dtype - DLC_F32 : DLC_U8 - DLC_F32];
}

std::string tensorType(ElementType type, const std::vector<uint64_t> &shape) {
  std::string text = nameOf(type);
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "[") + std::to_string(shape[i]);
  return text + (shape.empty() ? "" : "]");
}

std::optional<uint64_t> tensorBytes(ElementType type, const std::vector<uint64_t> &shape) {
  uint64_t bytes = bytesOf(type);
  bool isEmpty = false, overflows = false;
  for (uint64_t size : shape) {
    isEmpty |= size == 0;
    overflows |= __builtin_mul_overflow(bytes, size ? size : 1, &bytes) || bytes > uint64_t(INT64_MAX);
  }
  if (overflows)
    return std::nullopt;
  return isEmpty ? 0 : bytes;
}

bool isConvertible(ElementType from, dlc_dtype to) {
  if (elementTypeOf(to) == from)
    return true;
  if (to == DLC_F16 || to == DLC_BF16) // no programs compute in them
    return false;
  return isFloat(from) == (to == DLC_F32 || to == DLC_F64);
}

std::optional<size_t> convertWeights(std::string_view bytes, ElementType from, dlc_dtype dtype, void *to) {
  if (elementTypeOf(dtype) == from && dtype != DLC_BOOL) {
    if (!bytes.empty())
      std::memcpy(to, bytes.data(), bytes.size());
    return std::nullopt;
  }
  switch (dtype) {
  case DLC_F32:
    return convertFloats(bytes, from, static_cast<float *>(to));
  case DLC_F64:
    return convertFloats(bytes, from, static_cast<double *>(to));
  case DLC_I64:
    return convertWhole(bytes, from, INT64_MIN, INT64_MAX, static_cast<int64_t *>(to));
  case DLC_I32:
    return convertWhole(bytes, from, INT32_MIN, INT32_MAX, static_cast<int32_t *>(to));
  case DLC_I8:
    return convertWhole(bytes, from, INT8_MIN, INT8_MAX, static_cast<int8_t *>(to));
  case DLC_U8:
    return convertWhole(bytes, from, 0, UINT8_MAX, static_cast<uint8_t *>(to));
  case DLC_BOOL:
    return convertWhole(bytes, from, 0, 1, static_cast<uint8_t *>(to));
  default:
    return 0;
  }
}

} // namespace dlc::fit
