#include "tools/fit/ConvertElements.h"
#include "tools/fit/CellValue.h"
#include <cstdint>
#include <cstring>

namespace dlc::fit {
namespace {

template <typename From, typename To> void convert(const char *from, char *to, size_t count) {
  const auto *source = reinterpret_cast<const From *>(from);
  auto *target = reinterpret_cast<To *>(to);
  for (size_t i = 0; i < count; ++i)
    target[i] = static_cast<To>(source[i]);
}

template <typename From> void convertTo(const char *from, char *to, dlc_dtype toType, size_t count) {
  switch (toType) {
  case DLC_F32:
    return convert<From, float>(from, to, count);
  case DLC_F64:
    return convert<From, double>(from, to, count);
  case DLC_I64:
    return convert<From, int64_t>(from, to, count);
  case DLC_I32:
    return convert<From, int32_t>(from, to, count);
  case DLC_I8:
    return convert<From, int8_t>(from, to, count);
  default:
    return convert<From, uint8_t>(from, to, count);
  }
}

} // namespace

void convertElements(const char *from, dlc_dtype fromType, char *to, dlc_dtype toType, size_t count) {
  if (fromType == toType) {
    std::memcpy(to, from, count * bytesOf(toType));
    return;
  }
  switch (fromType) {
  case DLC_F32:
    return convertTo<float>(from, to, toType, count);
  case DLC_F64:
    return convertTo<double>(from, to, toType, count);
  case DLC_I64:
    return convertTo<int64_t>(from, to, toType, count);
  case DLC_I32:
    return convertTo<int32_t>(from, to, toType, count);
  case DLC_I8:
    return convertTo<int8_t>(from, to, toType, count);
  default:
    return convertTo<uint8_t>(from, to, toType, count);
  }
}

} // namespace dlc::fit
