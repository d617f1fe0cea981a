// What dlc search does: a training for each combination of settings, and which was the best.
#ifndef DLC_TOOLS_DLC_SEARCHRUN_H
#define DLC_TOOLS_DLC_SEARCHRUN_H

#include "tools/dlc/CompileJob.h"
#include "tools/fit/CrossValidation.h"
#include "tools/fit/SearchSpace.h"
#include <map>
#include <optional>

namespace dlc {

struct SearchArguments {
  CompileSettings settings; // input: a .dl file
  std::vector<std::string> tries, data, validation;
  std::string output, monitor;
  std::optional<int64_t> random, folds, epochs, seed;
  unsigned threads = 0;
  bool allowNan = false, skipBad = false, json = false, quiet = false;
};

class SearchRun {
public:
  explicit SearchRun(const SearchArguments &arguments);
  /// The exit code. Throws fit::Problem.
  int run();

private:
  // A compiled variant with its data; trials that only differ in run-time settings share one.
  struct Variant {
    fit::Program program;
    fit::Recipe recipe;
    std::optional<fit::Dataset> train, validation;
  };
  struct Result {
    fit::Trial trial;
    double value = 0, deviation = 0; // of the monitored number
    int64_t epochs = 0;
    double seconds = 0;
    std::string failure;
    fit::Measures measures; // "loss", "val_loss", …
  };

  void checkTries();
  void checkValue(const std::string &name, const std::string &value);
  bool isHyper(const std::string &name) const;
  static bool isSessionSetting(const std::string &name);
  std::vector<std::string> compileSets(const fit::Trial &trial) const;
  std::unique_ptr<Variant> compileVariant(const std::vector<std::string> &sets) const;
  Variant &variantOf(const fit::Trial &trial);
  fit::Recipe recipeOf(const Variant &variant, const fit::Trial &trial) const;
  void chooseMonitor(const Variant &variant);
  bool train(Result &result); // false: interrupted
  bool trainFolds(Result &result, Variant &variant, const fit::Recipe &recipe, int64_t folds,
                  const std::vector<std::pair<std::string, double>> &hypers);
  bool trainOnce(Result &result, Variant &variant, const fit::Recipe &recipe,
                 const std::vector<std::pair<std::string, double>> &hypers);
  std::vector<std::string> measureNames() const;
  std::vector<const Result *> sorted() const;
  std::string table() const;
  void print(const Result &result, size_t number) const;
  void printEnd(double seconds) const;
  std::string command(const Result &best) const;

  SearchArguments arguments;
  std::vector<fit::SearchAxis> axes;
  std::vector<fit::Trial> trials;
  std::vector<Result> results;
  std::map<std::vector<std::string>, std::unique_ptr<Variant>> variants;
  std::string monitor;
  const dlc_host *host = nullptr;
};

} // namespace dlc

#endif
