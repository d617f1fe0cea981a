// The editor's messages, as they come on a file descriptor.
#ifndef DLC_TOOLS_DRIVER_EDITORINPUT_H
#define DLC_TOOLS_DRIVER_EDITORINPUT_H

#include "llvm/Support/LSP/Transport.h"
#include <functional>

namespace dlc {

/// Lets only messages through that LLVM's transport survives: it ends at an object without a method, and its JSON
/// parser recurses as deeply as the text is nested. Others are answered, or dropped, here.
class EditorInput : public llvm::lsp::JSONTransportInput {
public:
  static constexpr size_t kMaxMessageBytes = 64u << 20;
  static constexpr unsigned kMaxNesting = 200;

  struct Events {
    /// Nothing is waiting to be read: the time for work that nobody asked for.
    std::function<void()> idle;
    /// \p id is null when the message has none that could be read.
    std::function<void(llvm::json::Value id, llvm::lsp::ErrorCode code, std::string message)> malformed;
  };

  EditorInput(int descriptor, Events events) : descriptor(descriptor), events(std::move(events)) {}

  bool hasError() const override { return false; } // one of the descriptor is the end of the input
  bool isEndOfInput() const override { return ended && next == buffer.size(); }
  llvm::LogicalResult readStandardMessage(std::string &json) override;
  llvm::LogicalResult readDelimitedMessage(std::string &json) override { return readStandardMessage(json); }

private:
  bool fill();
  bool isWaiting() const;
  bool readLine(std::string &line);
  bool readLength(uint64_t &length);
  bool readBody(uint64_t length, std::string &body);
  bool isRequest(llvm::StringRef json) const;

  int descriptor;
  Events events;
  std::string buffer; // bytes [next, size) are not consumed yet
  size_t next = 0;
  bool ended = false;
};

} // namespace dlc

#endif
