// dlc weights: parameters and state from and to the files of other programs.
#include "tools/dlc/Console.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/AlignedTable.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/TrainingSession.h"
#include "tools/fit/weights/WeightsFile.h"
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace dlc {
namespace {

using namespace fit;

constexpr char kExamples[] = R"(
Examples:
  dlc weights list mobilenet.safetensors           names, types and shapes; also of .npz, .npy, .h5 and .dlm files
  dlc weights import model.dlm weights.h5          by names, and by the conventions of Keras
  dlc weights import model.dlm weights.npz -o new.dlm --map names.tsv
  dlc weights export model.dlm weights.safetensors)";

struct WeightsArguments {
  std::string program, file, output, table;
  bool skipMismatch = false, slots = false, json = false;
};

int runImport(const WeightsArguments &arguments) {
  const std::string &output = arguments.output.empty() ? arguments.program : arguments.output;
  checkWritable(output);
  checkDistinct({output}, {arguments.file, arguments.table});
  Program program = loadProgram(arguments.program, "weights import");
  std::unique_ptr<WeightsFile> file = WeightsFile::open(arguments.file);
  ImportOptions options;
  options.skipMismatch = arguments.skipMismatch;
  if (!arguments.table.empty())
    options.table = NameTable::read(arguments.table);
  Variables variables(program);
  WeightImport done = importIntoProgram(variables, *file, options);
  variables.save(output);
  if (arguments.json)
    printJson(importJson(done));
  else
    std::fputs(importText(done).c_str(), stdout);
  return 0;
}

int runExport(const WeightsArguments &arguments) {
  checkWeightsSuffix(arguments.file);
  checkWritable(arguments.file);
  checkDistinct({arguments.file}, {arguments.program});
  Program program = loadProgram(arguments.program, "weights export");
  Variables variables(program);
  std::vector<WeightData> weights = weightsOf(variables, arguments.slots);
  if (weights.empty())
    throw Problem(ExitCode::BadInput, arguments.program, "the program has no parameters and no state");
  if (variables.has("step") && isUntrained(variables) && !hasImportedWeights(variables))
    throw Problem(ExitCode::BadInput, arguments.program, "is not trained yet: its parameters have no values",
                  "train it: dlc train " + arguments.program);
  writeWeights(arguments.file, weights);
  uint64_t bytes = 0;
  for (const WeightData &data : weights)
    bytes += data.bytes.size();
  if (arguments.json)
    printJson(nlohmann::json(
        {{"program", arguments.program}, {"file", arguments.file}, {"tensors", weights.size()}, {"bytes", bytes}}));
  else
    std::printf("wrote %s, %s, to %s\n", plural(static_cast<int64_t>(weights.size()), "tensor").c_str(),
                bytesText(bytes).c_str(), arguments.file.c_str());
  return 0;
}

int runList(const WeightsArguments &arguments) {
  std::unique_ptr<WeightsFile> file = WeightsFile::open(arguments.file);
  if (arguments.json) {
    nlohmann::json tensors = nlohmann::json::array(), others = nlohmann::json::array();
    for (const WeightTensor &tensor : file->tensors())
      tensors.push_back({{"name", tensor.name}, {"dtype", nameOf(tensor.type)}, {"shape", tensor.shape}});
    for (const auto &[name, what] : file->others())
      others.push_back({{"name", name}, {"what", what}});
    printJson(nlohmann::json(
        {{"file", arguments.file}, {"format", file->format()}, {"tensors", tensors}, {"others", others}}));
    return 0;
  }
  AlignedTable table("ll");
  uint64_t bytes = 0;
  for (const WeightTensor &tensor : file->tensors()) {
    table.row({quotable(tensor.name, 200), tensorType(tensor.type, tensor.shape)});
    bytes += tensorBytes(tensor.type, tensor.shape).value_or(0);
  }
  for (const auto &[name, what] : file->others())
    table.row({quotable(name, 200), "(" + what + ")"});
  std::printf("%s%s, %s, %s\n", table.text().c_str(),
              plural(static_cast<int64_t>(file->tensors().size()), "tensor").c_str(), bytesText(bytes).c_str(),
              file->format().c_str());
  return 0;
}

using Arguments = std::shared_ptr<WeightsArguments>;

void finish(CLI::App *action, const Arguments &arguments, Dispatch &dispatch, int (*run)(const WeightsArguments &)) {
  action->add_flag("--json", arguments->json, "one JSON object");
  action->footer(kExamples);
  action->callback([arguments, &dispatch, run] {
    dispatch.json = arguments->json;
    dispatch.run = [arguments, run] { return run(*arguments); };
  });
}

} // namespace

void addWeightsVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("weights", "Reads and writes weights as safetensors, NumPy and Keras files");
  auto arguments = std::make_shared<WeightsArguments>();
  verb->footer(kExamples);
  verb->require_subcommand(1);

  CLI::App *import = verb->add_subcommand("import", "Takes the weights of a file into a program");
  import->add_option("PROGRAM", arguments->program, "a .dlm file")->required();
  import->add_option("FILE", arguments->file, ".safetensors, .npz, .npy, .h5 or .dlm; the contents decide")->required();
  import->add_option("-o,--output", arguments->output, "where to write; default: PROGRAM itself")->type_name("FILE");
  import->add_option("--map", arguments->table, "TSV: a name in the file, * for any text, and a variable's; - for none")
      ->type_name("TABLE");
  import->add_flag("--skip-mismatch", arguments->skipMismatch, "leave variables of another shape or type as they are");
  finish(import, arguments, dispatch, runImport);

  CLI::App *exporting = verb->add_subcommand("export", "Writes parameters and state of a program");
  exporting->add_option("PROGRAM", arguments->program, "a .dlm file")->required();
  exporting->add_option("FILE", arguments->file, ".safetensors, .npz, .h5 or .hdf5; the suffix decides")->required();
  exporting->add_flag("--slots", arguments->slots, "also what the optimizer keeps for each parameter");
  finish(exporting, arguments, dispatch, runExport);

  CLI::App *list = verb->add_subcommand("list", "Names, types and shapes in a file");
  list->add_option("FILE", arguments->file, ".safetensors, .npz, .npy, .h5 or .dlm; the contents decide")->required();
  finish(list, arguments, dispatch, runList);
}

} // namespace dlc
