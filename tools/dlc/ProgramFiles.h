// Programs and the data they are used on, as the verbs name them.
#ifndef DLC_TOOLS_DLC_PROGRAMFILES_H
#define DLC_TOOLS_DLC_PROGRAMFILES_H

#include "tools/fit/Dataset.h"
#include "tools/fit/Recipe.h"
#include <string>
#include <vector>

namespace dlc {

/// "leukemia" of "examples/leukemia.dl".
std::string stemOf(const std::string &path);

/// Throws a Problem if the verb was given a model's source instead.
fit::Program loadProgram(const std::string &path, const char *verb);

/// Names of all inputs and targets that the recipe may name.
std::vector<std::string> portsOf(const fit::Program &program);
/// The recipe that the program carries.
fit::Recipe recipeOf(const fit::Program &program);

/// Where relative paths of a recipe may be: for a .dl file its folder; for a .dlm file the working directory, the
/// folder that the source had when it was compiled, the program's own, and the source's from there.
std::vector<std::string> dataFolders(const fit::Program &program, const std::string &input);

/// What the options of one dataset say, applied to the recipe's; files are found. Empty if neither says anything.
fit::DataSpec resolveData(fit::DataSpec spec, const std::string &name, const std::vector<std::string> &options,
                          const fit::Program &program, const std::string &function,
                          const std::vector<std::string> &folders);

/// "0..100" of the command line: these rows instead of those of the recipe. "": no change. Throws a Problem (Usage).
void chooseRows(fit::DataSpec &spec, const std::string &rows);

/// The files of a dataset and \p other: none of them may be written to.
std::vector<std::string> filesOf(const fit::DataSpec &spec, const std::string &other);

/// Warns of files that were left out.
void reportSkipped(const fit::Dataset &data);

/// Variables ready for predict and eval_step; an untrained program gets its initial parameters and a warning.
fit::Variables readyVariables(const fit::Program &program, int64_t seed);

/// Numbers of one prediction: of the first output, without the batch; symbols count as 1.
int64_t predictionColumns(const fit::Program &program);
/// Size of the last dimension of it; 0 where only the data say it.
int64_t lastPredictionSize(const fit::Program &program);

} // namespace dlc

#endif
