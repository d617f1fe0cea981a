// The file that a running session leaves from time to time: all it takes to go on after a crash, as if there had been
// none. One file, so that its parts cannot be of different moments.
#ifndef DLC_TOOLS_FIT_CHECKPOINT_H
#define DLC_TOOLS_FIT_CHECKPOINT_H

#include "tools/fit/History.h"
#include "tools/fit/Program.h"
#include "tools/fit/Recipe.h"
#include "tools/fit/SessionState.h"

namespace dlc::fit {

struct Checkpoint {
  std::string model;                // its name
  uint32_t layout = 0, kernels = 0; // checksums of the variables' table and of the code
  nlohmann::json recipe;
  int64_t rows = 0; // of the training data
  SessionState session;
  History history;
  std::string variables;
};

/// Where the checkpoint of a program that will be \p output lies.
std::string checkpointFile(const std::string &output);

Checkpoint makeCheckpoint(const Variables &variables, const Recipe &recipe, int64_t rows, SessionState session,
                          History history);

/// Bytes with a checksum over all of them.
std::string encodeCheckpoint(const Checkpoint &checkpoint);
/// \p path: for messages. Throws a Problem: no checkpoint, damaged, of a newer version.
Checkpoint decodeCheckpoint(const std::string &bytes, const std::string &path);

/// Throws a Problem that says what is another if the checkpoint is not of this program, recipe and data. The number of
/// epochs may differ.
void checkCheckpoint(const Checkpoint &checkpoint, const Program &program, const Recipe &recipe, int64_t rows,
                     const std::string &path);
/// Whether its kernels are those of the program: if not, the result is not bit for bit that of one run.
bool hasSameKernels(const Checkpoint &checkpoint, const Program &program);

} // namespace dlc::fit

#endif
