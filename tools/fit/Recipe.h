// The training recipe that a program carries, and what the command line says otherwise.
#ifndef DLC_TOOLS_FIT_RECIPE_H
#define DLC_TOOLS_FIT_RECIPE_H

#include "tools/fit/DataSpec.h"
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dlc::fit {

/// Stop when the monitored number has not improved for `patience` epochs, and go back to the best.
struct EarlyStopping {
  int64_t patience = 0;
  std::string monitor; // "" : val_loss, or loss without validation data
};

/// Scale the learning rate by `factor` when the monitored number has not improved for `patience` epochs. Keras's names
/// and defaults.
struct ReduceOnPlateau {
  double factor = 0.1;
  int64_t patience = 10;
  std::string monitor; // as above
  double minDelta = 1e-4, minRate = 0;
  int64_t cooldown = 0;
};

struct Recipe {
  int64_t epochs = 1, batchSize = 32, seed = 0;
  double validationSplit = 0;
  bool validationShuffle = false; // the split's rows are chosen by the seed, of each class its share
  bool shuffle = true;
  std::string loss, optimizer; // their names
  std::string initFrom;        // a file of weights whose values are the first ones; may be empty
  std::string initNames;       // a table of names for it; may be empty
  bool initSkipsMismatch = false;
  std::vector<std::string> metrics;
  std::vector<std::string> fixed;      // numbers of the optimizer that only compiling again can change
  std::vector<std::string> classNames; // by class number; may be empty
  std::optional<EarlyStopping> earlyStopping;
  std::optional<ReduceOnPlateau> onPlateau;
  int64_t folds = 0; // of a cross-validation; 0: none
  DataSpec data, test, validation;
  nlohmann::json json; // all of it, for reports
};

/// Defaults are Keras's (1 epoch, batches of 32, shuffled). Throws a Problem: a value of the wrong kind or range.
/// \p portNames: see parseDataSpec.
Recipe parseRecipe(const nlohmann::json &json, const std::vector<std::string> &portNames = {});

/// Applies "epochs=20" and the like. Returns false if the key is not one that can change without compiling again.
bool overrideRecipe(nlohmann::json &json, const std::string &key, const std::string &value);

} // namespace dlc::fit

#endif
