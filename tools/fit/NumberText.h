// Numbers as people read them.
#ifndef DLC_TOOLS_FIT_NUMBERTEXT_H
#define DLC_TOOLS_FIT_NUMBERTEXT_H

#include <cstdint>
#include <string>
#include <string_view>

namespace dlc::fit {

/// \p digits significant digits: "0.3124", "1.2e-07", "nan".
std::string numberText(double value, int digits = 4);
/// The shortest text that reads back as the same number.
std::string exactText(double value);
std::string exactText(float value);
/// "1,234,567".
std::string countText(int64_t value);
/// "312 B", "1.2 KiB", "4.0 MiB".
std::string bytesText(uint64_t bytes);
/// "4.2 ms", "0.31 s", "12 s", "3 min 20 s", "2 h 5 min".
std::string durationText(double seconds);
/// "1 row", "2 rows", "2 classes".
std::string plural(int64_t count, std::string_view noun);
/// About \p limit bytes of foreign text, in one line, what is not printable UTF-8 as \xNN: for messages.
std::string quotable(std::string_view text, size_t limit = 40);
/// UTF-8 without control characters.
bool isPrintable(std::string_view text);

} // namespace dlc::fit

#endif
