// What dlc train does, step by step: program, data, session, results.
#ifndef DLC_TOOLS_DLC_TRAININGRUN_H
#define DLC_TOOLS_DLC_TRAININGRUN_H

#include "tools/dlc/CompileJob.h"
#include "tools/fit/Checkpoint.h"
#include "tools/fit/CrossValidation.h"
#include "tools/fit/Report.h"
#include "tools/fit/TrainingSession.h"
#include <optional>

namespace dlc {

struct TrainArguments {
  CompileSettings settings; // input: .dl or .dlm
  std::string output, history, report;
  std::vector<std::string> data, test, validation, projections;
  std::string checkpointEvery, logdir; // "": the default; none
  std::optional<std::string> findRate; // a range, "": the usual one
  std::optional<int64_t> epochs, batchSize, seed, folds;
  unsigned threads = 0;
  bool fromScratch = false, allowNan = false, skipBad = false, quiet = false, json = false, resume = false,
       refit = false;
};

class TrainingRun {
public:
  explicit TrainingRun(const TrainArguments &arguments);
  /// The exit code. Throws fit::Problem.
  int run();

private:
  struct Loaded {
    std::optional<fit::Dataset> train, validation, test;
  };
  void checkArguments() const;
  void checkOutputs();
  void keepTables() const; // no output is one of them
  void openProgram();
  void compile();
  std::optional<fit::Program> compileUnfused() const; // each op a kernel; none of a .dlm file
  void readRecipe();
  void checkContinuation(const fit::Variables &variables) const;
  std::vector<std::pair<std::string, double>> hyperSettings() const;
  std::optional<fit::Dataset> read(const fit::DataSpec &spec, const std::string &name,
                                   const std::vector<std::string> &options, const std::vector<std::string> &classes);
  void readData();
  bool splitsTrainingData() const;
  std::string besideModel(const std::string &file) const;
  std::optional<fit::InitialWeights> initialWeights() const;
  void save(const fit::Variables &variables) const;
  void keepClassNames();
  void reportFindings(const fit::TrainingData &data);
  int train();
  int findRate();
  int64_t foldCount() const;
  int crossValidate(int64_t folds);
  void printFolds(const fit::CrossValidation &result) const;
  void printFoldsEnd(const fit::CrossValidation &result, int64_t folds, double seconds, bool isRefitted) const;
  int finishFolds(fit::CrossValidation result, int64_t folds, double seconds);
  void prepareRefit();
  void reportFolds(const fit::CrossValidation &result, const std::string &outcome) const;
  void finish(const fit::TrainingSession &session, const fit::SessionOutcome &outcome, const fit::TrainingData &data,
              fit::Variables &variables, const dlc_host *host);
  void testProgram(fit::ReportInput &report, const fit::TrainingData &data, fit::Variables &variables,
                   const dlc_host *host);
  void saveHistory(const fit::TrainingSession &session) const;
  bool hasEnded() const;
  std::optional<fit::Checkpoint> readCheckpoint() const;
  void warnOfCheckpoint() const;
  void goOn(fit::TrainingSession &session, const fit::Variables &variables,
            const std::optional<fit::Checkpoint> &resumed, bool continues) const;
  int interrupted(const fit::Variables &variables) const;
  void resumeRules(fit::TrainingSession &session) const;
  void writeCheckpoint(const fit::TrainingSession &session, const fit::Variables &variables) const;
  void tryCheckpoint(const fit::TrainingSession &session, const fit::Variables &variables);
  void removeCheckpoint() const;
  std::string resumeCommand() const;
  bool isSource() const { return !endsWith(arguments.settings.input, ".dlm"); }

  TrainArguments arguments;
  std::optional<fit::Program> program;
  fit::Recipe recipe;
  Loaded loaded;
  std::vector<fit::Finding> findings;
  fit::CrossValidation validated; // before a refit
  bool isRefit = false, checkpointFailed = false;
};

} // namespace dlc

#endif
