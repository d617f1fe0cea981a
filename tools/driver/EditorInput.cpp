#include "tools/driver/EditorInput.h"
#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

using namespace dlc;
using llvm::lsp::ErrorCode;

/// Reads more; false at the end of the input.
bool EditorInput::fill() {
  constexpr size_t kBytes = 64 << 10;
  buffer.resize(kBytes);
  next = 0;
  ssize_t count;
  do
    count = ::read(descriptor, buffer.data(), kBytes);
  while (count < 0 && errno == EINTR);
  buffer.resize(std::max<ssize_t>(count, 0));
  ended = count <= 0;
  return !ended;
}

bool EditorInput::isWaiting() const {
  pollfd state{descriptor, POLLIN, 0};
  return next < buffer.size() || ::poll(&state, 1, 0) > 0;
}

/// Without the line break; a line of more than kMaxBytes is cut, so that noise cannot fill the memory.
bool EditorInput::readLine(std::string &line) {
  constexpr size_t kMaxBytes = 4096;
  line.clear();
  for (;;) {
    if (next == buffer.size() && !fill())
      return false;
    char c = buffer[next++];
    if (c == '\n')
      break;
    if (line.size() < kMaxBytes)
      line += c;
  }
  if (!line.empty() && line.back() == '\r')
    line.pop_back();
  return true;
}

/// Reads headers up to the empty line.
bool EditorInput::readLength(uint64_t &length) {
  length = 0;
  for (std::string line; readLine(line);) {
    if (line.empty())
      return true;
    auto [name, value] = llvm::StringRef(line).split(':');
    if (name.trim().equals_insensitive("content-length") && value.trim().getAsInteger(10, length))
      length = 0;
  }
  return false;
}

/// A body that is too long is skipped and \p body stays empty.
bool EditorInput::readBody(uint64_t length, std::string &body) {
  body.clear();
  bool isKept = length <= kMaxMessageBytes;
  for (uint64_t left = length; left > 0;) {
    if (next == buffer.size() && !fill())
      return false;
    size_t count = std::min<uint64_t>(left, buffer.size() - next);
    if (isKept)
      body.append(buffer, next, count);
    next += count;
    left -= count;
  }
  return true;
}

static bool isNestedTooDeeply(llvm::StringRef json) {
  unsigned depth = 0;
  bool inString = false;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (inString) {
      i += c == '\\';
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > EditorInput::kMaxNesting)
        return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

bool EditorInput::isRequest(llvm::StringRef json) const {
  if (isNestedTooDeeply(json)) {
    events.malformed(nullptr, ErrorCode::ParseError, "the message is nested too deeply");
    return false;
  }
  llvm::Expected<llvm::json::Value> parsed = llvm::json::parse(json);
  if (!parsed) {
    events.malformed(nullptr, ErrorCode::ParseError, llvm::toString(parsed.takeError()));
    return false;
  }
  const llvm::json::Object *object = parsed->getAsObject();
  if (object && object->getString("jsonrpc") == llvm::StringRef("2.0")) {
    if (object->getString("method"))
      return true;
    // An answer: this server asks nothing.
    if (!object->get("method") && object->get("id") && (object->get("result") || object->get("error")))
      return false;
  }
  const llvm::json::Value *id = object ? object->get("id") : nullptr;
  bool isId = id && (id->kind() == llvm::json::Value::Number || id->kind() == llvm::json::Value::String);
  events.malformed(isId ? *id : llvm::json::Value(nullptr), ErrorCode::InvalidRequest,
                   "expected a JSON-RPC 2.0 request or notification with a method");
  return false;
}

llvm::LogicalResult EditorInput::readStandardMessage(std::string &json) {
  if (!isWaiting())
    events.idle();
  uint64_t length = 0;
  if (!readLength(length) || !readBody(length, json))
    return llvm::failure();
  if (length > kMaxMessageBytes)
    events.malformed(nullptr, ErrorCode::InvalidRequest, "the message has more than 64 MiB");
  return llvm::success(!json.empty() && isRequest(json));
}
