// dlc predict: answers for new rows.
#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ColumnOrder.h"
#include "tools/fit/PredictionTable.h"
#include "tools/fit/Problem.h"
#include "tools/fit/WorkerPool.h"
#include <CLI/CLI.hpp>

namespace dlc {
namespace {

using namespace fit;

constexpr char kExamples[] = R"(
Examples:
  dlc predict leukemia.dlm new.tsv > answers.tsv       one row per row of the table, with a column `class`
  dlc predict iris.dlm x=flowers.csv:sepal_length..petal_width -o answers.tsv
  zcat big.csv.gz | dlc predict iris.dlm -             standard input, plain or gzip
  dlc predict cells.dlm folder/                        images, a row for each file)";

struct PredictArguments {
  std::string program, output, rows;
  std::vector<std::string> data;
  unsigned threads = 1; // starting threads costs more than most predictions
  bool allowNan = false, skipBad = false;
};

int runPredict(const PredictArguments &arguments) {
  if (!arguments.output.empty())
    checkWritable(arguments.output);
  Program program = loadProgram(arguments.program, "predict");
  if (arguments.data.empty())
    throw Problem(ExitCode::Usage, "dlc predict", "TABLE is required", "see dlc predict --help");
  Recipe recipe = recipeOf(program);
  DataSpec base = arguments.data.empty() ? DataSpec() : recipe.data; // for the columns' names
  DataSpec spec = resolveData(base, "", arguments.data, program, "predict", {""});
  chooseRows(spec, arguments.rows);
  checkDistinct({arguments.output}, filesOf(spec, arguments.program));
  Dataset::Options options;
  options.allowNan = arguments.allowNan;
  options.skipBad = arguments.skipBad;
  Dataset data = Dataset::read(program, "predict", spec, options);
  reportSkipped(data);
  Variables variables = readyVariables(program, recipe.seed);
  checkColumnOrder(trainedColumns(variables), data);
  WorkerPool pool(arguments.threads);
  std::string table =
      predictionTable(recipe, predict(program, data, {0, data.rows()}, variables, pool.host()), data.rowNames());
  if (arguments.output.empty())
    std::fwrite(table.data(), 1, table.size(), stdout);
  else
    writeAtomically(arguments.output, table);
  return 0;
}

} // namespace

void addPredictVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("predict", "Writes a program's answers for the rows of a table, as TSV");
  auto arguments = std::make_shared<PredictArguments>();
  verb->footer(kExamples);
  verb->add_option("PROGRAM", arguments->program, "a trained .dlm file")->required();
  verb->add_option("TABLE", arguments->data,
                   "FILE, INPUT=FILE or INPUT=FILE:column,first..last,-without; - is standard input; or what the "
                   "program was trained on: a folder, images, an idx file, a FASTA file; required");
  verb->add_option("--rows", arguments->rows, "only these rows: 0..100 are the first 100")->type_name("BEGIN..END");
  verb->add_option("-o,--output", arguments->output, "where to write; default: standard output")->type_name("FILE");
  verb->add_option("--threads", arguments->threads, "worker threads; 0: one per CPU; answers do not depend on it");
  verb->add_flag("--allow-nan", arguments->allowNan, "take empty cells and NaN as NaN");
  verb->add_flag("--skip-bad", arguments->skipBad, "leave out images that cannot be read");
  verb->callback([arguments, &dispatch] { dispatch.run = [arguments] { return runPredict(*arguments); }; });
}

} // namespace dlc
