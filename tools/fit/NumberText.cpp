#include "tools/fit/NumberText.h"
#include <charconv>
#include <cmath>
#include <cstdio>

namespace dlc::fit {
namespace {

template <typename Number> std::string shortest(Number value) {
  if (value != value)
    return "nan"; // whatever its sign
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

template <typename Number> std::string format(const char *pattern, Number value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

// Bytes of the UTF-8 sequence that the text begins with; 0 if it is none or a control character.
size_t printableLength(std::string_view text) {
  auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  unsigned first = byte(0), second = byte(1);
  size_t length = first >= 0x20 && first < 0x7F ? 1
                  : first < 0xC2                ? 0
                  : first < 0xE0                ? 2
                  : first < 0xF0                ? 3
                  : first < 0xF5                ? 4
                                                : 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80)
      return 0;
  bool isControl = first == 0xC2 && second < 0xA0;
  bool isOverlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  bool isNoCharacter = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
  return isControl || isOverlong || isNoCharacter ? 0 : length;
}

} // namespace

std::string numberText(double value, int digits) {
  if (value != value)
    return "nan"; // whatever its sign
  char text[64];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

std::string exactText(double value) { return shortest(value); }
std::string exactText(float value) { return shortest(value); }

std::string countText(int64_t value) {
  std::string digits = std::to_string(value);
  size_t first = value < 0 ? 1 : 0;
  for (size_t i = digits.size(); i > first + 3; i -= 3)
    digits.insert(i - 3, ",");
  return digits;
}

std::string bytesText(uint64_t bytes) {
  if (bytes < 1024)
    return std::to_string(bytes) + " B";
  const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  for (; value >= 1023.95 && unit + 1 < sizeof units / sizeof *units; ++unit)
    value /= 1024;
  return format("%.1f ", value) + units[unit];
}

std::string durationText(double seconds) {
  if (seconds < 0.0995) // what rounds to 100 ms or to 10 s has the next form
    return numberText(1000 * seconds, 2) + " ms";
  if (seconds < 9.995)
    return format("%.2f s", seconds);
  auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60)
    return std::to_string(whole) + " s";
  if (whole < 3600)
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string plural(int64_t count, std::string_view noun) {
  return countText(count) + " " + std::string(noun) + (count == 1 ? "" : noun.back() == 's' ? "es" : "s");
}

std::string quotable(std::string_view text, size_t limit) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    if (result.size() >= limit)
      return result + "…";
    size_t length = printableLength(text.substr(i));
    if (length)
      result += text.substr(i, length);
    else
      result += format("\\x%02x", static_cast<unsigned char>(text[i]));
    i += length ? length : 1;
  }
  return result;
}

bool isPrintable(std::string_view text) {
  while (size_t length = printableLength(text))
    text.remove_prefix(length);
  return text.empty();
}

} // namespace dlc::fit
