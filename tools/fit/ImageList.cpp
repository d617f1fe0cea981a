#include "tools/fit/ImageList.h"
#include "tools/fit/ImageFile.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ReaderOptions.h"
#include "tools/fit/RowSelection.h"
#include "tools/fit/TableColumns.h"
#include "tools/fit/TableReader.h"
#include <algorithm>
#include <filesystem>

namespace dlc::fit {
namespace {

namespace fs = std::filesystem;

// Also images that cannot be read here: to leave them out in silence would lose examples.
bool isImageName(const fs::path &path) {
  static const char *const suffixes[] = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm"};
  std::string suffix = path.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return path.filename().string()[0] != '.' &&
         std::find(std::begin(suffixes), std::end(suffixes), suffix) != std::end(suffixes);
}

[[noreturn]] void failFolder(const fs::path &folder, const std::error_code &code) {
  throw Problem(ExitCode::Io, folder.string(), "cannot read the folder: " + code.message());
}

std::vector<fs::path> imagesBelow(const fs::path &folder) {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::recursive_directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    std::error_code ignored;
    if (isImageName(at->path()) && !at->is_directory(ignored))
      found.push_back(at->path());
  }
  if (code)
    failFolder(folder, code);
  std::sort(found.begin(), found.end(), [](const fs::path &a, const fs::path &b) { return a.string() < b.string(); });
  return found;
}

std::vector<std::string> foldersIn(const fs::path &folder) {
  std::vector<std::string> found;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    std::error_code ignored;
    if (std::string name = at->path().filename().string(); name[0] != '.' && at->is_directory(ignored))
      found.push_back(name);
  }
  if (code)
    failFolder(folder, code);
  std::sort(found.begin(), found.end());
  return found;
}

void add(ImageList &list, const fs::path &folder, const std::vector<fs::path> &files) {
  for (const fs::path &file : files) {
    list.paths.push_back(file.string());
    list.names.push_back(file.lexically_relative(folder).string());
  }
}

template <typename Value> void reorder(std::vector<Value> &values, const std::vector<size_t> &order) {
  std::vector<Value> sorted;
  for (size_t i : order)
    sorted.push_back(std::move(values[i]));
  values = std::move(sorted);
}

// Every stretch of the rows gets its share of each class, so that the last ones can validate.
void mixClasses(ImageList &list) {
  std::vector<uint64_t> counts(list.classes.size()), numbers; // number within its class
  for (int64_t label : list.classNumbers)
    numbers.push_back(counts[static_cast<size_t>(label)]++);
  std::vector<size_t> order(list.paths.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  auto classOf = [&](size_t i) { return static_cast<size_t>(list.classNumbers[i]); };
  // (2 number + 1) / count, compared without rounding
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    uint64_t left = (2 * numbers[a] + 1) * counts[classOf(b)], right = (2 * numbers[b] + 1) * counts[classOf(a)];
    return left != right ? left < right : classOf(a) < classOf(b);
  });
  reorder(list.paths, order);
  reorder(list.names, order);
  reorder(list.classNumbers, order);
}

void listClasses(ImageList &list, const fs::path &folder, const std::vector<std::string> &known) {
  std::vector<std::string> folders = foldersIn(folder);
  if (folders.empty())
    throw Problem(ExitCode::BadInput, folder.string(), "the folder has no folders in it, one for each class",
                  imagesBelow(folder).empty() ? "put the images of a class into a folder of its name"
                                              : "move the images of a class into a folder of its name, or give a "
                                                "table with the columns file and label");
  list.classes = known.empty() ? folders : known;
  for (const std::string &name : folders) {
    std::vector<fs::path> files = imagesBelow(folder / name);
    auto place = std::find(list.classes.begin(), list.classes.end(), name);
    if (place == list.classes.end())
      throw Problem(ExitCode::BadInput, (folder / name).string(), "unknown class '" + quotable(name) + "'",
                    suggestName(name, list.classes, "the classes are "));
    if (files.empty())
      throw Problem(ExitCode::BadInput, (folder / name).string(), "the folder of this class holds no images",
                    "add PNG or JPEG files, or remove the folder");
    if (!isPrintable(name))
      throw Problem(ExitCode::BadInput, (folder / name).string(), "the name of the class is not UTF-8 text",
                    "rename the folder");
    add(list, folder, files);
    list.classNumbers.resize(list.paths.size(), place - list.classes.begin());
  }
  mixClasses(list);
}

