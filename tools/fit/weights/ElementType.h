// The number types of files of weights, and how their elements become a variable's.
#ifndef DLC_TOOLS_FIT_WEIGHTS_ELEMENTTYPE_H
#define DLC_TOOLS_FIT_WEIGHTS_ELEMENTTYPE_H

#include "dlc/dlc.h"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

enum class ElementType { F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, Bool };

size_t bytesOf(ElementType type);
const char *nameOf(ElementType type); // "f32"
/// "F32", and back.
const char *safetensorsName(ElementType type);
std::optional<ElementType> fromSafetensorsName(std::string_view name);
/// "<f4", and back without the byte order: "f4"; numpy has no bf16.
const char *numpyName(ElementType type); // null: there is none
std::optional<ElementType> fromNumpyName(std::string_view name);
ElementType elementTypeOf(dlc_dtype dtype);

/// "f32[3, 4]"; a single number is "f32".
std::string tensorType(ElementType type, const std::vector<uint64_t> &shape);
/// Bytes of a dense tensor; nothing if they are more than a signed 64-bit number counts.
std::optional<uint64_t> tensorBytes(ElementType type, const std::vector<uint64_t> &shape);

/// Floats become floats, whole numbers and truth values whole numbers and truth values.
bool isConvertible(ElementType from, dlc_dtype to);
/// Converts little-endian elements; equal types keep their bits. \p to holds as many elements. Gives the index of the
/// first value that does not fit (too large, not 0 or 1), or nothing.
std::optional<size_t> convertWeights(std::string_view bytes, ElementType from, dlc_dtype dtype, void *to);

float floatOfHalf(uint16_t bits);

} // namespace dlc::fit

#endif
