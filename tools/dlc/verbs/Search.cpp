// dlc search: the command line of SearchRun.
#include "tools/dlc/SearchRun.h"
#include "tools/dlc/Verb.h"
#include <CLI/CLI.hpp>

namespace dlc {
namespace {

constexpr char kExamples[] = R"(
Examples:
  dlc search iris.dl --try optimizer.learning_rate=0.003,0.03 --try dense_1.units=4,16 --folds 5
  dlc search iris.dl --try optimizer.learning_rate=1e-4..1e-1 --try batch_size=8..64 --random 20 --folds 3
  dlc search net.dl --try 'optimizer=adam,sgd(momentum = 0.9)' --monitor val_accuracy -o trials.tsv

Ctrl-C ends the search; what was tried until then is shown.)";

} // namespace

void addSearchVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("search", "Trains a model with many settings and says which are the best");
  auto arguments = std::make_shared<SearchArguments>();
  verb->footer(kExamples);
  verb->add_option("MODEL", arguments->settings.input, "a .dl file")->required();
  verb->add_option("--try", arguments->tries,
                   "a setting as for --set, with its values: a list, or for --random a range (repeatable)")
      ->allow_extra_args(false)
      ->required()
      ->type_name("NAME=VALUE,VALUE|LOW..HIGH");
  verb->add_option("--random", arguments->random, "so many random combinations; default: all combinations of the lists")
      ->check(CLI::Range(int64_t(1), int64_t(10000)));
  verb->add_option("--folds", arguments->folds,
                   "compare means of a cross-validation; 0: none, whatever the recipe says")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 40));
  verb->add_option("--monitor", arguments->monitor,
                   "the number to compare; default: that of early stopping, or val_loss")
      ->type_name("NAME");
  verb->add_option("-o,--output", arguments->output, "a table of all trials as TSV, the best first")->type_name("FILE");
  verb->add_option("--data", arguments->data, "training data, as for train")
      ->allow_extra_args(false)
      ->type_name("FILE");
  verb->add_option("--validation", arguments->validation, "validation data, as for train")
      ->allow_extra_args(false)
      ->type_name("FILE");
  verb->add_option("--epochs", arguments->epochs, "of each training; default: those of the recipe")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 40));
  verb->add_option("--seed", arguments->seed, "of the trainings, the folds and the random combinations");
  addCompileOptions(*verb, arguments->settings);
  verb->add_option("--threads", arguments->threads,
                   "worker threads; default: one per CPU; results do not depend on it");
  verb->add_flag("--allow-nan", arguments->allowNan, "take empty cells and NaN as NaN");
  verb->add_flag("--skip-bad", arguments->skipBad, "leave out images that cannot be read");
  verb->add_flag("--quiet", arguments->quiet, "only the table, warnings and errors");
  verb->add_flag("--json", arguments->json, "one JSON object per trial and one at the end");
  verb->callback([arguments, &dispatch] {
    dispatch.json = arguments->json;
    dispatch.run = [arguments] { return SearchRun(*arguments).run(); };
  });
}

} // namespace dlc
