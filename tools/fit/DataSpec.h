// Where the examples come from, as the recipe or the command line says it; nothing is read yet.
#ifndef DLC_TOOLS_FIT_DATASPEC_H
#define DLC_TOOLS_FIT_DATASPEC_H

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dlc::fit {

/// One input or target of the model: a file (or a folder) and, unless it is all of them, the columns.
struct PortSource {
  std::string file;
  std::vector<std::string> columns;      // see ColumnSelection
  bool fromHere = false;                 // the path is relative to the working directory, not to the model
  std::vector<std::string> further = {}; // files whose examples follow, for readers that take several
};

/// What training adds to the recipe's data. No input is called that: a name in a model has no dot.
constexpr char kLearnedClasses[] = "class.names"; // of a column of text
constexpr char kLearnedWords[] = "vocabulary.words";

struct DataSpec {
  std::string name; // "data", "test", "validation": for messages; "": tables to predict from, none of the recipe's
  std::map<std::string, PortSource> ports;
  std::string reader = "table";                      // or "idx", "images", …: see ExampleReader.h
  nlohmann::json options = nlohmann::json::object(); // what the reader is told besides: see ReaderOptions.h

  bool empty() const { return ports.empty(); }
};

/// Reads the recipe's form: {reader = "table", x = "X.tsv", y = "y.tsv"}; a port may also be {file, columns}; with a
/// common `file`, a port's strings are columns. A port of the other readers is a file or a list of them. What the
/// model calls an input or target (\p portNames, if they are known) is one, also where the reader has an option of that
/// name. Throws a Problem for what it does not know.
DataSpec parseDataSpec(const std::string &name, const nlohmann::json &recipeEntry,
                       const std::vector<std::string> &portNames = {});

/// Applies options of the command line to what the recipe says. Each is "x=FILE", "x=FILE:column,column",
/// "x=:column,column" (other columns, same file) or "FILE" (the file of every port; several for readers that take
/// several; else as many of them as there are ports, in the order of the ports). What the recipe says about the rows of
/// its own files does not hold for others. \p portNames: of the model.
void overrideDataSpec(DataSpec &spec, const std::vector<std::string> &options,
                      const std::vector<std::string> &portNames);

/// Makes the recipe's paths usable from here: a relative path is looked for in each of \p folders; the first that has
/// it wins. Throws a Problem (Io) that says where it looked.
void resolveFiles(DataSpec &spec, const std::vector<std::string> &folders);

} // namespace dlc::fit

#endif
