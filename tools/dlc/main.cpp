// dlc: reads the command line and hands over to a verb.
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/NearestName.h"
#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <new>
#include <unistd.h>

using namespace dlc;
using fit::ExitCode;
using fit::Problem;

namespace {

constexpr char kFooter[] = R"(
A first run, in the folder of the model:
  dlc check model.dl              what is wrong with it, with places
  dlc train model.dl              trains it and writes model.dlm
  dlc predict model.dlm new.tsv   answers for new rows, as a table

Exit codes: 0 success, 1 the input is wrong, 2 wrong usage, 3 a file cannot be read or written, 130 interrupted.
`dlc VERB --help` has examples for each verb; docs/cli.md has all of them.)";

void addVerbs(CLI::App &app, Dispatch &dispatch) {
  addCheckVerb(app, dispatch);
  addTrainVerb(app, dispatch);
  addSearchVerb(app, dispatch);
  addEvaluateVerb(app, dispatch);
  addPredictVerb(app, dispatch);
  addInspectVerb(app, dispatch);
  addCompileVerb(app, dispatch);
  addFmtVerb(app, dispatch);
  addGradcheckVerb(app, dispatch);
  addWeightsVerb(app, dispatch);
  addLspVerb(app, dispatch);
}

std::vector<std::string> verbNames(const CLI::App &app) {
  std::vector<std::string> names;
  for (const CLI::App *verb : app.get_subcommands([](const CLI::App *) { return true; }))
    names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> optionNames(const CLI::App &verb) {
  std::vector<std::string> names;
  for (const CLI::Option *option : verb.get_options())
    for (const std::string &name : option->get_lnames())
      names.push_back("--" + name);
  return names;
}

// A word that is no verb, before CLI11 complains about unexpected arguments.
void checkVerb(const CLI::App &app, int argc, char **argv) {
  if (argc < 2 || argv[1][0] == '-')
    return;
  std::vector<std::string> names = verbNames(app);
  for (const std::string &name : names)
    if (name == argv[1])
      return;
  // What it is called elsewhere, before names that only look like it.
  static constexpr std::pair<const char *, const char *> kOthers[] = {
      {"fit", "train"},   {"test", "evaluate"}, {"eval", "evaluate"}, {"infer", "predict"},
      {"run", "predict"}, {"build", "compile"}, {"format", "fmt"},    {"lint", "check"},
      {"tune", "search"}, {"info", "inspect"},  {"show", "inspect"},  {"summary", "inspect"}};
  std::string wanted = argv[1];
  for (const auto &[other, verb] : kOthers)
    if (wanted == other)
      wanted = verb;
  throw Problem(ExitCode::Usage, "dlc", std::string("there is no verb '") + argv[1] + "'",
                fit::suggestName(wanted, names, "the verbs are "));
}

// CLI11's complaint, with the nearest option where one was misspelt.
int usageError(const CLI::App &app, const CLI::ParseError &error) {
  const CLI::App *verb = &app;
  std::string name = "dlc", remedy;
  while (!verb->get_subcommands().empty()) {
    verb = verb->get_subcommands().front();
    name += " " + verb->get_name();
  }
  for (const std::string &rest : verb->remaining()) {
    std::string option = rest.substr(0, rest.find('='));
    if (option.compare(0, 2, "--") == 0)
      remedy = fit::suggestName(option, optionNames(*verb), "options are ");
    break;
  }
  std::string text = error.what();
  while (!text.empty() && (text.back() == '\n' || text.back() == '.'))
    text.pop_back();
  if (!text.empty() && text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])))
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  reportProblem(Problem(ExitCode::Usage, name, text, remedy.empty() ? "see " + name + " --help" : remedy));
  return static_cast<int>(ExitCode::Usage);
}

// An empty name is mostly a variable of a script that is not set, and no default.
void checkNotEmpty(const CLI::App &app) {
  for (const CLI::App *verb : app.get_subcommands()) {
    for (const CLI::Option *option : verb->get_options())
      for (const std::string &value : option->results())
        if (bool isFlag = option->get_expected_max() == 0; value.empty() && !isFlag && !option->get_positional())
          throw Problem(ExitCode::Usage, option->get_name(), "expected a value, found ''",
                        "give one, or leave the option out");
    checkNotEmpty(*verb);
  }
}

// The next file opened would get a closed descriptor, and messages would land in it. This keeps it taken, the wrong way
// round, so that using it is an error.
void keepStandardStreams() {
  for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
      std::exit(static_cast<int>(ExitCode::Io));
}

// The exit code, unless what was printed did not arrive: a full disk, a closed pipe.
int afterPrinting(int code) {
  errno = 0;
  std::cout.flush();
  if (std::fflush(stdout) == 0 && !std::ferror(stdout) && std::cout)
    return code;
  std::string reason = errno ? std::string(": ") + std::strerror(errno) : "";
  reportProblem(Problem(ExitCode::Io, "standard output", "cannot be written" + reason));
  return code ? code : static_cast<int>(ExitCode::Io);
}

int runVerb(const Dispatch &dispatch) {
  try {
    return dispatch.run();
  } catch (const CompileFailure &failure) {
    return failure.code;
  } catch (const Problem &problem) {
    if (dispatch.json)
      reportProblemJson(problem);
    reportProblem(problem);
    return static_cast<int>(problem.code());
  } catch (const std::bad_alloc &) {
    reportProblem(Problem(ExitCode::Io, "dlc", "there is not enough memory", "use a smaller batch or fewer rows"));
    return static_cast<int>(ExitCode::Io);
  } catch (const std::exception &error) {
    reportProblem(Problem(ExitCode::BadInput, "dlc", error.what()));
    return static_cast<int>(ExitCode::BadInput);
  }
}

} // namespace

int main(int argc, char **argv) {
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_IGN); // a file that becomes too large is an error like a full disk
  keepStandardStreams();
  CLI::App app("dlc compiles, trains and runs neural nets written in .dl files.", "dlc");
  app.set_version_flag("--version", "dlc " DLC_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  Dispatch dispatch;
  addVerbs(app, dispatch);
  if (argc < 2) {
    std::fputs(app.help().c_str(), stderr);
    return static_cast<int>(ExitCode::Usage);
  }
  try {
    checkVerb(app, argc, argv);
    app.parse(argc, argv);
    checkNotEmpty(app);
  } catch (const Problem &problem) {
    reportProblem(problem);
    return static_cast<int>(problem.code());
  } catch (const CLI::Success &success) { // --help, --version
    return afterPrinting(app.exit(success));
  } catch (const CLI::ParseError &error) {
    return usageError(app, error);
  }
  return afterPrinting(runVerb(dispatch));
}
