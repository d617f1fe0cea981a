#include "tools/fit/DataSpec.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

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

// The option as it was written; an argument of predict has no name.
std::string written(const DataSpec &spec, const std::string &option) {
  return (spec.name.empty() ? "" : "--" + spec.name + " ") + option;
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
    for (auto &entry : spec.ports) {
      entry.second.file = option;
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

DataSpec parseDataSpec(const std::string &name, const json &entry) {
  DataSpec spec;
  spec.name = name;
  if (entry.is_null())
    return spec;
  if (!entry.is_object())
    failRecipe(name, "expected table(…), found " + entry.dump());
  std::string reader = textOf(name + ".reader", entry, "reader", "table");
  if (reader != "table" && reader != "columns")
    failRecipe(name, "the reader '" + reader + "' is not known",
               suggestName(reader, {"table", "columns"}, "there are "));
  std::string commonFile = textOf(name + ".file", entry, "file", "");
  for (const auto &[key, value] : entry.items())
    if (key != "reader" && key != "file" && key != "classes")
      spec.ports[key] = portSource(name + "." + key, value, commonFile);
  return spec;
}

void overrideDataSpec(DataSpec &spec, const std::vector<std::string> &options,
                      const std::vector<std::string> &portNames) {
  for (const std::string &option : options)
    applyOption(spec, option, portNames);
}

void resolveFiles(DataSpec &spec, const std::vector<std::string> &folders) {
  namespace fs = std::filesystem;
  for (auto &[port, source] : spec.ports) {
    if (spec.name.empty() || source.file == "-" || source.fromHere || fs::path(source.file).is_absolute())
      continue;
    bool found = false;
    std::string tried;
    for (const std::string &folder : folders) {
      fs::path candidate = folder.empty() ? fs::path(source.file) : fs::path(folder) / source.file;
      tried += (tried.empty() ? "" : " and ") + candidate.lexically_normal().string();
      if (!(found = fileExists(candidate)))
        continue;
      // Behind a link to a folder, .. is not what the text says.
      std::error_code code;
      bool isSame = fs::equivalent(candidate, candidate.lexically_normal(), code);
      source.file = (isSame ? candidate.lexically_normal() : candidate).string();
      break;
    }
    if (!found)
      throw Problem(ExitCode::Io, source.file, spec.name + ", " + port + ": there is no such file; looked for " + tried,
                    "paths in a .dl file are relative to it; give another file with --" + spec.name + " " + port +
                        "=FILE");
  }
}

} // namespace dlc::fit
