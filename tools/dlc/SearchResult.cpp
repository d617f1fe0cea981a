// What dlc search prints and writes.
#include "tools/dlc/Console.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/SearchRun.h"
#include "tools/fit/AlignedTable.h"
#include "tools/fit/NumberText.h"
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc {

using namespace fit;
using Json = nlohmann::ordered_json;

namespace {

Json numberJson(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json settingsJson(const Trial &trial) {
  Json object = Json::object();
  for (const auto &[name, value] : trial)
    object[name] = value;
  return object;
}

std::string oneLine(std::string text) {
  std::replace_if(text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n'; }, ' ');
  return text;
}

} // namespace

std::vector<std::string> SearchRun::measureNames() const {
  std::vector<std::string> names;
  for (const Result &result : results)
    for (const auto &measure : result.measures)
      if (std::find(names.begin(), names.end(), measure.first) == names.end())
        names.push_back(measure.first);
  return names;
}

// The best first, failed ones last; equal ones as they were tried.
std::vector<const SearchRun::Result *> SearchRun::sorted() const {
  std::vector<const Result *> all;
  for (const Result &result : results)
    all.push_back(&result);
  bool larger = isLargerBetter(monitor);
  std::sort(all.begin(), all.end(), [&](const Result *a, const Result *b) {
    if (!a->failure.empty() || !b->failure.empty())
      return a->failure.empty() != b->failure.empty() ? a->failure.empty() : a < b;
    return a->value == b->value ? a < b : (a->value > b->value) == larger;
  });
  return all;
}

std::string SearchRun::table() const {
  std::string text;
  std::vector<std::string> names = measureNames();
  for (const SearchAxis &axis : axes)
    text += axis.name + "\t";
  text += "epoch\tseconds";
  for (const std::string &name : names)
    text += "\t" + name;
  text += "\tfailure\n";
  for (const Result *result : sorted()) {
    for (const SearchAxis &axis : axes)
      for (const auto &[name, value] : result->trial)
        if (name == axis.name)
          text += oneLine(value) + "\t";
    text += std::to_string(result->epochs) + "\t" + numberText(result->seconds, 6);
    for (const std::string &name : names) {
      std::optional<double> value = findMeasure(result->measures, name);
      text += "\t" + (value ? exactText(*value) : "");
    }
    text += "\t" + oneLine(result->failure) + "\n";
  }
  return text;
}

void SearchRun::print(const Result &result, size_t number) const {
  if (arguments.json) {
    Json line = {{"event", "trial"},        {"trial", number},
                 {"trials", trials.size()}, {"settings", settingsJson(result.trial)},
                 {"epochs", result.epochs}, {"seconds", result.seconds}};
    for (const auto &[name, value] : result.measures)
      line[name] = numberJson(value);
    if (!std::isnan(result.deviation))
      line["deviation"] = result.deviation;
    if (!result.failure.empty())
      line["error"] = result.failure;
    printJson(line);
    std::fflush(stdout);
    return;
  }
  if (arguments.quiet)
    return;
  std::string settings;
  for (const auto &[name, value] : result.trial)
    settings += (settings.empty() ? "" : ", ") + name + " " + value;
  std::string outcome = result.failure.empty() ? monitor + " " + numberText(result.value) : result.failure;
  if (result.failure.empty() && !std::isnan(result.deviation))
    outcome += " ± " + numberText(result.deviation, 2);
  std::fprintf(stderr, "trial %zu/%zu: %s: %s (%s)\n", number, trials.size(), settings.c_str(), outcome.c_str(),
               durationText(result.seconds).c_str());
}

// The command that trains the best one; for a shell.
std::string SearchRun::command(const Result &best) const {
  std::string text = "dlc train " + shellWord(arguments.settings.input);
  auto add = [&](const char *option, const std::string &value) {
    text += std::string(" ") + option + " " + shellWord(value);
  };
  for (const std::string &setting : arguments.settings.sets)
    add("--set", setting);
  for (const auto &[name, value] : best.trial)
    add("--set", name + "=" + value);
  for (const std::string &option : arguments.data)
    add("--data", option);
  for (const std::string &option : arguments.validation)
    add("--validation", option);
  for (const auto &[option, value] :
       {std::pair("--model", arguments.settings.model), std::pair("--dtype", arguments.settings.dtype),
        std::pair("--target", arguments.settings.target)})
    if (!value.empty())
      add(option, value);
  for (const std::string &pass : arguments.settings.disabledPasses)
    add("--disable-pass", pass);
  for (const std::string &pass : arguments.settings.enabledPasses)
    add("--enable-pass", pass);
  if (variants.at({})->recipe.folds) // else it would be a cross-validation again
    text += " --refit";
  return text + (arguments.allowNan ? " --allow-nan" : "") + (arguments.skipBad ? " --skip-bad" : "");
}

void SearchRun::printEnd(double seconds) const {
  std::vector<const Result *> all = sorted();
  const Result *best = !all.empty() && all.front()->failure.empty() ? all.front() : nullptr;
  if (arguments.json) {
    Json line = {{"event", "end"},
                 {"trials", results.size()},
                 {"seconds", seconds},
                 {"monitor", monitor},
                 {"best", best ? settingsJson(best->trial) : Json()},
                 {"value", best ? numberJson(best->value) : Json()},
                 {"command", best ? Json(command(*best)) : Json()}};
    printJson(line);
    return;
  }
  std::vector<std::string> names = measureNames(), head;
  for (const SearchAxis &axis : axes)
    head.push_back(axis.name);
  head.push_back("epoch");
  head.insert(head.end(), names.begin(), names.end());
  AlignedTable text(std::string(head.size(), 'r'));
  text.row(head);
  for (const Result *result : all) {
    std::vector<std::string> cells;
    for (const auto &entry : result->trial)
      cells.push_back(oneLine(entry.second));
    cells.push_back(std::to_string(result->epochs));
    for (const std::string &name : names) {
      std::optional<double> value = findMeasure(result->measures, name);
      bool isMonitored = name == monitor && !std::isnan(result->deviation);
      cells.push_back(!result->failure.empty() || !value ? "–"
                      : isMonitored                      ? numberText(*value) + " ± " + numberText(result->deviation, 2)
                                                         : numberText(*value));
    }
    text.row(cells);
  }
  if (!all.empty())
    std::printf("%s", text.text().c_str());
  if (best)
    std::printf("\nbest by %s; train it with\n  %s\n", monitor.c_str(), command(*best).c_str());
}

} // namespace dlc
