#include "tools/fit/CellValue.h"
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <type_traits>

namespace dlc::fit {
namespace {

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && cell.front() == ' ')
    cell.remove_prefix(1);
  while (!cell.empty() && cell.back() == ' ')
    cell.remove_suffix(1);
  return cell;
}

bool isMissing(std::string_view cell) {
  for (std::string_view mark : {"", "NA", "N/A", "na", "n/a", "null", "NULL", "None", "?", "-"})
    if (cell == mark)
      return true;
  return false;
}

// from_chars takes no plus sign.
std::string_view withoutPlus(std::string_view cell) {
  if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-' && cell[1] != '+')
    cell.remove_prefix(1);
  return cell;
}

template <typename Float> CellFault parseFloat(std::string_view cell, Float &value) {
  cell = withoutPlus(trimmed(cell));
  auto [stop, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (code == std::errc::result_out_of_range && stop == cell.data() + cell.size()) {
    // Too small is zero or a denormal number; too large is an error.
    double wide = std::strtod(std::string(cell).c_str(), nullptr);
    value = static_cast<Float>(wide);
    return std::abs(wide) < 1 ? CellFault::None : CellFault::OutOfRange;
  }
  if (code != std::errc() || stop != cell.data() + cell.size()) {
    value = std::numeric_limits<Float>::quiet_NaN();
    return isMissing(cell) ? CellFault::Missing : CellFault::NotANumber;
  }
  return std::isfinite(value) ? CellFault::None : CellFault::NotFinite;
}

template <typename Integer> CellFault parseWhole(std::string_view cell, Integer &value) {
  std::string_view text = withoutPlus(trimmed(cell));
  int64_t wide = 0;
  auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), wide);
  if (code != std::errc() || stop != text.data() + text.size()) {
    double number = 0; // "3.0" and "1e3" are whole numbers as well
    CellFault fault = parseFloat(text, number);
    if (fault != CellFault::None)
      return fault;
    if (number != std::floor(number))
      return CellFault::NotWhole;
    if (std::abs(number) > 9007199254740992.0) // 2^53: beyond it a double does not hold every whole number
      return CellFault::OutOfRange;
    wide = static_cast<int64_t>(number);
  }
  if (wide < static_cast<int64_t>(std::numeric_limits<Integer>::min()) ||
      wide > static_cast<int64_t>(std::numeric_limits<Integer>::max()))
    return CellFault::OutOfRange;
  value = static_cast<Integer>(wide);
  return CellFault::None;
}

} // namespace

size_t bytesOf(dlc_dtype dtype) {
  switch (dtype) {
  case DLC_F64:
  case DLC_I64:
    return 8;
  case DLC_F32:
  case DLC_I32:
    return 4;
  case DLC_F16:
  case DLC_BF16:
    return 2;
  default:
    return 1;
  }
}

const char *nameOf(dlc_dtype dtype) {
  static const char *const names[] = {"?", "f32", "f16", "bf16", "f64", "i8", "u8", "i32", "i64", "bool"};
  return names[dtype <= DLC_BOOL ? dtype : 0];
}

bool isFloat(dlc_dtype dtype) { return dtype == DLC_F32 || dtype == DLC_F64; }

CellFault parseCell(std::string_view cell, dlc_dtype dtype, void *to) {
  switch (dtype) {
  case DLC_F32:
    return parseFloat(cell, *static_cast<float *>(to));
  case DLC_F64:
    return parseFloat(cell, *static_cast<double *>(to));
  case DLC_I8:
    return parseWhole(cell, *static_cast<int8_t *>(to));
  case DLC_U8:
    return parseWhole(cell, *static_cast<uint8_t *>(to));
  case DLC_I32:
    return parseWhole(cell, *static_cast<int32_t *>(to));
  case DLC_I64:
    return parseWhole(cell, *static_cast<int64_t *>(to));
  case DLC_BOOL: {
    uint8_t value = 0;
    CellFault fault = parseWhole(cell, value);
    *static_cast<uint8_t *>(to) = value;
    return fault == CellFault::None && value > 1 ? CellFault::OutOfRange : fault;
  }
  default:
    return CellFault::OutOfRange;
  }
}

} // namespace dlc::fit
