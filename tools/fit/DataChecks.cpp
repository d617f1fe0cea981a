#include "tools/fit/DataChecks.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace dlc::fit {
namespace {

// Gradients of the first layer are proportional to its inputs: beyond this ratio of the columns' sizes, one learning
// rate does not suit them all. Raw gene expression has ratios of 10^3 to 10^4; pixels and standardized data below 10^2.
constexpr double kScaleRatio = 1e3;
constexpr double kOrdersOfMagnitude = 1e2;
// Weights start near 1/sqrt(n): a first layer that sees such values saturates.
constexpr double kLargeValue = 1e3;

std::string placeOf(const PortData &port, int64_t row) {
  // Where cells hold newlines the true line is a later one.
  return port.values.place(row) +
         (!port.values.firstLine
              ? ""
              : ":" + (port.values.columns.size() == 1 ? quotable(port.values.columns[0]) : port.name));
}

bool contains(const std::string &text, const char *part) { return text.find(part) != std::string::npos; }

void checkBinary(const PortData &target, const std::string &loss) {
  int64_t columns = target.values.width();
  for (int64_t row = 0; row < target.values.rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      double value = target.values.at(row, column);
      if (value >= 0 && value <= 1)
        continue;
      std::string remedy = "use the labels 0 and 1";
      if (value == 2 || value == -1)
        remedy += value == 2 ? ", not 1 and 2; for more classes use sparse_categorical_crossentropy" : ", not -1 and 1";
      else if (std::floor(value) == value)
        remedy += "; for more classes use sparse_categorical_crossentropy with y: i32[batch]";
      else
        remedy += "; to predict a quantity use the loss mse";
      throw Problem(ExitCode::BadInput, placeOf(target, row),
                    loss + " expects targets between 0 and 1, found " + numberText(value, 6), remedy);
    }
}

constexpr int64_t kMostGaps = 1000;

// The classes below number \p end that no example has.
std::vector<std::string> gapsOf(const PortData &target, int64_t end) {
  std::vector<std::string> gaps;
  if (end < 2 || end > kMostGaps)
    return gaps;
  std::vector<bool> isUsed(static_cast<size_t>(end));
  for (int64_t row = 0; row < target.values.rows; ++row)
    if (double value = target.values.at(row, 0); value >= 0 && value < static_cast<double>(end))
      isUsed[static_cast<size_t>(value)] = true;
  for (size_t i = 0; i < isUsed.size(); ++i)
    if (!isUsed[i])
      gaps.push_back(i < target.values.labels.size() ? target.values.labels[i] : std::to_string(i));
  return gaps;
}

void warnOfGaps(const PortData &target, int64_t classes, std::vector<Finding> &findings) {
  std::vector<std::string> gaps = gapsOf(target, classes);
  if (!gaps.empty())
    findings.push_back({Finding::Level::Warning,
                        "no example has " + std::string(gaps.size() > 1 ? "the classes " : "the class ") +
                            listNames(gaps, 5) + " of the " + std::to_string(classes) + " that the model predicts",
                        "number the classes from 0 on without a gap, or take examples of all of them"});
}

void checkClassNumbers(const PortData &target, int64_t classes) {
  for (int64_t row = 0; row < target.values.rows; ++row) {
    double value = target.values.at(row, 0);
    if (value >= 0 && value < static_cast<double>(classes))
      continue;
    if (static_cast<int64_t>(target.values.labels.size()) > classes)
      throw Problem(ExitCode::BadInput, target.values.file,
                    "found " + plural(static_cast<int64_t>(target.values.labels.size()), "class") +
                        ", but the model predicts " + std::to_string(classes),
                    "make the last layer dense(" + std::to_string(target.values.labels.size()) + ", softmax)");
    std::vector<std::string> gaps =
        value > 0 && value < kMostGaps ? gapsOf(target, static_cast<int64_t>(value)) : std::vector<std::string>();
    bool skips = !gaps.empty() && gaps.front() != "0";
    if (skips)
      throw Problem(ExitCode::BadInput, placeOf(target, row),
                    "expected a class number from 0 to " + std::to_string(classes - 1) + ", found " +
                        numberText(value, 6) + ", while no example has " + listNames(gaps, 5),
                    "number the classes from 0 on without a gap");
    bool fromOne = value == static_cast<double>(classes);
    throw Problem(ExitCode::BadInput, placeOf(target, row),
                  "expected a class number from 0 to " + std::to_string(classes - 1) + ", found " +
                      numberText(value, 6),
                  fromOne ? "class numbers start at 0; or give the last layer one unit more"
                          : "the model predicts " + plural(classes, "class") + ": correct the label or the last layer");
  }
}

void checkOneHot(const PortData &target, std::vector<Finding> &findings) {
  int64_t columns = target.values.width();
  for (int64_t row = 0; row < target.values.rows; ++row) {
    double sum = 0;
    for (int64_t column = 0; column < columns; ++column)
      sum += target.values.at(row, column);
    if (std::abs(sum - 1) <= 1e-3)
      continue;
    findings.push_back({Finding::Level::Warning,
                        placeOf(target, row) + ": the target's row sums to " + numberText(sum) +
                            ", categorical_crossentropy expects probabilities that sum to 1",
                        "for a column of class numbers use sparse_categorical_crossentropy with y: i32[batch]"});
    return;
  }
}

// Sequences of labels, filled up with the blank's number, which is a class as well.
void checkLabels(const PortData &target, int64_t classes) {
  for (int64_t row = 0; row < target.values.rows; ++row)
    for (int64_t column = 0; column < target.values.width(); ++column)
      if (double value = target.values.at(row, column); !(value >= 0 && value < static_cast<double>(classes)))
        throw Problem(
            ExitCode::BadInput, placeOf(target, row),
            "expected labels from 0 to " + std::to_string(classes - 1) + ", found " + numberText(value, 6),
            "the model predicts " + plural(classes, "class") +
                ", one of them the blank, which also fills up short rows: correct the label or the last layer");
}

double medianOf(std::vector<double> values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void checkScales(const PortData &port, const CheckOptions &options, std::vector<Finding> &findings) {
  std::vector<ColumnSummary> columns = summarizeColumns(port);
  std::vector<double> deviations;
  std::vector<size_t> constant;
  double largest = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].deviation > 0)
      deviations.push_back(columns[i].deviation);
    else
      constant.push_back(i);
    if (columns[i].finite)
      largest = std::max({largest, std::abs(columns[i].least), std::abs(columns[i].greatest)});
  }
  if (!constant.empty() && port.values.rows > 1) {
    std::string names = quotable(port.values.columns[constant[0]]);
    for (size_t i = 1; i < constant.size() && i < 3; ++i)
      names += ", " + quotable(port.values.columns[constant[i]]);
    findings.push_back({Finding::Level::Info,
                        plural(static_cast<int64_t>(constant.size()), "column") + " of " + port.name + " of " +
                            std::to_string(columns.size()) + (constant.size() == 1 ? " is" : " are") +
                            " constant and tell" + (constant.size() == 1 ? "s" : "") + " nothing (" + names +
                            (constant.size() > 3 ? ", …" : "") + ")",
                        ""});
  }
  if (options.normalizesItself || deviations.empty())
    return;
  std::string remedy = "let the model standardize its inputs: " + port.name + " |> standardize() |> …";
  auto [least, greatest] = std::minmax_element(deviations.begin(), deviations.end());
  bool drowns = *greatest / medianOf(deviations) > kScaleRatio;
  std::string message;
  if (largest > kLargeValue)
    message = "values of " + port.name + " go up to " + numberText(largest, 3);
  if (drowns || (!message.empty() && *greatest / *least > kOrdersOfMagnitude))
    message += (message.empty() ? "the scales of " + port.name + "'s columns" : ", and the scales of its columns") +
               std::string(" differ by orders of magnitude (standard deviations from ") + numberText(*least, 2) +
               " to " + numberText(*greatest, 2) + ")";
  if (!message.empty())
    findings.push_back({Finding::Level::Warning, message + ": training on them is slow or fails", remedy});
}

} // namespace

