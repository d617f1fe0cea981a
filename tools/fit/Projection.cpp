#include "tools/fit/Projection.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/PointCloud.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

namespace dlc::fit {
namespace {

constexpr int64_t kMostRows = 1000;      // time grows with their square
constexpr int64_t kMostColumns = 10000;  // 1,000 rows of so many doubles are 80 MB
constexpr int64_t kLeastNeighbours = 10; // of fewer points t-SNE has nothing to say
constexpr size_t kMostLabels = 60;       // more texts cover each other
constexpr size_t kMostClasses = 30;      // where only the values say that they are classes

bool canProject(const dlc_port &port) {
  int64_t columns = 1;
  for (uint32_t d = 1; d < port.rank; ++d)
    if (port.dims[d].fixed < 0 || __builtin_mul_overflow(columns, port.dims[d].fixed, &columns))
      return false;
  return port.rank > 1 && columns > 1 && columns <= kMostColumns;
}

bool canProject(const dlc_variable &variable) {
  return variable.kind == DLC_PARAM && variable.rank == 2 && (variable.dtype == DLC_F32 || variable.dtype == DLC_F64) &&
         variable.shape[0] > 1 && variable.shape[1] > 1 && variable.shape[1] <= kMostColumns;
}

// Rows of an output or a parameter that are drawn, and what they are.
struct ChosenRows {
  PointCloud cloud;
  std::vector<std::string> classes, labels; // of each row; may be empty
  int64_t all = 0, unusable = 0;
};

template <typename At> void choose(ChosenRows &chosen, std::vector<int64_t> &rows, int64_t seed, const At &at) {
  chosen.all = static_cast<int64_t>(rows.size());
  if (chosen.all > kMostRows) {
    std::vector<int64_t> order = shuffledRows(chosen.all, seed, 0);
    std::vector<int64_t> sample;
    for (int64_t i = 0; i < kMostRows; ++i)
      sample.push_back(rows[static_cast<size_t>(order[static_cast<size_t>(i)])]);
    std::sort(sample.begin(), sample.end());
    rows = sample;
  }
  std::vector<int64_t> usable;
  for (int64_t row : rows) {
    std::vector<double> values;
    for (int64_t column = 0; column < chosen.cloud.columns; ++column)
      values.push_back(at(row, column));
    if (!std::all_of(values.begin(), values.end(), isDrawable)) {
      ++chosen.unusable;
      continue;
    }
    chosen.cloud.values.insert(chosen.cloud.values.end(), values.begin(), values.end());
    usable.push_back(row);
  }
  rows = usable;
}

// Few whole numbers from 0 on: kinds of something, or as good as that.
bool looksLikeClasses(const PortData &target, RowRange range, const std::vector<int64_t> &rows) {
  std::set<double> values;
  for (int64_t row : rows) {
    values.insert(target.values.at(range.begin + row, 0));
    if (*values.begin() < 0 || values.size() > kMostClasses)
      return false;
  }
  return true;
}

// The class of each row, if the target has classes: by the loss, by their names, or by the values.
std::vector<std::string> classesOf(const Recipe &recipe, const std::vector<Predictions> &outputs, const Dataset &data,
                                   RowRange range, const std::vector<int64_t> &rows) {
  const PortData *target = data.target();
  if (!target)
    return {};
  AnswerKind kind = answerKind(recipe, outputs[0].columns());
  bool fits = kind == AnswerKind::Binary ? target->values.width() == 1 : kind == AnswerKind::Multiclass;
  std::vector<std::string> names = target->values.labels.empty() ? recipe.classNames : target->values.labels;
  if (names.empty() && target->values.width() > 1)
    names = target->values.columns;
  bool isWhole = target->values.width() == 1 && !isFloat(target->dtype);
  if (!fits && !(isWhole && (!names.empty() || looksLikeClasses(*target, range, rows))))
    return {};
  std::vector<std::string> classes;
  for (int64_t row : rows) {
    size_t number = trueClass(*target, range.begin + row, fits ? kind : AnswerKind::Multiclass);
    classes.push_back(number == kNoClass ? numberText(target->values.at(range.begin + row, 0))
                                         : className(names, number));
  }
  return classes;
}

// The commonest classes, in the order of their names; all others are one series, the last.
std::vector<std::string> seriesOf(const std::vector<std::string> &classes) {
  std::map<std::string, int64_t> counts;
  for (const std::string &name : classes)
    ++counts[name];
  std::vector<std::pair<int64_t, std::string>> order;
  for (const auto &[name, count] : counts)
    order.emplace_back(-count, name);
  std::sort(order.begin(), order.end());
  bool hasOthers = order.size() > kChartColours;
  if (hasOthers)
    order.resize(kChartColours - 1);
  std::vector<std::string> names;
  for (const auto &entry : order)
    names.push_back(entry.second);
  std::sort(names.begin(), names.end(), [](const std::string &a, const std::string &b) {
    return a.size() != b.size() && a.find_first_not_of("0123456789") == a.npos &&
                   b.find_first_not_of("0123456789") == b.npos
               ? a.size() < b.size()
               : a < b;
  });
  if (hasOthers)
    names.push_back("other classes");
  return names;
}

Chart scatter(const ChosenRows &chosen, const std::vector<CurvePoint> &points, const std::string &title) {
  Chart chart;
  chart.kind = Chart::Kind::Dots;
  chart.title = title;
  chart.sameUnit = true;
  if (chosen.classes.empty()) {
    chart.series.push_back({"", points, chosen.labels});
    return chart;
  }
  std::vector<std::string> names = seriesOf(chosen.classes);
  for (const std::string &name : names)
    chart.series.push_back({name, {}});
  for (size_t i = 0; i < points.size(); ++i) {
    size_t series = static_cast<size_t>(std::find(names.begin(), names.end(), chosen.classes[i]) - names.begin());
    chart.series[std::min(series, names.size() - 1)].points.push_back(points[i]);
  }
  return chart;
}

// One text for each row of the table, if the recipe's reader has an alphabet of as many letters.
std::vector<std::string> lettersOf(const Recipe &recipe, int64_t rows) {
  if (!recipe.data.options.contains("alphabet") || !recipe.data.options["alphabet"].is_string())
    return {};
  const auto &alphabet = recipe.data.options["alphabet"].get_ref<const std::string &>();
  std::vector<std::string> letters;
  if (static_cast<int64_t>(alphabet.size()) == rows && isPrintable(alphabet))
    for (char letter : alphabet)
      letters.emplace_back(1, letter);
  return letters;
}

ChosenRows rowsOf(const std::string &name, const Variables &variables, const Recipe &recipe) {
  dlc_variable variable = variables.describe(name);
  ChosenRows chosen;
  chosen.cloud.columns = variable.shape[1];
  const char *from = static_cast<const char *>(variables.data()) + variable.offset;
  std::vector<int64_t> rows = rowsInOrder(variable.shape[0]);
  choose(chosen, rows, recipe.seed, [&](int64_t row, int64_t column) {
    int64_t index = row * variable.shape[1] + column;
    return variable.dtype == DLC_F32 ? static_cast<double>(reinterpret_cast<const float *>(from)[index])
                                     : reinterpret_cast<const double *>(from)[index];
  });
  std::vector<std::string> letters = lettersOf(recipe, variable.shape[0]);
  if (rows.size() <= kMostLabels)
    for (int64_t row : rows)
      chosen.labels.push_back(letters.empty() ? std::to_string(row) : letters[static_cast<size_t>(row)]);
  return chosen;
}

} // namespace

void checkProjections(const Program &program, const std::vector<std::string> &names) {
  std::vector<std::string> possible;
  dlc_function predict = program.function("predict");
  for (uint32_t i = 0; i < predict.output_count; ++i)
    if (canProject(predict.outputs[i]))
      possible.push_back(predict.outputs[i].name);
  for (const dlc_variable &variable : program.variables())
    if (canProject(variable))
      possible.push_back(variable.name);
  for (const std::string &name : names) {
    if (std::find(possible.begin(), possible.end(), name) != possible.end())
      continue;
    for (const dlc_variable &variable : program.variables())
      if (variable.name == name && variable.kind == DLC_PARAM && variable.rank == 2)
        throw Problem(ExitCode::Usage, "--project " + name,
                      "is a parameter of shape [" + std::to_string(variable.shape[0]) + ", " +
                          std::to_string(variable.shape[1]) +
                          "]; points in a plane take 2 rows or more of 2 to 10,000 numbers",
                      suggestName(name, possible, "it has "));
    throw Problem(ExitCode::Usage, "--project " + name,
                  "is neither an output of the model with 2 to 10,000 numbers for each example nor a parameter of "
                  "two dimensions",
                  suggestName(name, possible, "it has ") + "; make a layer's value an output of the model to see it");
  }
}

Projection project(const std::string &name, const Variables &variables, const Recipe &recipe,
                   const std::vector<Predictions> &outputs, const Dataset &data, RowRange range) {
  auto output = std::find_if(outputs.begin(), outputs.end(), [&](const Predictions &p) { return p.name == name; });
  ChosenRows chosen;
  std::string what = "row of the parameter";
  if (output == outputs.end()) {
    chosen = rowsOf(name, variables, recipe);
  } else {
    what = "example";
    chosen.cloud.columns = output->columns();
    std::vector<int64_t> rows = rowsInOrder(output->rows);
    choose(chosen, rows, recipe.seed, [&](int64_t row, int64_t column) { return output->at(row, column); });
    chosen.classes = classesOf(recipe, outputs, data, range, rows);
  }
  Projection projection;
  projection.title = name;
  projection.remark = "A point for each " + what;
  if (chosen.all > kMostRows)
    projection.remark += " of a sample of " + countText(kMostRows) + " of " + countText(chosen.all);
  projection.remark += ", from " + std::to_string(chosen.cloud.columns) + " numbers.";
  if (chosen.unusable)
    projection.remark += " " + plural(chosen.unusable, "row") + " with numbers that are not finite left out.";
  PrincipalComponents components = principalComponents(chosen.cloud);
  Chart chart = scatter(chosen, components.points, "Principal components");
  auto axis = [](const char *text, double share) {
    return text + (" principal component, " + numberText(100 * share, 3)) + " % of the variance";
  };
  chart.xLabel = axis("first", components.shareX);
  chart.yLabel = "second, " + numberText(100 * components.shareY, 3) + " %";
  projection.charts.push_back(std::move(chart));
  if (chosen.cloud.rows() >= kLeastNeighbours) {
    TsneOptions options;
    options.seed = recipe.seed;
    projection.charts.push_back(scatter(chosen, tsne(chosen.cloud, options), "t-SNE"));
    projection.charts.back().xLabel = "neighbours stay neighbours, far says little";
  }
  return projection;
}

} // namespace dlc::fit
