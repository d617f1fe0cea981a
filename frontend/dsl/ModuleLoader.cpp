#include "frontend/dsl/ModuleLoader.h"
#include "frontend/dsl/Parser.h"
#include "frontend/std/StandardLibrary.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace dlc::dsl;

static std::string lowerFirst(std::string message) {
  if (!message.empty())
    message[0] = llvm::toLower(message[0]);
  return message;
}

std::optional<std::string> dlc::dsl::readSourceFile(llvm::StringRef path, std::string &error) {
  llvm::Expected<llvm::sys::fs::file_t> file = llvm::sys::fs::openNativeFileForRead(path);
  if (!file) {
    error = lowerFirst(llvm::toString(file.takeError()));
    return std::nullopt;
  }
  // One byte more than allowed, so that the lexer sees that there are too many; /dev/zero never ends.
  std::string text(SourceManager::kMaxBytes + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    llvm::Expected<size_t> count = llvm::sys::fs::readNativeFile(*file, {text.data() + size, text.size() - size});
    if (!count) {
      error = lowerFirst(llvm::toString(count.takeError()));
      llvm::sys::fs::closeFile(*file);
      return std::nullopt;
    }
    if (*count == 0)
      break;
    size += *count;
  }
  llvm::sys::fs::closeFile(*file);
  text.resize(size);
  text.shrink_to_fit();
  return text;
}

namespace {

class Loader {
public:
  Loader(SourceManager &sources, Diagnostics &diagnostics, const FileReader &read)
      : sources(sources), diagnostics(diagnostics), read(read) {}

  void loadStandardLibrary() {
    for (const dlc::LibrarySource &source : dlc::standardLibrary()) {
      FileId file = sources.addFile(source.name.str(), source.text.str(), /*isStandardLibrary=*/true);
      program.modules.push_back(parseModule(sources, file, diagnostics));
    }
  }

  /// Parses the file and, before it is appended, what it imports.
  void load(llvm::StringRef path, std::string text) {
    states[path] = State::Open;
    FileId file = sources.addFile(path.str(), std::move(text));
    ast::Module module = parseModule(sources, file, diagnostics);
    for (const ast::DeclPtr &declaration : module.declarations)
      if (auto *import = llvm::dyn_cast<ast::ImportDecl>(declaration.get()))
        loadImport(path, *import);
    states[path] = State::Done;
    program.modules.push_back(std::move(module));
  }

  LoadedProgram program;

private:
  enum class State { New, Open, Done };
  static constexpr size_t kMaxFiles = 200; // also bounds the depth of imports

  void loadImport(llvm::StringRef importer, const ast::ImportDecl &import) {
    if (import.path.empty() || import.path.find('\0') != std::string::npos) {
      diagnostics.error(import.pathRange, "expected the path of a .dl file");
      return;
    }
    llvm::SmallString<128> path(import.path);
    if (!llvm::sys::path::is_absolute(path)) {
      path = llvm::sys::path::parent_path(importer);
      llvm::sys::path::append(path, import.path);
    }
    llvm::sys::path::remove_dots(path, /*remove_dot_dot=*/true);
    State state = states.lookup(path);
    if (state == State::Open)
      diagnostics.error(import.pathRange, "'" + path + "' imports itself, directly or through other files");
    if (state != State::New)
      return;
    if (states.size() >= kMaxFiles) {
      diagnostics.error(import.pathRange, "a program may import at most " + llvm::Twine(kMaxFiles) + " files");
      return;
    }
    std::string reason;
    std::optional<std::string> text = read(path, reason);
    if (!text) {
      diagnostics.error(import.pathRange, "cannot read '" + path + "': " + reason);
      states[path] = State::Done;
      return;
    }
    load(path, std::move(*text));
  }

  SourceManager &sources;
  Diagnostics &diagnostics;
  const FileReader &read;
  llvm::StringMap<State> states;
};

} // namespace

LoadedProgram dlc::dsl::loadProgram(SourceManager &sources, Diagnostics &diagnostics, llvm::StringRef path,
                                    std::optional<std::string> text, const FileReader &read) {
  Loader loader(sources, diagnostics, read);
  loader.loadStandardLibrary();
  llvm::SmallString<128> clean(path);
  llvm::sys::path::remove_dots(clean, /*remove_dot_dot=*/true);
  std::string reason;
  if (!text)
    text = read(path, reason);
  if (!text)
    diagnostics.error({}, "cannot read '" + path + "': " + reason);
  loader.load(clean, text.value_or(""));
  return std::move(loader.program);
}
