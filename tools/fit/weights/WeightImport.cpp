#include "tools/fit/weights/WeightImport.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/weights/WeightNames.h"
#include <algorithm>
#include <cstring>
#include <set>

namespace dlc::fit {
namespace {

constexpr char kLeaveOut[] = "-";
// What training goes on with where a parameter is an average (`ema`): docs/program-format.md.
constexpr char kRawWeights[] = ":ema/raw";

class Importer {
public:
  Importer(Variables &variables, const WeightsFile &file, const ImportOptions &options)
      : variables(variables), program(variables.program()), file(file), options(options) {
    done.file = file.path();
    done.format = file.format();
    done.program = program.path();
    done.table = options.table.path();
  }

  WeightImport run() {
    nameTensors();
    checkTypes();
    if (!options.skipMismatch)
      failAtMismatch();
    if (done.matched.empty())
      failNothing();
    copyValues();
    listRest();
    return std::move(done);
  }

private:
  void nameTensors();
  void nameByTable(std::vector<std::string> &names);
  void checkTypes();
  void copyValues();
  void copyToRawWeights(size_t target);
  void listRest();
  [[noreturn]] void failNothing() const;
  void failAtMismatch() const;

  Variables &variables;
  const Program &program;
  const WeightsFile &file;
  const ImportOptions &options;
  WeightImport done;
  std::map<std::string, size_t> taken; // by variable
  std::vector<size_t> fitting;         // tensors whose shape and type fit
  std::vector<std::string> targets;    // of fitting
};

std::vector<std::string> variableNames(const Program &program) {
  std::vector<std::string> names;
  for (const dlc_variable &variable : program.variables())
    if (variable.kind == DLC_PARAM || variable.kind == DLC_STATE)
      names.push_back(variable.name);
  return names;
}

// The table's lines come first; what they leave out gets the name "-".
void Importer::nameByTable(std::vector<std::string> &names) {
  std::set<uint64_t> used;
  for (size_t i = 0; i < file.tensors().size(); ++i) {
    std::optional<NameTable::Match> match = options.table.find(file.tensors()[i].name);
    if (!match)
      continue;
    used.insert(match->line->number);
    if (match->variable != kLeaveOut && !variables.has(match->variable))
      throw Problem(ExitCode::BadInput, options.table.path() + ":" + std::to_string(match->line->number),
                    program.path() + " has no variable '" + quotable(match->variable) + "' for " +
                        quotable(file.tensors()[i].name),
                    suggestName(match->variable, variableNames(program), "it has ") + "; - leaves a tensor out");
    names[i] = match->variable;
  }
  for (const NameTable::Line &line : options.table.lines())
    if (!used.count(line.number))
      done.unusedLines.push_back(line.number);
}

void Importer::nameTensors() {
  std::vector<std::string> tensors;
  for (const WeightTensor &tensor : file.tensors())
    tensors.push_back(tensor.name);
  // Programs have the same names, so far as they have the same layers.
  std::vector<std::string> names(tensors.size());
  if (file.format() != "dlm") {
    names = WeightNames(program).match(tensors);
  } else {
    for (size_t i = 0; i < tensors.size(); ++i)
      names[i] = variables.has(tensors[i]) ? tensors[i] : "";
  }
  nameByTable(names);
  for (size_t i = 0; i < names.size(); ++i) {
    dlc_variable_kind kind = names[i].empty() || names[i] == kLeaveOut ? 0 : variables.describe(names[i]).kind;
    bool isWeight = kind == DLC_PARAM || kind == DLC_STATE || kind == DLC_SLOT;
    // Slots of another program's optimizer are not what init_from and import are for; slots of a file were asked for.
    if (!isWeight || (kind == DLC_SLOT && file.format() == "dlm")) {
      done.leftOver.push_back({tensors[i], names[i] == kLeaveOut ? "left out by the table"
                                           : names[i].empty()    ? "no variable has this name"
                                           : kind == DLC_SLOT    ? "of the optimizer"
                                                                 : "no weight"});
      continue;
    }
    auto [other, isNew] = taken.emplace(names[i], i);
    if (!isNew)
      throw Problem(ExitCode::BadInput, file.path(),
                    "both '" + quotable(tensors[other->second]) + "' and '" + quotable(tensors[i]) + "' belong to " +
                        names[i],
                    "say which one in a table of names, with - for the other");
  }
}

void Importer::checkTypes() {
  for (const auto &[name, index] : taken) {
    const WeightTensor &tensor = file.tensors()[index];
    dlc_variable variable = variables.describe(name);
    WeightTensor wanted = describeTensor(variable);
    WeightImport::Pair pair = {tensor.name, name, tensorType(tensor.type, tensor.shape),
                               tensorType(wanted.type, wanted.shape)};
    bool fits = tensor.shape == wanted.shape && isConvertible(tensor.type, variable.dtype);
    (fits ? done.matched : done.mismatched).push_back(std::move(pair));
    if (fits) {
      fitting.push_back(index);
      targets.push_back(name);
    }
  }
}

void Importer::failAtMismatch() const {
  if (done.mismatched.empty())
    return;
  const WeightImport::Pair &first = done.mismatched.front();
  std::string text = "'" + quotable(first.tensor) + "' is " + first.tensorType + ", but " + first.variable + " is " +
                     first.variableType;
  if (done.mismatched.size() > 1)
    text += "; " + std::to_string(done.mismatched.size() - 1) + " more do not fit";
  throw Problem(ExitCode::BadInput, file.path(), text,
                "take weights of the same layers, or leave out what does not fit: --skip-mismatch, in a recipe "
                "weights(…, skip_mismatch = true)");
}

void Importer::failNothing() const {
  std::vector<std::string> found;
  for (const WeightTensor &tensor : file.tensors())
    found.push_back(tensor.name);
  std::string has = found.empty() ? "no tensors" : listNames(found, 6);
  throw Problem(ExitCode::BadInput, file.path(),
                done.mismatched.empty() ? "no tensor has the name of a variable of " + program.path()
                                        : "no tensor fits a variable of " + program.path(),
                "the file has " + has + "; the program has " + listNames(variableNames(program), 6) +
                    "; a table of names can say which is which");
}

// Training goes on from the weights of the file, and not from those that an average of earlier steps, or of the first
// weights, belongs to. A file that has them, too, is right.
void Importer::copyToRawWeights(size_t target) {
  std::string raw = targets[target] + kRawWeights;
  if (!variables.has(raw) || std::find(targets.begin(), targets.end(), raw) != targets.end())
    return;
  dlc_variable from = variables.describe(targets[target]), to = variables.describe(raw);
  if (to.kind != DLC_SLOT || to.dtype != from.dtype || to.bytes != from.bytes)
    return;
  char *block = static_cast<char *>(variables.data());
  std::memcpy(block + to.offset, block + from.offset, from.bytes);
}

void Importer::copyValues() {
  std::string before = variables.snapshot();
  try {
    file.load(fitting, [&](size_t index, std::string_view bytes) {
      size_t place = static_cast<size_t>(std::find(fitting.begin(), fitting.end(), index) - fitting.begin());
      const WeightTensor &tensor = file.tensors()[index];
      dlc_variable variable = variables.describe(targets[place]);
      std::optional<size_t> fault = bytes.size() != *tensorBytes(tensor.type, tensor.shape)
                                        ? std::optional<size_t>(0)
                                        : convertWeights(bytes, tensor.type, variable.dtype,
                                                         static_cast<char *>(variables.data()) + variable.offset);
      if (fault)
        throw Problem(ExitCode::BadInput, file.path(),
                      "element " + std::to_string(*fault) + " of '" + quotable(tensor.name) + "' does not fit into " +
                          targets[place] + ", " + done.matched[place].variableType,
                      "write the weights with the type of the model");
      copyToRawWeights(place);
    });
  } catch (...) {
    variables.restore(before);
    throw;
  }
}

void Importer::listRest() {
  for (const std::string &name : variableNames(program))
    if (!taken.count(name))
      done.missing.push_back(name);
  for (const auto &[name, what] : file.others())
    done.leftOver.push_back({name, what});
}

} // namespace

WeightImport importWeights(Variables &variables, const WeightsFile &file, const ImportOptions &options) {
  return Importer(variables, file, options).run();
}

} // namespace dlc::fit
