// dlc evaluate: loss, metrics and the confusion matrix on a dataset.
#include "tools/dlc/Console.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ColumnOrder.h"
#include "tools/fit/Folds.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ProgressBar.h"
#include "tools/fit/ReaderOptions.h"
#include "tools/fit/Report.h"
#include "tools/fit/TrainingSession.h"
#include "tools/fit/WorkerPool.h"
#include <CLI/CLI.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc {
namespace {

using namespace fit;

constexpr char kExamples[] = R"(
Examples:
  dlc evaluate leukemia.dlm                              on the recipe's test data
  dlc evaluate leukemia.dlm --on data                    on the training data
  dlc evaluate iris.dlm --data flowers.csv --report iris.html
  dlc evaluate leukemia.dlm --data x=X.tsv --data y=y.tsv --json | jq .accuracy
  dlc evaluate leukemia.dlm --data X.tsv --data y.tsv    the same: files in the order of inputs and targets)";

struct EvaluateArguments {
  std::string program, report, rows, on = "test";
  std::vector<std::string> data, projections;
  unsigned threads = 0;
  bool allowNan = false, skipBad = false, json = false;
};

// Validation rows may be the last ones of the training data.
bool isSplit(const EvaluateArguments &arguments, const Recipe &recipe) {
  return arguments.on == "validation" && recipe.validation.empty() && recipe.validationSplit > 0 &&
         arguments.data.empty();
}

DataSpec chooseData(const EvaluateArguments &arguments, const Recipe &recipe) {
  // With files from the command line, the recipe's test set still says which columns are what.
  const DataSpec &chosen = arguments.on == "data" || isSplit(arguments, recipe) ? recipe.data
                           : arguments.on == "validation"                       ? recipe.validation
                           : recipe.test.empty() && !arguments.data.empty()     ? recipe.data
                                                                                : recipe.test;
  if (chosen.empty() && arguments.data.empty())
    throw Problem(ExitCode::BadInput, arguments.program, "the recipe has no " + arguments.on + " data",
                  "give them: --data x=FILE --data y=FILE, or use others of the recipe: --on data");
  return chosen;
}

void printResult(const EvaluationResult &result, const Assessment &assessment, const std::string &what) {
  std::printf("%s: %s\n", what.c_str(), measuresText(result.measures).c_str());
  for (const MetricTable &table : result.tables) {
    std::printf("\n%s\n", table.name.c_str());
    int64_t columns = table.shape.empty() ? 1 : table.shape.back();
    for (size_t i = 0; i < table.values.size(); ++i)
      std::printf("%s%s", numberText(table.values[i], 6).c_str(),
                  static_cast<int64_t>(i + 1) % columns == 0 ? "\n" : "\t");
  }
  std::string text = assessmentText(assessment);
  if (!text.empty())
    std::printf("\n%s", text.c_str());
}

void printResultJson(const EvaluationResult &result, const Assessment &assessment, int64_t rows) {
  nlohmann::json line = assessmentJson(assessment);
  line["rows"] = rows;
  for (const auto &[name, value] : result.measures)
    line[name] = std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
  for (const MetricTable &table : result.tables)
    line[table.name] = {{"shape", table.shape}, {"values", table.values}};
  printJson(line);
}

