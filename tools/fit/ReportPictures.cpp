#include "tools/fit/ReportPictures.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/PngFile.h"
#include "tools/fit/SvgChart.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

constexpr int64_t kReconstructions = 10, kMistakes = 20;
constexpr int64_t kLeastSide = 8;
constexpr int64_t kLargestSide = 128;                    // in the file; larger images are made smaller
constexpr int64_t kUsualWidth = 96, kLargestWidth = 120; // on the page

// One kind of image: an input, an output or a target, of a few examples.
struct Part {
  std::string name;
  int64_t height = 0, width = 0;
  int channels = 1;
  std::vector<std::vector<double>> examples;
};

Part partOf(std::string name, const std::vector<int64_t> &shape) {
  Part part;
  part.name = std::move(name);
  part.height = shape[0];
  part.width = shape[1];
  part.channels = shape.size() == 3 ? static_cast<int>(shape[2]) : 1;
  return part;
}

Part partOf(const char *role, const PortData &port, const std::vector<int64_t> &rows) {
  Part part = partOf(role + (" " + port.name), port.rowShape);
  for (int64_t row : rows) {
    std::vector<double> &values = part.examples.emplace_back();
    for (int64_t column = 0; column < port.values.width(); ++column)
      values.push_back(port.values.at(row, column));
  }
  return part;
}

Part partOf(const Predictions &output, int64_t rows) {
  Part part = partOf("output " + output.name, output.rowShape);
  for (int64_t row = 0; row < rows; ++row) {
    auto begin = output.values.begin() + row * output.columns();
    part.examples.emplace_back(begin, begin + output.columns());
  }
  return part;
}

std::pair<double, double> brightnessOf(const Part &part) {
  double low = INFINITY, high = -INFINITY;
  for (const std::vector<double> &example : part.examples)
    for (double value : example)
      if (isDrawable(value)) {
        low = std::min(low, value);
        high = std::max(high, value);
      }
  if (low >= 0 && high <= 1)
    return {0, 1};
  if (low >= 0 && high <= 255)
    return {0, 255};
  return low < high ? std::make_pair(low, high) : std::make_pair(0.0, 1.0);
}

// As bytes; what is not a number is black.
std::vector<Image> imagesOf(const Part &part) {
  auto [low, high] = brightnessOf(part);
  std::vector<Image> images;
  for (const std::vector<double> &example : part.examples) {
    Image image = {part.height, part.width, part.channels, {}};
    for (double value : example) {
      double share = isDrawable(value) ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0;
      image.pixels.push_back(static_cast<uint8_t>(std::lround(255 * share)));
    }
    if (int64_t side = std::max(image.height, image.width); side > kLargestSide)
      image = resized(image, std::max<int64_t>(1, image.height * kLargestSide / side),
                      std::max<int64_t>(1, image.width * kLargestSide / side), Interpolation::Bilinear);
    images.push_back(std::move(image));
  }
  return images;
}

// Whole multiples of small images, so that pixels stay squares.
void choosePageSize(PictureStack &stack, const Image &image) {
  int64_t times = std::max<int64_t>(1, kUsualWidth / image.width);
  stack.width = image.width * times;
  stack.height = image.height * times;
  if (stack.width > kLargestWidth) {
    stack.height = std::max<int64_t>(1, stack.height * kLargestWidth / stack.width);
    stack.width = kLargestWidth;
  }
}

PictureGrid gridOf(const std::vector<Part> &parts) {
  PictureGrid grid;
  for (const Part &part : parts) {
    std::vector<Image> images = imagesOf(part);
    grid.parts.push_back(part.name);
    grid.stacks.resize(images.size());
    for (size_t i = 0; i < images.size(); ++i) {
      if (grid.stacks[i].pngs.empty())
        choosePageSize(grid.stacks[i], images[i]);
      grid.stacks[i].pngs.push_back(encodePng(images[i]));
    }
  }
  return grid;
}

bool looksTheSame(const Part &a, const Part &b) {
  if (a.height != b.height || a.width != b.width || a.channels != b.channels)
    return false;
  std::vector<Image> first = imagesOf(a), second = imagesOf(b);
  for (size_t i = 0; i < first.size(); ++i)
    if (first[i].pixels != second[i].pixels)
      return false;
  return true;
}

const PortData *pictureInput(const Dataset &data) {
  for (const PortData &port : data.ports())
    if (port.role == 0 && isPicture(port))
      return &port;
  return nullptr;
}

struct Mistake {
  int64_t row;
  size_t truth, predicted;
  double margin, score; // score: that of the predicted class
};

std::vector<Mistake> mistakesOf(const Assessment &assessment, const Predictions &predictions, const PortData &target,
                                RowRange rows) {
  std::vector<Mistake> mistakes;
  bool binary = assessment.kind == AnswerKind::Binary;
  for (int64_t row = 0; row < predictions.rows; ++row) {
    if (hasNan(predictions, row))
      continue;
    size_t truth = trueClass(target, rows.begin + row, assessment.kind);
    size_t predicted = predictedClass(predictions, row, assessment.kind, assessment.threshold);
    if (truth == predicted || (!binary && truth >= static_cast<size_t>(predictions.columns())))
      continue;
    auto scoreOf = [&](size_t number) { return predictions.at(row, binary ? 0 : static_cast<int64_t>(number)); };
    double margin = binary ? std::abs(scoreOf(0) - assessment.threshold) : scoreOf(predicted) - scoreOf(truth);
    double score = scoreOf(predicted);
    if (binary && !predicted) // the model says how likely class 1 is; of a logit the other class has the opposite
      score = assessment.threshold > 0 ? 1 - score : -score;
    mistakes.push_back({rows.begin + row, truth, predicted, margin, score});
  }
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const Mistake &a, const Mistake &b) { return a.margin > b.margin; });
  return mistakes;
}

} // namespace

