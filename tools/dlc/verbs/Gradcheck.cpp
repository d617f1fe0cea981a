// dlc gradcheck: are the gradients of a model right?
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/GradientCheck.h"
#include "tools/fit/Problem.h"
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace dlc {
namespace {

constexpr char kExamples[] = R"(
Examples:
  dlc gradcheck model.dl               compiles in f64 and compares every parameter's gradient with differences
  dlc gradcheck model.dl --seed 3      other random inputs and directions: relu has corners, one seed may hit one)";

struct GradcheckArguments {
  CompileSettings settings;
  fit::GradientCheckOptions options;
  bool json = false;
};

int runGradcheck(const GradcheckArguments &arguments) {
  CompileSettings settings = arguments.settings;
  settings.gradients = settings.requireTrain = true;
  if (settings.dtype.empty())
    settings.dtype = "f64";
  fit::Program program = fit::Program::fromBytes(compileProgram(settings), settings.input);
  std::vector<fit::GradientRow> rows = fit::checkGradients(program, arguments.options);
  if (rows.empty())
    throw fit::Problem(fit::ExitCode::BadInput, arguments.settings.input, "has no trainable parameters to check");
  size_t wrong = 0;
  nlohmann::json list = nlohmann::json::array();
  for (const fit::GradientRow &row : rows) {
    bool differs = row.verdict == fit::GradientVerdict::Differs;
    wrong += differs;
    list.push_back({{"parameter", row.parameter},
                    {"direction_error", row.directionError},
                    {"element_error", row.elementError},
                    {"rounding", row.rounding},
                    {"zero", row.verdict == fit::GradientVerdict::Zero},
                    {"too_coarse", row.verdict == fit::GradientVerdict::TooCoarse},
                    {"passed", !differs}});
  }
  if (arguments.json) {
    printJson(list, 2);
  } else {
    std::fputs((fit::gradientTable(rows) + fit::gradientSummary(rows)).c_str(), stdout);
  }
  return wrong ? static_cast<int>(fit::ExitCode::BadInput) : 0;
}

} // namespace

void addGradcheckVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("gradcheck", "Compares a model's gradients with finite differences, in f64");
  auto arguments = std::make_shared<GradcheckArguments>();
  verb->footer(kExamples);
  verb->add_option("MODEL", arguments->settings.input, "a .dl file with a train block")->required();
  verb->add_option("--batch", arguments->options.batch, "random examples")->check(CLI::Range(1, 4096));
  verb->add_option("--seed", arguments->options.seed, "of the examples, the parameters and the directions");
  verb->add_option("--tolerance", arguments->options.tolerance, "largest relative error that passes");
  addCompileOptions(*verb, arguments->settings);
  verb->add_flag("--json", arguments->json, "one JSON array");
  verb->callback([arguments, &dispatch] {
    dispatch.json = arguments->json;
    dispatch.run = [arguments] { return runGradcheck(*arguments); };
  });
}

} // namespace dlc
