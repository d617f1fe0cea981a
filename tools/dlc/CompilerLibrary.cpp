#include "tools/dlc/CompilerLibrary.h"
#include "tools/fit/Problem.h"
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <string>
#include <vector>

namespace dlc {
namespace {

using fit::ExitCode;
using fit::Problem;

constexpr char kName[] = "libdlc_compiler.so";

void *openLibrary(std::string &where) {
  namespace fs = std::filesystem;
  std::vector<std::string> candidates;
  if (const char *chosen = std::getenv("DLC_COMPILER")) {
    candidates = {chosen};
  } else {
    std::error_code code;
    fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
    for (const fs::path &candidate : {folder / ".." / "lib" / kName, folder / kName})
      if (fs::exists(candidate, code))
        candidates.push_back(candidate.lexically_normal().string());
    candidates.push_back(kName);
  }
  for (const std::string &candidate : candidates)
    if (void *library = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      where = candidate;
      return library;
    }
  const char *reason = dlerror();
  throw Problem(ExitCode::Io, candidates.front(),
                std::string("cannot load the compiler: ") + (reason ? reason : "no reason given"),
                "predict, evaluate, inspect and train on a .dlm file work without it");
}

template <typename Function> void find(void *library, const std::string &where, const char *name, Function &function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function)
    throw Problem(ExitCode::Io, where, std::string("the compiler library has no ") + name,
                  "install dlc and its library from the same build");
}

CompilerLibrary loadLibrary() {
  std::string where;
  void *handle = openLibrary(where); // stays for the life of the process
  decltype(&dlc_compiler_api_version) version;
  find(handle, where, "dlc_compiler_api_version", version);
  if (version() != DLC_COMPILER_API_VERSION)
    throw Problem(ExitCode::Io, where,
                  "the compiler library has interface version " + std::to_string(version()) + ", expected " +
                      std::to_string(DLC_COMPILER_API_VERSION),
                  "install dlc and its library from the same build");
  CompilerLibrary library = {};
  find(handle, where, "dlc_compiler_compile", library.compile);
  find(handle, where, "dlc_compiler_format", library.format);
  find(handle, where, "dlc_compiler_language_server", library.languageServer);
  find(handle, where, "dlc_compiler_reference_open", library.referenceOpen);
  find(handle, where, "dlc_compiler_reference_kernel", library.referenceKernel);
  find(handle, where, "dlc_compiler_reference_close", library.referenceClose);
  return library;
}

} // namespace

const CompilerLibrary &CompilerLibrary::load() {
  static const CompilerLibrary library = loadLibrary();
  return library;
}

} // namespace dlc
