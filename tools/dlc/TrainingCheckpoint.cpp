// The checkpoints of dlc train: what a killed process leaves behind, and --resume.
#include "tools/dlc/Console.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/TrainingRun.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ByteSource.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace dlc {

using namespace fit;

namespace {

// What a process that was killed while it wrote left behind.
void removeTemporary(const std::string &file) {
  namespace fs = std::filesystem;
  fs::path folder = fs::path(file).parent_path();
  std::string prefix = fs::path(file).filename().string() + ".tmp-";
  std::error_code code;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder.empty() ? "." : folder, code))
    if (std::string name = entry.path().filename().string();
        name.size() == prefix.size() + 6 && name.compare(0, prefix.size(), prefix) == 0)
      fs::remove(entry.path(), code);
}

bool isTrainedProgram(const std::string &file) {
  try {
    Program program = Program::load(file);
    Variables variables(program);
    return variables.has("step") && !isUntrained(variables);
  } catch (const Problem &) {
    return false;
  }
}

std::string rulesOf(const Recipe &recipe) {
  std::string text = recipe.earlyStopping ? "early stopping" : "";
  return text + (recipe.onPlateau ? (text.empty() ? "reduce_on_plateau" : " and reduce_on_plateau") : "");
}

} // namespace

// So that a loop that restarts a training with --resume until it succeeds comes to an end.
bool TrainingRun::hasEnded() const {
  std::error_code code;
  if (std::filesystem::exists(checkpointFile(arguments.output), code) || !isTrainedProgram(arguments.output))
    return false;
  Program ended = Program::load(arguments.output);
  int64_t epochs = Variables(ended).integer("epoch");
  Recipe was = recipeOf(ended);
  bool isDone = epochs >= recipe.epochs || (recipe.earlyStopping && was.epochs == recipe.epochs);
  if (ended.modelName() != program->modelName() || !isDone)
    return false;
  if (arguments.json)
    printJson(nlohmann::json{{"event", "end"}, {"epochs", epochs}, {"program", arguments.output}});
  else if (!arguments.quiet)
    std::printf("nothing to resume: the training has ended and wrote %s, after %s\n", arguments.output.c_str(),
                plural(epochs, "epoch").c_str());
  return true;
}

// For --resume. Nothing if there is none and the training may begin.
std::optional<Checkpoint> TrainingRun::readCheckpoint() const {
  std::string file = checkpointFile(arguments.output);
  removeTemporary(file);
  std::error_code code;
  if (std::filesystem::exists(file, code)) {
    Checkpoint checkpoint = decodeCheckpoint(readWhole(file), file);
    checkCheckpoint(checkpoint, *program, recipe, checkpoint.rows, file); // the rows are counted later
    if (!hasSameKernels(checkpoint, *program))
      reportWarning(file + " was written with other kernels: of a changed model, another dlc or another CPU level",
                    "the result is not bit for bit that of a run without interruption");
    return checkpoint;
  }
  bool goesOn = !isSource() && arguments.output == arguments.settings.input;
  if (!goesOn && isTrainedProgram(arguments.output))
    throw Problem(ExitCode::BadInput, file, "is not there: the last training ended and wrote " + arguments.output,
                  "leave out --resume to train anew, or go on with more epochs in that program");
  if (!arguments.quiet && !arguments.json)
    reportFinding({Finding::Level::Info,
                   file + " is not there: the training starts " +
                       (goesOn ? "where " + arguments.output + " stopped" : "at the beginning"),
                   ""});
  return std::nullopt;
}

void TrainingRun::warnOfCheckpoint() const {
  std::string file = checkpointFile(arguments.output);
  std::error_code code;
  if (std::filesystem::exists(file, code))
    reportWarning(file + " is of a training that did not end; this one starts anew and will replace it",
                  "to go on with that one, stop this one and add --resume");
}

// What the rules know is in no variable: it is in the file that an interrupted training leaves beside its program.
void TrainingRun::resumeRules(TrainingSession &session) const {
  std::string rules = rulesOf(recipe), file = checkpointFile(arguments.settings.input), why;
  if (rules.empty())
    return;
  std::error_code code;
  std::string remedy = "put the file beside the program if the training was interrupted; one that ended leaves none";
  try {
    if (!std::filesystem::exists(file, code)) {
      why = file + " is missing, in which an interrupted training leaves its best epoch";
    } else {
      Checkpoint checkpoint = decodeCheckpoint(readWhole(file), file);
      checkCheckpoint(checkpoint, *program, recipe, checkpoint.rows, file);
      if (!session.resume(checkpoint.session)) {
        int64_t step = Variables(*program).integer("step");
        why = file + " is of step " + std::to_string(checkpoint.session.step) + ", the program of step " +
              std::to_string(step);
        remedy = checkpoint.session.step > step ? "to go on from there, add --resume" : "";
      }
    }
  } catch (const Problem &problem) {
    why = problem.place() + " " + problem.what();
    remedy = "";
  }
  if (!why.empty())
    reportWarning(rules + " starts anew: " + why, remedy);
}

void TrainingRun::writeCheckpoint(const TrainingSession &session, const Variables &variables) const {
  int64_t rows = loaded.train->rows();
  if (!loaded.validation && recipe.validationSplit > 0)
    rows = splitData(*loaded.train, nullptr, recipe.validationSplit).trainRows.count();
  writeAtomically(checkpointFile(arguments.output),
                  encodeCheckpoint(makeCheckpoint(variables, recipe, rows, session.state(), session.history())));
}

// While it runs: a full disk is no reason to stop, and the one before is still there.
void TrainingRun::tryCheckpoint(const TrainingSession &session, const Variables &variables) {
  try {
    writeCheckpoint(session, variables);
    checkpointFailed = false;
  } catch (const Problem &problem) {
    if (!checkpointFailed) {
      if (isTerminal(STDERR_FILENO))
        std::fputs("\r\033[K", stderr); // the bar
      reportWarning(problem.place() + ": the checkpoint of step " + std::to_string(variables.integer("step")) +
                        " was not written: " + problem.what(),
                    (problem.remedy().empty() ? "" : problem.remedy() + "; ") +
                        "the training goes on, and the one before it is kept");
    }
    checkpointFailed = true;
  }
}

void TrainingRun::removeCheckpoint() const {
  std::error_code code;
  std::filesystem::remove(checkpointFile(arguments.output), code);
  removeTemporary(checkpointFile(arguments.output));
}

// Where the checkpoint or the program stopped.
void TrainingRun::goOn(TrainingSession &session, const Variables &variables, const std::optional<Checkpoint> &resumed,
                       bool continues) const {
  if (resumed) {
    session.resume(resumed->session);
    session.continueHistory(resumed->history);
  } else if (continues && !arguments.history.empty() && std::filesystem::exists(arguments.history)) {
    session.continueHistory(History::read(arguments.history, variables.integer("epoch")));
  }
  if (!resumed && continues && variables.integer("epoch"))
    resumeRules(session);
  else if (!resumed && !continues && !isRefit)
    warnOfCheckpoint();
}

int TrainingRun::interrupted(const Variables &variables) const {
  if (isRefit)
    std::fprintf(stderr, "interrupted while training on all rows; nothing was written\n");
  else
    std::fprintf(stderr, "interrupted after step %lld, in epoch %lld of %lld; saved in %s\n  go on with: %s\n",
                 static_cast<long long>(variables.integer("step")),
                 static_cast<long long>(variables.integer("epoch") + 1), static_cast<long long>(recipe.epochs),
                 arguments.output.c_str(), resumeCommand().c_str());
  return static_cast<int>(ExitCode::Interrupted);
}

} // namespace dlc
