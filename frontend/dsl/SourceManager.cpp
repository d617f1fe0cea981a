#include "frontend/dsl/SourceManager.h"
#include <algorithm>

using namespace dlc::dsl;

FileId SourceManager::addFile(std::string name, std::string text, bool isStandardLibrary) {
  File &file = files.emplace_back(File{std::move(name), std::move(text), isStandardLibrary, {0}});
  for (size_t i = 0; i < file.text.size(); ++i)
    if (file.text[i] == '\n')
      file.lineBegins.push_back(i + 1);
  return files.size() - 1;
}

LineColumn SourceManager::lineColumn(FileId file, uint32_t offset) const {
  const auto &begins = files[file].lineBegins;
  offset = std::min<uint32_t>(offset, files[file].text.size());
  auto next = std::upper_bound(begins.begin(), begins.end(), offset);
  uint32_t line = next - begins.begin();
  return {line, offset - begins[line - 1] + 1};
}

uint32_t SourceManager::lineBegin(FileId file, uint32_t line) const {
  const auto &begins = files[file].lineBegins;
  return line - 1 < begins.size() ? begins[line - 1] : files[file].text.size();
}

llvm::StringRef SourceManager::lineText(FileId file, uint32_t line) const {
  return text(file).slice(lineBegin(file, line), lineBegin(file, line + 1)).rtrim("\r\n");
}
