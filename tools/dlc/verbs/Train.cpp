// dlc train: the command line of TrainingRun.
#include "tools/dlc/TrainingRun.h"
#include "tools/dlc/Verb.h"
#include <CLI/CLI.hpp>

namespace dlc {
namespace {

constexpr char kExamples[] = R"(
Examples:
  dlc train leukemia.dl                                trains by the recipe in the file, writes leukemia.dlm
  dlc train leukemia.dl --set epochs=50 --set optimizer.learning_rate=1e-4 -o slow.dlm --report slow.html
  dlc train iris.dl --data x=flowers.csv:-species,-label --data y=flowers.csv:species
  dlc train leukemia.dlm --epochs 40                   goes on with a program, until 40 epochs in total
  dlc train iris.dl --folds 5                          cross-validation: mean and deviation of five trainings
  dlc train iris.dl --find-lr --report rates.html      tries growing learning rates, trains nothing
  dlc train big.dl --checkpoint-every 600s --resume   goes on after a crash, if there was one

Ctrl-C finishes the step, saves, and says how to go on; the result is bit for bit the same as without it.)";

} // namespace

void addTrainVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("train", "Trains a model by its recipe and writes the program with its weights");
  auto arguments = std::make_shared<TrainArguments>();
  verb->footer(kExamples);
  verb->add_option("MODEL", arguments->settings.input, "a .dl file, compiled first; or a .dlm file, to go on with")
      ->required();
  verb->add_option("-o,--output", arguments->output, "the trained program; default: MODEL.dlm here, or the .dlm itself")->type_name("FILE");
  auto addData = [&](const char *name, std::vector<std::string> &values, const char *what) {
    verb->add_option(name, values, what)->allow_extra_args(false)->type_name("FILE");
  };
  addData("--data", arguments->data, "training data: FILE, or NAME=FILE:column,first..last,-without (repeatable)");
  addData("--validation", arguments->validation, "measured after each epoch; the same form");
  addData("--test", arguments->test, "measured at the end; the same form");
  verb->add_option("--epochs", arguments->epochs, "stop when so many are done in total; default: those of the recipe")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 40));
  verb->add_option("--batch-size", arguments->batchSize, "rows of a step")->check(CLI::Range(int64_t(1), int64_t(1) << 40));
  verb->add_option("--seed", arguments->seed, "of parameters, order of the rows, dropout: the same seed, the same bits");
  verb->add_option("--history", arguments->history, "write loss and metrics of each epoch as TSV")->type_name("FILE");
  verb->add_option("--report", arguments->report, "write an HTML report with curves and tables")->type_name("FILE");
  verb->add_option("--project", arguments->projections,
                   "draw an output or an embedding's table in the report, by PCA and t-SNE (repeatable)")
      ->allow_extra_args(false)
      ->type_name("NAME");
  addCompileOptions(*verb, arguments->settings);
  verb->add_option("--threads", arguments->threads, "worker threads; default: one per CPU; results do not depend on it");
  verb->add_option("--folds", arguments->folds,
                   "cross-validation in so many folds; writes no program; 0: none, whatever the recipe says")
      ->check(CLI::Range(int64_t(0), int64_t(1) << 40));
  verb->add_flag("--refit", arguments->refit, "after the folds, train on all rows and write the program");
  verb->add_option_function<std::string>(
          "--find-lr", [arguments](const std::string &range) { arguments->findRate = range == "-" ? "" : range; },
          "train nothing, but let the learning rate grow over this range, say which is good; default: 1e-6..1")
      ->expected(0, 1)
      ->default_str("-")
      ->type_name("[LOW..HIGH]");
  verb->add_option("--checkpoint-every", arguments->checkpointEvery,
                   "how often to save what it takes to go on: 30s, 500steps, 2epochs, never; default: after an epoch, "
                   "if 10 s have passed, and every 5 min within one")
      ->type_name("N[s|steps|epochs]");
  verb->add_flag("--resume", arguments->resume, "go on from the checkpoint beside the output, if there is one");
  verb->add_option("--logdir", arguments->logdir, "write event files for TensorBoard below this folder")->type_name("DIR");
  verb->add_flag("--from-scratch", arguments->fromScratch, "forget what a .dlm file has learned");
  verb->add_flag("--allow-nan", arguments->allowNan, "take empty cells and NaN as NaN");
  verb->add_flag_callback("--cache-features",
                          [=] { arguments->settings.enabledPasses.push_back("dlc-cache-frozen-features"); },
                          "compute what frozen layers make of each row only once");
  verb->add_flag("--skip-bad", arguments->skipBad, "leave out images that cannot be read");
  verb->add_flag("--quiet", arguments->quiet, "only warnings and errors");
  verb->add_flag("--json", arguments->json, "one JSON object per epoch and one at the end");
  verb->callback([arguments, &dispatch] {
    dispatch.json = arguments->json;
    dispatch.run = [arguments] { return TrainingRun(*arguments).run(); };
  });
}

} // namespace dlc
