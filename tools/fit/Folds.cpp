#include "tools/fit/Folds.h"
#include "tools/fit/Answers.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <map>
#include <tuple>

namespace dlc::fit {
namespace {

// The order of rows has the epoch as its second number; no epoch has these.
constexpr int64_t kNoEpoch = -1, kSplit = -2;

bool holdsClasses(const PortData &target, const Recipe &recipe) {
  bool isOneHot = answerKind(recipe, 2) == AnswerKind::Multiclass;
  if (target.values.width() != 1)
    return isOneHot;
  AnswerKind kind = answerKind(recipe, 1);
  if (kind == AnswerKind::Binary || isOneHot)
    return true;
  if (kind == AnswerKind::Quantity)
    return false;
  bool isBinary = true;
  for (int64_t row = 0; row < target.values.rows; ++row)
    isBinary &= target.values.at(row, 0) == 0 || target.values.at(row, 0) == 1;
  return isBinary || !isFloat(target.dtype);
}

int64_t classOf(const PortData &target, int64_t row) {
  int64_t best = 0;
  if (target.values.width() == 1)
    return static_cast<int64_t>(target.values.at(row, 0));
  for (int64_t column = 1; column < target.values.width(); ++column)
    if (target.values.at(row, column) > target.values.at(row, best))
      best = column;
  return best;
}

void checkCounts(const Dataset &data, const Recipe &recipe, const std::map<int64_t, std::vector<int64_t>> &classes,
                 int64_t folds) {
  const std::string &file = data.ports().front().values.file;
  if (folds < 2)
    throw Problem(ExitCode::Usage, "--folds " + std::to_string(folds), "a cross-validation needs at least 2 folds",
                  "give 5 or 10");
  if (folds > data.rows())
    throw Problem(ExitCode::BadInput, file,
                  std::to_string(folds) + " folds of " + plural(data.rows(), "row") + " leave some without a row",
                  "give at most --folds " + std::to_string(data.rows()));
  const std::vector<std::string> &names = data.classNames().empty() ? recipe.classNames : data.classNames();
  for (const auto &[number, rows] : classes)
    if (auto count = static_cast<int64_t>(rows.size()); classes.size() > 1 && count < folds) {
      std::string name = number < 0 ? std::to_string(number) : className(names, static_cast<size_t>(number));
      throw Problem(ExitCode::BadInput, file,
                    "class " + name + " has " + plural(count, "row") + ", fewer than there are folds (" +
                        std::to_string(folds) + "), and each fold needs one",
                    count < 2 ? "leave the class out, or get more rows of it"
                              : "give at most --folds " + std::to_string(count));
    }
}

} // namespace

std::vector<int64_t> classesOfRows(const Dataset &data, const Recipe &recipe) {
  std::vector<int64_t> classes;
  const PortData *target = data.target();
  if (target && holdsClasses(*target, recipe))
    for (int64_t row = 0; row < data.rows(); ++row)
      classes.push_back(classOf(*target, row));
  return classes;
}

std::vector<std::vector<int64_t>> makeFolds(const Dataset &data, const Recipe &recipe, int64_t folds, int64_t seed) {
  std::vector<int64_t> classOf = classesOfRows(data, recipe);
  std::map<int64_t, std::vector<int64_t>> classes; // rows of each, shuffled
  for (int64_t row : shuffledRows(data.rows(), seed, kNoEpoch))
    classes[classOf.empty() ? 0 : classOf[static_cast<size_t>(row)]].push_back(row);
  checkCounts(data, recipe, classes, folds);
  std::vector<std::vector<int64_t>> heldOut(static_cast<size_t>(folds));
  size_t next = 0; // dealt out like cards, one class after the other
  for (const auto &[number, rows] : classes)
    for (int64_t row : rows)
      heldOut[next++ % heldOut.size()].push_back(row);
  for (std::vector<int64_t> &rows : heldOut)
    std::sort(rows.begin(), rows.end());
  return heldOut;
}

std::vector<int64_t> foldOrder(int64_t rows, const std::vector<int64_t> &heldOut) {
  std::vector<int64_t> order;
  order.reserve(static_cast<size_t>(rows));
  std::vector<int64_t> all = rowsInOrder(rows);
  std::set_difference(all.begin(), all.end(), heldOut.begin(), heldOut.end(), std::back_inserter(order));
  order.insert(order.end(), heldOut.begin(), heldOut.end());
  return order;
}

void shuffleForSplit(Dataset &data, const Recipe &recipe, int64_t seed) {
  data.restoreOrder();
  std::vector<int64_t> classOf = classesOfRows(data, recipe), order = shuffledRows(data.rows(), seed, kSplit);
  if (!classOf.empty()) {
    std::map<int64_t, std::vector<int64_t>> classes;
    for (int64_t row : order)
      classes[classOf[static_cast<size_t>(row)]].push_back(row);
    // Where in [0, 1] each row comes if its class is spread evenly; then every stretch has its share of all classes.
    std::vector<std::tuple<double, size_t, int64_t>> places; // which, the number among all, the row
    places.reserve(order.size());
    for (const auto &[number, rows] : classes)
      for (size_t i = 0; i < rows.size(); ++i)
        places.emplace_back((static_cast<double>(i) + 0.5) / static_cast<double>(rows.size()), places.size(), rows[i]);
    std::sort(places.begin(), places.end());
    std::transform(places.begin(), places.end(), order.begin(), [](const auto &place) { return std::get<2>(place); });
  }
  int64_t kept = trainingRows(data.rows(), recipe.validationSplit);
  std::sort(order.begin(), order.begin() + kept);
  std::sort(order.begin() + kept, order.end());
  data.reorder(order);
}

} // namespace dlc::fit