bool isPicture(const PortData &port) {
  const std::vector<int64_t> &shape = port.rowShape;
  if (shape.size() < 2 || shape[0] < kLeastSide || shape[1] < kLeastSide || elementCount(shape) != port.values.width())
    return false;
  if (shape.size() == 3)
    return shape[2] == 1 || shape[2] == 3;
  return shape.size() == 2 && (port.values.dtype == DLC_U8 || shape[0] == shape[1]);
}

PictureGrid reconstructions(const std::vector<Predictions> &outputs, const Dataset &data, RowRange rows) {
  std::vector<int64_t> shown;
  for (int64_t row = rows.begin; row < std::min(rows.end, rows.begin + kReconstructions); ++row)
    shown.push_back(row);
  std::vector<Part> parts;
  for (const PortData &port : data.ports())
    if (port.role == 0 && isPicture(port))
      parts.push_back(partOf("input", port, shown));
  size_t inputs = parts.size();
  for (const Predictions &output : outputs) {
    auto isLike = [&](const PortData &port) { return isPicture(port) && port.rowShape == output.rowShape; };
    if (std::any_of(data.ports().begin(), data.ports().end(), isLike))
      parts.push_back(partOf(output, std::min(output.rows, static_cast<int64_t>(shown.size()))));
  }
  if (parts.size() == inputs || shown.empty())
    return {};
  for (const PortData &port : data.ports()) {
    if (port.role != 1 || !isPicture(port))
      continue;
    Part part = partOf("target", port, shown);
    if (std::none_of(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(inputs),
                     [&](const Part &input) { return looksTheSame(input, part); }))
      parts.push_back(std::move(part));
  }
  PictureGrid grid = gridOf(parts);
  grid.remark = "The first " + plural(static_cast<int64_t>(shown.size()), "example") + "; from top to bottom: ";
  for (size_t i = 0; i < parts.size(); ++i)
    grid.remark += (i ? ", " : "") + parts[i].name;
  return grid;
}

PictureGrid worstMistakes(const Assessment &assessment, const Predictions &predictions, const Dataset &data,
                          RowRange rows) {
  const PortData *images = pictureInput(data), *target = data.target();
  bool classifies = assessment.kind == AnswerKind::Binary || assessment.kind == AnswerKind::Multiclass;
  if (!images || !target || !classifies)
    return {};
  std::vector<Mistake> mistakes = mistakesOf(assessment, predictions, *target, rows);
  auto all = static_cast<int64_t>(mistakes.size());
  mistakes.resize(static_cast<size_t>(std::min(kMistakes, all)));
  std::vector<int64_t> shown;
  for (const Mistake &mistake : mistakes)
    shown.push_back(mistake.row);
  PictureGrid grid = gridOf({partOf("input", *images, shown)});
  grid.remark = all > kMistakes ? "The " + std::to_string(kMistakes) + " of " + plural(all, "mistake") +
                                      " that were made with the most confidence"
                                : "Of " + plural(predictions.rows, "example") + ", " + std::to_string(all) +
                                      (all == 1 ? " was" : " were") + " taken for another class";
  for (size_t i = 0; i < mistakes.size(); ++i) {
    const Mistake &mistake = mistakes[i];
    const std::vector<std::string> &names = data.rowNames().names;
    auto row = static_cast<size_t>(mistake.row);
    grid.stacks[i].caption =
        className(assessment.classNames, mistake.truth) + ", taken for " +
        className(assessment.classNames, mistake.predicted) + " (" + numberText(mistake.score, 3) + "), " +
        (row < names.size() ? names[row] : "row " + std::to_string(images->values.origin(mistake.row)));
  }
  return grid;
}

std::string picturesHtml(const PictureGrid &grid, const std::string &heading) {
  std::string out = "<p class=\"sub\">" + escapeHtml(grid.remark) + "</p>\n";
  if (grid.stacks.empty())
    return out;
  out += "<div class=\"panel\"><div class=\"pictures\">";
  for (size_t i = 0; i < grid.stacks.size(); ++i) {
    const PictureStack &stack = grid.stacks[i];
    out += "<figure>";
    for (size_t part = 0; part < stack.pngs.size(); ++part)
      out += "<img alt=\"" +
             escapeHtml(heading + " " + std::to_string(i + 1) +
                        (part < grid.parts.size() ? ", " + grid.parts[part] : "")) +
             "\" width=\"" + std::to_string(stack.width) + "\" height=\"" + std::to_string(stack.height) +
             "\" src=\"data:image/png;base64," + base64(stack.pngs[part]) + "\"/>";
    if (!stack.caption.empty())
      out += "<figcaption>" + escapeHtml(stack.caption) + "</figcaption>";
    out += "</figure>\n";
  }
  return out + "</div></div>\n";
}

} // namespace dlc::fit
