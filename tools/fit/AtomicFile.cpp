#include "tools/fit/AtomicFile.h"
#include "tools/fit/Problem.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::fit {
namespace {

std::string folderOf(const std::string &path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

[[noreturn]] void fail(const std::string &path, int code) {
  std::string remedy;
  if (code == ENOENT)
    remedy = "the folder " + folderOf(path) + " does not exist; create it first";
  else if (code == EISDIR)
    remedy = "it is a folder; name a file in it: " + (std::filesystem::path(path) / "NAME").string();
  else if (code == EACCES)
    remedy = "choose a file and a folder that you may write to";
  else if (code == ENOSPC || code == EDQUOT)
    remedy = "make room on the disk, or choose another one";
  throw Problem(ExitCode::Io, path, std::string("cannot write the file: ") + std::strerror(code), remedy);
}

// 0, or errno.
int writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(descriptor) ? errno : 0;
}

} // namespace

void writeAtomically(const std::string &path, std::string_view bytes) {
  struct stat status;
  bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    fail(path, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) { // /dev/stdout and other devices cannot be replaced
    int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    int code = descriptor < 0 ? errno : writeAll(descriptor, bytes);
    if (descriptor >= 0)
      close(descriptor);
    if (code && code != EINVAL) // fsync of a pipe or a terminal
      fail(path, code);
    return;
  }
  if (exists && access(path.c_str(), W_OK)) // renaming would not ask
    fail(path, errno);
  std::string temporary = path + ".tmp-XXXXXX";
  int descriptor = mkstemp(temporary.data());
  if (descriptor < 0)
    fail(path, errno);
  mode_t mask = umask(0);
  umask(mask);
  int code = fchmod(descriptor, (exists ? status.st_mode : 0666 & ~mask) & 07777) ? errno : 0;
  if (!code)
    code = writeAll(descriptor, bytes);
  if (close(descriptor) && !code)
    code = errno;
  if (!code && rename(temporary.c_str(), path.c_str()))
    code = errno;
  if (code) {
    unlink(temporary.c_str());
    fail(path, code);
  }
}

// Also of files that are yet to be written.
static bool isSameFile(const std::string &a, const std::string &b) {
  namespace fs = std::filesystem;
  std::error_code code;
  if (a == b || fs::equivalent(a, b, code))
    return true;
  fs::path whole = fs::weakly_canonical(fs::absolute(a, code), code); // empty if the system refuses the name
  return !whole.empty() && whole == fs::weakly_canonical(fs::absolute(b, code), code);
}

void checkDistinct(const std::vector<std::string> &outputs, const std::vector<std::string> &inputs) {
  std::vector<std::string> taken = inputs;
  for (const std::string &output : outputs) {
    std::error_code code;
    bool isDevice = std::filesystem::exists(output, code) && !std::filesystem::is_regular_file(output, code);
    if (output.empty() || isDevice)
      continue;
    for (size_t i = 0; i < taken.size(); ++i)
      if (isSameFile(taken[i], output))
        throw Problem(ExitCode::Usage, output,
                      i < inputs.size() ? "this file is read, writing it would destroy it"
                                        : "two results cannot go into one file",
                      "give another name");
    taken.push_back(output);
  }
}

void checkWritable(const std::string &path) {
  struct stat status;
  if (stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode))
      fail(path, EISDIR);
    if (access(path.c_str(), W_OK))
      fail(path, errno);
    if (!S_ISREG(status.st_mode))
      return;
  }
  std::string folder = folderOf(path);
  if (access(folder.c_str(), W_OK | X_OK))
    fail(path, errno);
}

} // namespace dlc::fit
