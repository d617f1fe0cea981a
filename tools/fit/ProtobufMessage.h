// The encoding of protocol buffers, as much of it as event files need.
#ifndef DLC_TOOLS_FIT_PROTOBUFMESSAGE_H
#define DLC_TOOLS_FIT_PROTOBUFMESSAGE_H

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// A message: fields of the wire types 0 (varint), 1 (64 bits), 2 (bytes) and 5 (32 bits), in the order of the calls.
class ProtobufMessage {
public:
  ProtobufMessage &integer(uint32_t field, int64_t value) {
    varint(field << 3 | 0);
    varint(static_cast<uint64_t>(value));
    return *this;
  }
  ProtobufMessage &real(uint32_t field, double value) {
    varint(field << 3 | 1);
    return raw(value);
  }
  ProtobufMessage &real32(uint32_t field, float value) {
    varint(field << 3 | 5);
    return raw(value);
  }
  ProtobufMessage &bytes(uint32_t field, std::string_view value) {
    varint(field << 3 | 2);
    varint(value.size());
    text += value;
    return *this;
  }
  ProtobufMessage &message(uint32_t field, const ProtobufMessage &value) { return bytes(field, value.text); }
  ProtobufMessage &packed(uint32_t field, const std::vector<double> &values) {
    return bytes(field, {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(double)});
  }
  const std::string &encoded() const { return text; }

private:
  template <typename Number> ProtobufMessage &raw(Number value) { // little-endian, as the machine is
    char encoding[sizeof value];
    std::memcpy(encoding, &value, sizeof value);
    text.append(encoding, sizeof value);
    return *this;
  }
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      text += static_cast<char>(value | 0x80);
    text += static_cast<char>(value);
  }
  std::string text;
};

} // namespace dlc::fit

#endif
