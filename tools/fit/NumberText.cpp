#include "tools/fit/NumberText.h"
#include <charconv>
#include <cmath>
#include <cstdio>

namespace dlc::fit {
namespace {

template <typename Number> std::string shortest(Number value) {
  char text[64];
  return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

std::string format(const char *pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

} // namespace

std::string numberText(double value, int digits) {
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
  if (seconds < 10)
    return format("%.2f s", seconds);
  auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60)
    return std::to_string(whole) + " s";
  if (whole < 3600)
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string plural(int64_t count, std::string_view noun) {
  return countText(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string quotable(std::string_view text, size_t limit) {
  std::string result;
  for (char c : text) {
    if (result.size() >= limit) {
      // Does not cut a UTF-8 sequence in two.
      while (!result.empty() && (static_cast<unsigned char>(result.back()) & 0xC0) == 0x80)
        result.pop_back();
      if (!result.empty() && static_cast<unsigned char>(result.back()) >= 0xC0)
        result.pop_back();
      return result + "…";
    }
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      result += escaped;
    } else {
      result += c;
    }
  }
  return result;
}

} // namespace dlc::fit
