// Where the examples come from, as the recipe or the command line says it; nothing is read yet.
#ifndef DLC_TOOLS_FIT_DATASPEC_H
#define DLC_TOOLS_FIT_DATASPEC_H

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace dlc::fit {

/// One input or target of the model: a file and, unless it is all of them, the columns.
struct PortSource {
  std::string file;
  std::vector<std::string> columns; // see ColumnSelection
  bool fromHere = false;            // the path is relative to the working directory, not to the model
};

struct DataSpec {
  std::string name; // "data", "test", "validation": for messages; "": tables to predict from, none of the recipe's
  std::map<std::string, PortSource> ports;

  bool empty() const { return ports.empty(); }
};

/// Reads the recipe's form: {reader = "table", x = "X.tsv", y = "y.tsv"}; a port may also be {file, columns}; with a
/// common `file`, a port's strings are columns. Throws a Problem for what it does not know.
DataSpec parseDataSpec(const std::string &name, const nlohmann::json &recipeEntry);

/// Applies options of the command line to what the recipe says. Each is "x=FILE", "x=FILE:column,column",
/// "x=:column,column" (other columns, same file) or "FILE" (the file of every port). \p portNames: of the model.
void overrideDataSpec(DataSpec &spec, const std::vector<std::string> &options, const std::vector<std::string> &portNames);

/// Makes the recipe's paths usable from here: a relative path is looked for in each of \p folders; the first that has
/// it wins. Throws a Problem (Io) that says where it looked.
void resolveFiles(DataSpec &spec, const std::vector<std::string> &folders);

} // namespace dlc::fit

#endif
