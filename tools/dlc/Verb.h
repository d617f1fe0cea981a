// One verb of `dlc`: its options, its help with examples, and what it does. One file each in verbs/.
#ifndef DLC_TOOLS_DLC_VERB_H
#define DLC_TOOLS_DLC_VERB_H

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace dlc {

/// What the chosen verb will do once the options are read: returns the exit code, throws fit::Problem.
struct Dispatch {
  std::function<int()> run;
  bool json = false; // problems also go to standard output, as JSON
};

/// Adds a verb to the command line; parsing it sets dispatch.run.
void addCheckVerb(CLI::App &app, Dispatch &dispatch);
void addFmtVerb(CLI::App &app, Dispatch &dispatch);
void addCompileVerb(CLI::App &app, Dispatch &dispatch);
void addTrainVerb(CLI::App &app, Dispatch &dispatch);
void addSearchVerb(CLI::App &app, Dispatch &dispatch);
void addEvaluateVerb(CLI::App &app, Dispatch &dispatch);
void addPredictVerb(CLI::App &app, Dispatch &dispatch);
void addInspectVerb(CLI::App &app, Dispatch &dispatch);
void addGradcheckVerb(CLI::App &app, Dispatch &dispatch);
void addWeightsVerb(CLI::App &app, Dispatch &dispatch);
void addLspVerb(CLI::App &app, Dispatch &dispatch);

} // namespace dlc

#endif
