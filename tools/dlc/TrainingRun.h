// What dlc train does, step by step: program, data, session, results.
#ifndef DLC_TOOLS_DLC_TRAININGRUN_H
#define DLC_TOOLS_DLC_TRAININGRUN_H

#include "tools/dlc/CompileJob.h"
#include "tools/fit/Report.h"
#include "tools/fit/TrainingSession.h"
#include <optional>

namespace dlc {

struct TrainArguments {
  CompileSettings settings; // input: .dl or .dlm
  std::string output, history, report;
  std::vector<std::string> data, test, validation;
  std::optional<int64_t> epochs, batchSize, seed;
  unsigned threads = 0;
  bool fromScratch = false, allowNan = false, quiet = false, json = false;
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
  std::string initialFile() const;
  void save(const fit::Variables &variables) const;
  void keepClassNames();
  void reportFindings(const fit::TrainingData &data);
  void finish(const fit::TrainingSession &session, const fit::SessionOutcome &outcome, const fit::TrainingData &data,
              fit::Variables &variables, const dlc_host *host);
  void testProgram(fit::ReportInput &report, const fit::TrainingData &data, fit::Variables &variables,
                   const dlc_host *host);
  void saveHistory(const fit::TrainingSession &session) const;
  std::string stoppingFile(const std::string &program) const;
  void resumeStopping(fit::TrainingSession &session) const;
  void saveStopping(const fit::TrainingSession &session, bool isOver) const;
  std::string resumeCommand() const;
  bool isSource() const { return !endsWith(arguments.settings.input, ".dlm"); }

  TrainArguments arguments;
  std::optional<fit::Program> program;
  fit::Recipe recipe;
  Loaded loaded;
  std::vector<fit::Finding> findings;
};

} // namespace dlc

#endif
