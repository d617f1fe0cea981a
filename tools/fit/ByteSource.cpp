#include "tools/fit/ByteSource.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace dlc::fit {
namespace {

std::string remedyFor(int code) {
  if (code == ENOENT)
    return "paths in a .dl file are relative to that file, on the command line to the working directory";
  if (code == EACCES)
    return "the file's permissions do not let you read it";
  return "";
}

// Throws a Problem that expects \p kind, "a table".
int openFile(const std::string &path, const std::string &name, const std::string &kind) {
  int descriptor = path == "-" ? dup(0) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw Problem(ExitCode::Io, name, std::string("cannot read the file: ") + std::strerror(errno), remedyFor(errno));
  struct stat status;
  if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
    close(descriptor);
    throw Problem(ExitCode::Io, name, "expected " + kind + ", found a directory", "give the name of a file");
  }
  return descriptor;
}

} // namespace

void ByteSource::Close::operator()(gzFile_s *file) const { gzclose(file); }

ByteSource::ByteSource(const std::string &path, const std::string &kind) : name(path == "-" ? "standard input" : path) {
  int descriptor = openFile(path, name, kind);
  file.reset(gzdopen(descriptor, "rb"));
  if (!file) {
    close(descriptor);
    throw Problem(ExitCode::Io, name, "cannot read the file: out of memory");
  }
  gzbuffer(file.get(), 1 << 18);
}

size_t ByteSource::read(char *to, size_t size) {
  int got = gzread(file.get(), to, static_cast<unsigned>(size < (1u << 30) ? size : 1u << 30));
  if (got > 0)
    return static_cast<size_t>(got);
  int code = Z_OK;
  const char *message = gzerror(file.get(), &code);
  if (code == Z_OK || code == Z_STREAM_END)
    return 0;
  if (code == Z_BUF_ERROR)
    throw Problem(ExitCode::BadInput, name, "the gzip data ends in the middle", "copy or download the file again");
  if (code == Z_DATA_ERROR)
    throw Problem(ExitCode::BadInput, name, "the gzip data is damaged", "copy or download the file again");
  throw Problem(ExitCode::Io, name,
                std::string("cannot read the file: ") + (code == Z_ERRNO ? std::strerror(errno) : message));
}

std::string readWhole(const std::string &path, size_t limit) {
  std::string name = path == "-" ? "standard input" : path, text;
  int descriptor = openFile(path, name, "a file");
  char chunk[1 << 16];
  ssize_t got;
  while ((got = ::read(descriptor, chunk, sizeof chunk)) > 0 && text.size() <= limit)
    text.append(chunk, static_cast<size_t>(got));
  int code = got < 0 ? errno : 0;
  close(descriptor);
  if (code)
    throw Problem(ExitCode::Io, name, std::string("cannot read the file: ") + std::strerror(code));
  if (text.size() > limit)
    throw Problem(ExitCode::BadInput, name, "the file is larger than " + bytesText(limit));
  return text;
}

} // namespace dlc::fit
