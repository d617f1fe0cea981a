#include "tools/fit/DataSpec.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/TableReader.h"
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

namespace dlc::fit {
namespace {

using nlohmann::json;

[[noreturn]] void failRecipe(const std::string &name, const std::string &text, const std::string &remedy = "") {
  throw Problem(ExitCode::BadInput, "recipe", name + ": " + text, remedy);
}

// A name that is too long for the system is no file.
bool fileExists(const std::filesystem::path &path) {
  std::error_code code;
  return std::filesystem::exists(path, code);
}

std::string textOf(const std::string &name, const json &object, const char *key, const std::string &fallback) {
  if (!object.contains(key))
    return fallback;
  if (!object[key].is_string())
    failRecipe(name, "expected a name, found " + object[key].dump());
  return object[key];
}

std::vector<std::string> columnsOf(const std::string &name, const json &value) {
  if (value.is_string())
    return {value.get<std::string>()};
  std::vector<std::string> columns;
  for (const json &column : value) {
    if (!column.is_string())
      failRecipe(name, "expected names of columns, found " + column.dump());
    columns.push_back(column);
  }
  return columns;
}

// What the arguments of a reader are called; all others are inputs and targets.
const std::map<std::string, std::set<std::string>> &readerOptions() {
  static const std::map<std::string, std::set<std::string>> options = {
      {"table", {"where", "rows"}},
      {"columns", {}},
      {"idx", {"rows"}},
      {"npy", {"rows"}},
      {"npz", {"rows"}},
      {"cifar10", {"records", "rows"}},
      {"images", {"size", "interpolation", "file", "label", "where", "rows"}},
      {"sequences", {"length", "pad", "truncate", "vocabulary", "column", "label", "where", "lengths", "rows"}},
      {"letters", {"alphabet", "length", "pad", "truncate", "column", "label", "where", "lengths", "rows"}},
      {"text",
       {"vocabulary", "length", "pad", "truncate", "column", "label", "where", "lengths", "rows", kLearnedWords}}};
  return options;
}

// A file, or several.
PortSource filesOf(const std::string &name, const json &value) {
  PortSource source;
  source.further = columnsOf(name, value);
  if (source.further.empty() || source.further.front().empty() || !(value.is_string() || value.is_array()))
    failRecipe(name, "expected the name of a file, found " + value.dump());
  source.file = source.further.front();
  source.further.erase(source.further.begin());
  return source;
}

PortSource portSource(const std::string &name, const json &value, const std::string &commonFile) {
  PortSource source;
  if (value.is_object()) {
    source.file = textOf(name, value, "file", commonFile);
    if (value.contains("columns"))
      source.columns = columnsOf(name, value["columns"]);
  } else if (value.is_array() || (value.is_string() && !commonFile.empty())) {
    source.file = commonFile;
    source.columns = columnsOf(name, value);
  } else if (value.is_string()) {
    source.file = value;
  } else {
    failRecipe(name, "expected a file or a list of columns, found " + value.dump());
  }
  if (source.file.empty())
    failRecipe(name, "no file is named", "write table(\"data.csv\", …) or columns(\"data.csv\", …)");
  return source;
}

bool takesSeveralFiles(const DataSpec &spec) { return spec.reader == "images" || spec.reader == "cifar10"; }

// The option as it was written; an argument of predict has no name.
std::string written(const DataSpec &spec, const std::string &option) {
  return (spec.name.empty() ? "" : "--" + spec.name + " ") + option;
}

// The first of the other inputs' tables that has a column of this name, or "".
std::string tableWithColumn(const DataSpec &spec, const std::string &column, const std::vector<std::string> &folders) {
  if (spec.reader != "table")
    return "";
  std::set<std::string> files;
  for (const auto &[port, source] : spec.ports)
    if (source.file != column && source.file != "-")
      files.insert(source.file);
  for (const std::string &file : files)
    for (const std::string &folder : folders)
      try {
        std::filesystem::path candidate =
            folder.empty() ? std::filesystem::path(file) : folder / std::filesystem::path(file);
        if (!std::filesystem::is_regular_file(candidate))
          continue;
        const std::vector<std::string> header = TableReader(candidate.string()).header();
        if (std::find(header.begin(), header.end(), column) != header.end())
          return file;
        break;
      } catch (const std::exception &) { // no table: it has no columns
      }
  return "";
}

void resolveFile(std::string &file, const std::string &purpose, const std::string &remedy,
                 const std::vector<std::string> &folders) {
  namespace fs = std::filesystem;
  if (file == "-" || fs::path(file).is_absolute())
    return;
  std::string tried;
  for (const std::string &folder : folders) {
    fs::path candidate = folder.empty() ? fs::path(file) : fs::path(folder) / file;
    tried += (tried.empty() ? "" : " and ") + candidate.lexically_normal().string();
    if (!fileExists(candidate))
      continue;
    // Behind a link to a folder, .. is not what the text says.
    std::error_code code;
    bool isSame = fs::equivalent(candidate, candidate.lexically_normal(), code);
    file = (isSame ? candidate.lexically_normal() : candidate).string();
    return;
  }
  throw Problem(ExitCode::Io, file, purpose + ": there is no such file; looked for " + tried,
                "paths in a .dl file are relative to it; " + remedy);
}

void applyOption(DataSpec &spec, const std::string &option, const std::vector<std::string> &portNames) {
  size_t equals = option.find('=');
  bool exists = fileExists(option);
  if (option.empty() || (equals + 1 == option.size() && !exists))
    throw Problem(ExitCode::Usage, written(spec, "'" + option + "'"), "expected the name of a file");
  if (equals == std::string::npos || exists) {
    for (const std::string &port : portNames)
      spec.ports.emplace(port, PortSource());
    // Also those that are not asked for: their columns are known not to belong to the others.
    bool adds = takesSeveralFiles(spec) && !spec.ports.empty() && spec.ports.begin()->second.fromHere;
    for (auto &entry : spec.ports) {
      if (adds) {
        entry.second.further.push_back(option);
        continue;
      }
      entry.second.file = option;
      entry.second.further.clear();
      entry.second.fromHere = true;
    }
    return;
  }
  std::string port = option.substr(0, equals), value = option.substr(equals + 1);
  if (std::find(portNames.begin(), portNames.end(), port) == portNames.end())
    throw Problem(ExitCode::Usage, written(spec, option), "the model has no input or target '" + port + "'",
                  suggestName(port, portNames, "it has "));
  PortSource &source = spec.ports[port];
  size_t colon = value.rfind(':');
  if (colon == std::string::npos || fileExists(value)) {
    source = {value, {}, true};
    return;
  }
  if (colon) {
    source.file = value.substr(0, colon);
    source.further.clear();
    source.fromHere = true;
  }
  source.columns.clear();
  for (size_t begin = colon + 1; begin <= value.size();) {
    size_t comma = std::min(value.find(',', begin), value.size());
    if (comma > begin)
      source.columns.push_back(value.substr(begin, comma - begin));
    begin = comma + 1;
  }
  if (source.file.empty() || source.columns.empty())
    throw Problem(ExitCode::Usage, written(spec, option), "expected " + port + "=FILE:column,column");
}

} // namespace

DataSpec parseDataSpec(const std::string &name, const json &entry, const std::vector<std::string> &portNames) {
  DataSpec spec;
  spec.name = name;
  if (entry.is_null())
    return spec;
  if (!entry.is_object())
    failRecipe(name, "expected table(…), found " + entry.dump());
  auto isPort = [&](const std::string &key) {
    return std::find(portNames.begin(), portNames.end(), key) != portNames.end();
  };
  if (isPort("reader") && entry.contains("reader"))
    failRecipe(name, "an input or target cannot be called 'reader' where the recipe has data",
               "rename it in the model");
  std::string reader = textOf(name + ".reader", entry, "reader", "table");
  auto known = readerOptions().find(reader);
  if (known == readerOptions().end()) {
    std::vector<std::string> names;
    for (const auto &[each, options] : readerOptions())
      names.push_back(each);
    failRecipe(name, "the reader '" + reader + "' is not known", suggestName(reader, names, "there are "));
  }
  // Arrays of one file are named as columns are.
  bool isTable = reader == "table" || reader == "columns" || reader == "npz";
  if (!isTable || reader == "npz")
    spec.reader = reader;
  std::string commonFile = isTable ? textOf(name + ".file", entry, "file", "") : "";
  for (const auto &[key, value] : entry.items())
    if (!isPort(key) && (key == "classes" || key == kLearnedClasses || known->second.count(key)))
      spec.options[key] = value;
    else if (key != "reader" && !(isTable && key == "file"))
      spec.ports[key] = isTable ? portSource(name + "." + key, value, commonFile) : filesOf(name + "." + key, value);
  return spec;
}

// Several files without a name are those of the inputs and targets in their order. False: there are not several.
static bool applyInOrder(DataSpec &spec, const std::vector<std::string> &options,
                         const std::vector<std::string> &portNames) {
  auto isUnnamed = [](const std::string &option) {
    return !option.empty() && (option.find('=') == std::string::npos || fileExists(option));
  };
  auto unnamed = static_cast<size_t>(std::count_if(options.begin(), options.end(), isUnnamed));
  if (unnamed < 2 || takesSeveralFiles(spec))
    return false;
  if (unnamed != options.size() || unnamed != portNames.size())
    throw Problem(ExitCode::Usage, written(spec, "'" + *std::find_if(options.begin(), options.end(), isUnnamed) + "'"),
                  "found " + std::to_string(unnamed) + " files without a name, and the model takes " +
                      listNames(portNames, 8),
                  "say what is for what: " + portNames.front() + "=FILE");
  for (size_t i = 0; i < options.size(); ++i) {
    PortSource &source = spec.ports[portNames[i]];
    source.file = options[i];
    source.further.clear();
    source.fromHere = true;
  }
  return true;
}

void overrideDataSpec(DataSpec &spec, const std::vector<std::string> &options,
                      const std::vector<std::string> &portNames) {
  if (!applyInOrder(spec, options, portNames))
    for (const std::string &option : options)
      applyOption(spec, option, portNames);
  for (const auto &entry : spec.ports)
    if (entry.second.fromHere)
      for (const char *key : {"rows", "where", "records"})
        spec.options.erase(key);
}

void resolveFiles(DataSpec &spec, const std::vector<std::string> &folders) {
  if (spec.name.empty())
    return;
  for (auto &[port, source] : spec.ports) {
    if (source.fromHere)
      continue;
    std::string remedy = "give another file with --" + spec.name + " " + port + "=FILE";
    try {
      resolveFile(source.file, spec.name + ", " + port, remedy, folders);
    } catch (const Problem &problem) {
      std::string table = tableWithColumn(spec, source.file, folders);
      if (table.empty())
        throw;
      throw Problem(problem.code(), problem.place(), problem.what(),
                    "it is a column of " + table + ": write " + port + " = [\"" + quotable(source.file) + "\"]");
    }
    for (std::string &file : source.further)
      resolveFile(file, spec.name + ", " + port, remedy, folders);
  }
  for (const char *key : {"classes", "records"})
    if (spec.options.contains(key) && spec.options[key].is_string()) {
      std::string file = spec.options[key];
      resolveFile(file, spec.name + ", " + key, "correct it", folders);
      spec.options[key] = file;
    }
}

} // namespace dlc::fit
