#include "tools/fit/History.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/TableReader.h"
#include <algorithm>

namespace dlc::fit {
namespace {

constexpr std::string_view kValidation = "val_";
constexpr char kRate[] = "learning_rate";

// Every name that some epoch has, in the order in which they come.
std::vector<std::string> namesOf(const std::vector<Epoch> &epochs, Measures Epoch::*part) {
  std::vector<std::string> names;
  for (const Epoch &epoch : epochs)
    for (const auto &measure : epoch.*part)
      if (std::find(names.begin(), names.end(), measure.first) == names.end())
        names.push_back(measure.first);
  return names;
}

void addCell(std::string &text, const Measures &measures, const std::string &name) {
  text += '\t';
  if (std::optional<double> value = findMeasure(measures, name))
    text += exactText(*value);
}

} // namespace

std::optional<double> findMeasure(const Measures &measures, const std::string &name) {
  for (const auto &[key, value] : measures)
    if (key == name)
      return value;
  return std::nullopt;
}

std::optional<double> Epoch::measure(const std::string &name) const {
  if (name.compare(0, kValidation.size(), kValidation) == 0)
    return findMeasure(validation, name.substr(kValidation.size()));
  return findMeasure(train, name);
}

std::string History::table() const {
  std::vector<std::string> train = namesOf(all, &Epoch::train), validation = namesOf(all, &Epoch::validation);
  std::string text = "epoch\tseconds";
  for (const std::string &name : train)
    text += "\t" + name;
  for (const std::string &name : validation)
    text += "\t" + std::string(kValidation) + name;
  bool hasRate = std::any_of(all.begin(), all.end(), [](const Epoch &epoch) { return epoch.learningRate.has_value(); });
  if (hasRate)
    text += std::string("\t") + kRate;
  text += '\n';
  for (const Epoch &epoch : all) {
    text += std::to_string(epoch.number) + "\t" + numberText(epoch.seconds, 6);
    for (const std::string &name : train)
      addCell(text, epoch.train, name);
    for (const std::string &name : validation)
      addCell(text, epoch.validation, name);
    if (hasRate)
      text += "\t" + (epoch.learningRate ? exactText(*epoch.learningRate) : "");
    text += '\n';
  }
  return text;
}

History History::read(const std::string &path, int64_t last) {
  TableReader reader(path);
  const std::vector<std::string> &names = reader.header();
  if (names.size() < 3 || names[0] != "epoch" || names[1] != "seconds")
    throw Problem(ExitCode::BadInput, path, "expected a history with the columns epoch, seconds, loss, …",
                  "give another file with --history");
  History history;
  std::vector<std::string_view> cells;
  while (reader.nextRow(cells)) {
    Epoch epoch;
    if (parseCell(cells[0], DLC_I64, &epoch.number) != CellFault::None)
      throw Problem(ExitCode::BadInput, path + ":" + std::to_string(reader.line()) + ":epoch",
                    "expected a number, found '" + quotable(cells[0]) + "'");
    if (epoch.number > last)
      break;
    parseCell(cells[1], DLC_F64, &epoch.seconds);
    for (size_t i = 2; i < names.size(); ++i) {
      double value = 0;
      CellFault fault = parseCell(cells[i], DLC_F64, &value);
      if (fault != CellFault::None && fault != CellFault::NotFinite)
        continue;
      if (names[i] == kRate) {
        epoch.learningRate = value;
        continue;
      }
      bool isValidation = names[i].compare(0, kValidation.size(), kValidation) == 0;
      (isValidation ? epoch.validation : epoch.train)
          .emplace_back(isValidation ? names[i].substr(kValidation.size()) : names[i], value);
    }
    history.add(std::move(epoch));
  }
  return history;
}

} // namespace dlc::fit