std::vector<ColumnSummary> summarizeColumns(const PortData &port) {
  size_t count = port.values.columns.size();
  std::vector<ColumnSummary> columns(count);
  std::vector<double> squares(count);
  for (ColumnSummary &column : columns) {
    column.least = std::numeric_limits<double>::infinity();
    column.greatest = -column.least;
  }
  for (int64_t row = 0; row < port.values.rows; ++row) {
    for (size_t i = 0; i < count; ++i) {
      double value = port.values.at(row, static_cast<int64_t>(i));
      if (!std::isfinite(value))
        continue;
      ColumnSummary &column = columns[i];
      double difference = value - column.mean; // Welford's recurrence: no cancellation
      column.mean += difference / static_cast<double>(++column.finite);
      squares[i] += difference * (value - column.mean);
      column.least = std::min(column.least, value);
      column.greatest = std::max(column.greatest, value);
    }
    port.values.rowTouched(row);
  }
  for (size_t i = 0; i < count; ++i)
    columns[i].deviation = columns[i].finite ? std::sqrt(squares[i] / static_cast<double>(columns[i].finite)) : 0;
  return columns;
}

std::vector<Finding> checkData(const Dataset &data, const CheckOptions &options) {
  std::vector<Finding> findings;
  const PortData *target = data.target();
  if (target && contains(options.loss, "binary_crossentropy"))
    checkBinary(*target, options.loss);
  if (target && contains(options.loss, "sparse_categorical") && options.classes > 0)
    checkClassNumbers(*target, options.classes);
  else if (target && contains(options.loss, "categorical_crossentropy"))
    checkOneHot(*target, findings);
  if (target && options.learns && contains(options.loss, "sparse_categorical"))
    warnOfGaps(*target, options.classes, findings);
  if (target && options.loss == "ctc" && options.lastSize > 0)
    checkLabels(*target, options.lastSize);
  int64_t missing = 0;
  for (const PortData &port : data.ports()) {
    missing += port.values.missingCells;
    // Whole numbers are indices of an embedding, not quantities; what has no names is of one kind.
    if (port.role == 0 && isFloat(port.dtype) && !port.values.columns.empty())
      checkScales(port, options, findings);
  }
  if (missing)
    findings.push_back({Finding::Level::Warning,
                        plural(missing, "cell") + " without a finite number: what they reach becomes NaN",
                        "fill them before training; --allow-nan only lets them in"});
  return findings;
}

} // namespace dlc::fit