// A table's paths are relative to it.
void listTable(ImageList &list, const ReaderInput &input, const std::string &path, bool wantsLabels) {
  ReaderOptions options(input.spec);
  TableReader table(path);
  auto indexOf = [&](const char *option) {
    ColumnSelection selection;
    selection.purpose = option;
    selection.columns = {options.text(option, option)};
    return findColumns(path, table.header(), selection).at(0);
  };
  size_t file = indexOf("file"), label = wantsLabels ? indexOf("label") : 0;
  RowSelection rows(input.spec);
  rows.bind(path, table.header());
  std::vector<std::string_view> cells;
  while (table.nextRow(cells)) {
    RowSelection::Answer answer = rows.next(cells);
    if (answer == RowSelection::Answer::Done)
      break;
    if (answer == RowSelection::Answer::Skip)
      continue;
    if (cells[file].empty())
      throw Problem(ExitCode::BadInput, path + ":" + std::to_string(table.line()), "the name of the image is missing",
                    "fill in the cell or remove the row");
    list.names.emplace_back(cells[file]);
    list.paths.push_back((fs::path(path).parent_path() / list.names.back()).string());
    list.lines.push_back(table.line());
    if (wantsLabels)
      list.labels.emplace_back(cells[label]);
  }
  if (list.paths.empty() && rows.isAll())
    throw Problem(ExitCode::BadInput, path, "the table has a header, but no rows", "write one row for each image");
  rows.finish(path);
}

template <typename Value> void keep(std::vector<Value> &values, const RowSelection &rows, size_t count) {
  if (values.empty())
    return;
  auto begin = static_cast<std::ptrdiff_t>(rows.first());
  values.erase(values.begin() + begin + static_cast<std::ptrdiff_t>(count), values.end());
  values.erase(values.begin(), values.begin() + begin);
}

// Of a folder.
void keepRows(ImageList &list, const ReaderInput &input, const std::string &path) {
  RowSelection rows(input.spec);
  if (rows.hasConditions())
    throw Problem(ExitCode::BadInput, path, "`where` chooses rows of a table, this is a folder",
                  "give a table with the columns file and label");
  size_t count = 0;
  for (size_t i = 0; i < list.paths.size(); ++i)
    count += rows.next() == RowSelection::Answer::Take;
  rows.finish(path);
  if (!count)
    throw Problem(ExitCode::BadInput, path, "`rows` begins behind the last image", "lower the range");
  if (rows.isAll())
    return;
  keep(list.names, rows, count);
  keep(list.classNumbers, rows, count);
  keep(list.paths, rows, count);
}

bool holdsImage(const std::string &path) {
  char bytes[8] = {};
  size_t got = ByteSource(path, "images or a table of them").read(bytes, sizeof bytes);
  return isImage({bytes, got}) || isImageName(path);
}

} // namespace

ImageList listImages(const ReaderInput &input, const std::string &path, bool wantsLabels) {
  ImageList list;
  std::error_code code;
  if (fs::is_directory(path, code)) {
    if (wantsLabels)
      listClasses(list, path, input.options.classNames);
    else
      add(list, path, imagesBelow(path));
    if (list.paths.empty())
      throw Problem(ExitCode::BadInput, path, "the folder holds no images", "expected PNG or JPEG files");
    keepRows(list, input, path);
  } else if (path != "-" && holdsImage(path)) {
    if (wantsLabels)
      throw Problem(ExitCode::BadInput, path, "found an image, expected a folder of images or a table of them",
                    "the class of an image is the folder that it is in");
    list.paths = {path};
    list.names = {path};
  } else {
    listTable(list, input, path, wantsLabels);
  }
  return list;
}

} // namespace dlc::fit
