// Builds short texts in memory of a known size: for messages and for formulas as text.
#ifndef DLC_RUNTIME_CORE_TEXTBUILDER_H
#define DLC_RUNTIME_CORE_TEXTBUILDER_H

#include <cstddef>
#include <cstdint>

namespace dlc::runtime {

class TextBuilder {
public:
  /// \p size > 0 bytes at \p memory; what does not fit is cut, and a zero byte always ends the text.
  TextBuilder(char *memory, size_t size) : memory_(memory), size_(size) { memory_[0] = '\0'; }

  TextBuilder &operator<<(const char *text);
  TextBuilder &operator<<(int64_t number);

private:
  char *memory_;
  size_t size_, length_ = 0;
};

} // namespace dlc::runtime

#endif
