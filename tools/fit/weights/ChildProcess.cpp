#include "tools/fit/weights/ChildProcess.h"
#include "tools/fit/Problem.h"
#include <cerrno>
#include <cstring>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dlc::fit {
namespace {

[[noreturn]] void fail(const std::string &program, int code) {
  throw Problem(ExitCode::Io, program, std::string("cannot run the program: ") + std::strerror(code),
                "install dlc and its programs from the same build");
}

class MemoryFile {
public:
  explicit MemoryFile(const std::string &program) : program(program), file(memfd_create("dlc", MFD_CLOEXEC)) {
    if (file < 0)
      fail(program, errno);
  }
  ~MemoryFile() { close(file); }
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;

  int descriptor() const { return file; }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t written = ::write(file, bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR)
        fail(program, errno);
      bytes.remove_prefix(written < 0 ? 0 : static_cast<size_t>(written));
    }
    lseek(file, 0, SEEK_SET);
  }
  std::string read() const {
    struct stat status = {};
    fstat(file, &status);
    std::string bytes(static_cast<size_t>(status.st_size), '\0');
    size_t done = 0;
    while (done < bytes.size()) {
      ssize_t got = pread(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
      if (got <= 0 && !(got < 0 && errno == EINTR))
        fail(program, errno);
      done += got < 0 ? 0 : static_cast<size_t>(got);
    }
    return bytes;
  }

private:
  const std::string &program;
  int file;
};

} // namespace

ChildResult runChild(const std::vector<std::string> &command, std::string_view input) {
  MemoryFile streams[3] = {MemoryFile(command[0]), MemoryFile(command[0]), MemoryFile(command[0])};
  streams[0].write(input);
  std::vector<char *> arguments;
  for (const std::string &argument : command)
    arguments.push_back(const_cast<char *>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i)
    posix_spawn_file_actions_adddup2(&actions, streams[i].descriptor(), i);
  pid_t child = 0;
  int code = posix_spawn(&child, command[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code)
    fail(command[0], code);
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      fail(command[0], errno);
  ChildResult result;
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  result.output = streams[1].read();
  result.messages = streams[2].read();
  return result;
}

} // namespace dlc::fit
