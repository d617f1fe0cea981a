#include "tools/fit/weights/RandomAccessBytes.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::fit {

static void fail(const std::string &path, int code) {
  throw Problem(ExitCode::Io, path, std::string("cannot read the file: ") + std::strerror(code));
}

RandomAccessBytes RandomAccessBytes::ofFile(const std::string &path) {
  RandomAccessBytes bytes{std::string()};
  bytes.path = path;
  bytes.descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status = {};
  if (bytes.descriptor < 0 || fstat(bytes.descriptor, &status))
    fail(path, errno);
  bytes.count = static_cast<uint64_t>(status.st_size);
  return bytes;
}

RandomAccessBytes::RandomAccessBytes(RandomAccessBytes &&other) noexcept
    : memory(std::move(other.memory)), path(std::move(other.path)), descriptor(other.descriptor), count(other.count) {
  other.descriptor = -1;
}

RandomAccessBytes::~RandomAccessBytes() {
  if (descriptor >= 0)
    close(descriptor);
}

size_t RandomAccessBytes::read(uint64_t offset, size_t size, char *to) const {
  if (offset >= count)
    return 0;
  size = static_cast<size_t>(std::min<uint64_t>(size, count - offset));
  if (descriptor < 0) {
    std::memcpy(to, memory.data() + offset, size);
    return size;
  }
  size_t done = 0;
  while (done < size) {
    ssize_t got = pread(descriptor, to + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno != EINTR)
      fail(path, errno);
    if (got == 0)
      break;
    done += got > 0 ? static_cast<size_t>(got) : 0;
  }
  return done;
}

std::string RandomAccessBytes::read(uint64_t offset, size_t size) const {
  std::string text(offset < count ? static_cast<size_t>(std::min<uint64_t>(size, count - offset)) : 0, '\0');
  text.resize(read(offset, text.size(), text.data()));
  return text;
}

} // namespace dlc::fit