int runEvaluate(const EvaluateArguments &arguments) {
  if (!arguments.report.empty())
    checkWritable(arguments.report);
  else if (!arguments.projections.empty())
    throw Problem(ExitCode::Usage, "--project", "draws in the report, and none is written", "add --report report.html");
  Program program = loadProgram(arguments.program, "evaluate");
  checkProjections(program, arguments.projections);
  Recipe recipe = recipeOf(program);
  DataSpec spec = resolveData(chooseData(arguments, recipe), "data", arguments.data, program, "eval_step",
                              dataFolders(program, arguments.program));
  if (!arguments.rows.empty() && isSplit(arguments, recipe))
    throw Problem(ExitCode::Usage, "--rows", "the validation rows are a share of all rows: a range would change it",
                  "use --on data --rows BEGIN..END");
  chooseRows(spec, arguments.rows);
  checkDistinct({arguments.report}, filesOf(spec, arguments.program));
  Dataset::Options options;
  options.allowNan = arguments.allowNan;
  options.skipBad = arguments.skipBad;
  options.words = ReaderOptions(recipe.data).text(kLearnedWords);
  options.classNames = recipe.classNames;
  Dataset data = Dataset::read(program, "eval_step", spec, options);
  reportSkipped(data);
  Variables variables = readyVariables(program, recipe.seed);
  checkColumnOrder(trainedColumns(variables), data);
  WorkerPool pool(arguments.threads);
  RowRange rows = {0, data.rows()};
  if (isSplit(arguments, recipe)) {
    if (recipe.validationShuffle)
      shuffleForSplit(data, recipe, variables.integer("seed"));
    rows = splitData(data, nullptr, recipe.validationSplit).validationRows;
  }
  std::vector<Predictions> outputs = predict(program, data, rows, variables, pool.host());
  CheckOptions checks = {recipe.loss, outputs.empty() ? 0 : outputs[0].columns(), true, false,
                         lastPredictionSize(program)};
  std::vector<Finding> findings = checkData(data, checks);
  for (const Finding &finding : findings)
    if (finding.level == Finding::Level::Warning)
      reportFinding(finding);
  EvaluationResult result = Evaluator(program).evaluate(data, rows, variables, pool.host());
  Assessment assessment;
  if (data.target() && !outputs.empty())
    assessment = assess(recipe, outputs[0], *data.target(), rows);
  if (arguments.json)
    printResultJson(result, assessment, rows.count());
  else
    printResult(result, assessment, data.description(rows));
  if (arguments.report.empty())
    return 0;
  ReportInput report;
  report.program = summarize(program, recipe.batchSize);
  report.recipe = recipe;
  report.outcome = "evaluated on " + data.description(rows);
  report.data.push_back(
      {arguments.data.empty() ? arguments.on : "given", data.description(rows), rows.count(),
       data.target() ? countClasses(recipe, *data.target(), rows) : std::vector<std::pair<std::string, int64_t>>(),
       result.measures});
  report.findings = findings;
  report.assessedRole = report.data[0].role;
  report.assessment = assessment;
  showAnswers(report, recipe, outputs, data, rows, variables, arguments.projections);
  writeAtomically(arguments.report, htmlReport(report));
  return 0;
}

} // namespace

void addEvaluateVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb =
      app.add_subcommand("evaluate", "Measures a trained program on a dataset: loss, metrics, confusion matrix");
  auto arguments = std::make_shared<EvaluateArguments>();
  verb->footer(kExamples);
  verb->add_option("PROGRAM", arguments->program, "a trained .dlm file")->required();
  verb->add_option("--data", arguments->data,
                   "FILE or NAME=FILE:column,first..last (repeatable); default: the recipe's")
      ->allow_extra_args(false)
      ->type_name("FILE");
  verb->add_option("--on", arguments->on, "which data of the recipe: test (default), validation or data")
      ->check(CLI::IsMember({"test", "validation", "data"}));
  verb->add_option("--rows", arguments->rows, "only these rows: 0..100 are the first 100")->type_name("BEGIN..END");
  verb->add_option("--report", arguments->report, "write an HTML report")->type_name("FILE");
  verb->add_option("--project", arguments->projections,
                   "draw an output or an embedding's table in the report, by PCA and t-SNE (repeatable)")
      ->allow_extra_args(false)
      ->type_name("NAME");
  verb->add_option("--threads", arguments->threads,
                   "worker threads; default: one per CPU; results do not depend on it");
  verb->add_flag("--allow-nan", arguments->allowNan, "take empty cells and NaN as NaN");
  verb->add_flag("--skip-bad", arguments->skipBad, "leave out images that cannot be read");
  verb->add_flag("--json", arguments->json, "one JSON object");
  verb->callback([arguments, &dispatch] {
    dispatch.json = arguments->json;
    dispatch.run = [arguments] { return runEvaluate(*arguments); };
  });
}

} // namespace dlc
