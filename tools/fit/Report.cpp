#include "tools/fit/Report.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/ReportCharts.h"
#include "tools/fit/ReportStyle.h"
#include <cmath>

namespace dlc::fit {
namespace {

struct Cell {
  std::string text;
  bool isNumber = false;
};

class ReportWriter {
public:
  explicit ReportWriter(const ReportInput &input) : input(input) {}

  std::string write() {
    out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
          escapeHtml(input.program.name) + "</title>\n<style>" + kReportStyle + "</style></head><body><main>\n";
    head();
    rates();
    folds();
    curves();
    answers();
    pictures();
    projections();
    data();
    model();
    recipe();
    plan();
    kernels();
    out += "<footer>Made by dlc. Everything in this page is inside this file.</footer>\n</main></body></html>\n";
    return std::move(out);
  }

private:
  void heading(const std::string &text) { out += "<h2>" + escapeHtml(text) + "</h2>\n"; }
  void card(const std::string &name, const std::string &value) {
    out += "<div class=\"card\"><div class=\"value\">" + escapeHtml(value) + "</div><div class=\"name\">" +
           escapeHtml(name) + "</div></div>";
  }
  // Long tables open at a click. The caller ends what this begins.
  bool fold(size_t rows, const char *noun, const std::string &where) {
    constexpr size_t most = 12;
    if (rows <= most)
      return false;
    out += "<details><summary>" + plural(static_cast<int64_t>(rows), noun) + (where.empty() ? "" : " ") + where +
           "</summary>";
    return true;
  }
  void row(const char *tag, const std::vector<Cell> &cells) {
    out += "<tr>";
    for (const Cell &cell : cells)
      out += std::string("<") + tag + (cell.isNumber ? " class=\"number\">" : ">") + escapeHtml(cell.text) + "</" +
             tag + ">";
    out += "</tr>\n";
  }
  void charts(const std::vector<Chart> &all) {
    out += "<div class=\"charts\">";
    for (const Chart &chart : all)
      out += "<div class=\"panel\">" + svgChart(chart) + "</div>";
    out += "</div>\n";
  }

  void head() {
    out += "<h1>" + escapeHtml(input.program.name) + "</h1>\n<p class=\"sub\">" + escapeHtml(input.outcome) +
           "</p>\n<div class=\"cards\">";
    for (const ReportData &data : input.data)
      for (const auto &[name, value] : data.measures)
        if (data.role == input.assessedRole)
          card(data.role + " " + name, numberText(value));
    if (input.assessment.hasTwoClasses()) {
      card("sensitivity", shareText(input.assessment.confusion->sensitivity()));
      card("specificity", shareText(input.assessment.confusion->specificity()));
      card("Matthews correlation", numberText(input.assessment.confusion->matthews(), 3));
    }
    if (input.assessment.kind == AnswerKind::Quantity)
      card("R²", numberText(input.assessment.r2, 3));
    if (!input.history.empty() && input.history.epochs().back().learningRate)
      card("learning rate at the end", numberText(*input.history.epochs().back().learningRate));
    card("parameters", countText(input.program.parameters));
    out += "</div>\n";
    for (const Finding &finding : input.findings)
      if (finding.level == Finding::Level::Warning)
        out += "<p class=\"note\">" + escapeHtml(finding.text) +
               (finding.remedy.empty() ? "" : "<br>" + escapeHtml(finding.remedy)) + "</p>\n";
  }

  // Whole numbers and tenths: columns of percentages are read side by side.
  static std::string percentText(double share) { return numberText(std::round(1000 * share) / 10, 4); }

  static std::string shareText(double value) { return std::isnan(value) ? "–" : numberText(value, 3); }

  void curves() {
    if (input.history.empty())
      return;
    heading("Learning curves");
    charts(historyCharts(input.history));
  }

  void rates() {
    if (!input.rates)
      return;
    heading("Learning-rate range test");
    charts({*input.rates});
  }

  void folds() {
    const CrossValidation &validation = input.crossValidation;
    if (validation.folds.empty())
      return;
    heading("Cross-validation in " + plural(static_cast<int64_t>(validation.folds.size()), "fold"));
    std::vector<FoldSummary> summaries = validation.summaries();
    out += "<div class=\"panel\" style=\"margin-bottom:14px\"><table>";
    std::vector<Cell> head = {{"fold"}, {"trained on", true}, {"held out", true}, {"epochs", true}};
    std::vector<Cell> mean = {{"mean ± standard deviation"}, {}, {}, {}};
    for (const FoldSummary &summary : summaries) {
      head.push_back({summary.name, true});
      mean.push_back(
          {numberText(summary.mean) + (std::isnan(summary.deviation) ? "" : " ± " + numberText(summary.deviation, 2)),
           true});
    }
    row("th", head);
    for (const FoldResult &fold : validation.folds) {
      int64_t epochs = fold.outcome.bestEpoch ? fold.outcome.bestEpoch : fold.outcome.epochsDone;
      std::vector<Cell> cells = {{std::to_string(fold.number)},
                                 {countText(fold.trainRows), true},
                                 {countText(fold.heldRows), true},
                                 {std::to_string(epochs), true}};
      for (const FoldSummary &summary : summaries) {
        std::optional<double> value = fold.kept.measure(summary.name);
        cells.push_back({fold.failure.empty() && value ? numberText(*value) : "–", true});
      }
      row("td", cells);
    }
    row("td", mean);
    out += "</table></div>\n";
    for (const FoldResult &fold : validation.folds)
      if (!fold.failure.empty())
        out += "<p class=\"note\">fold " + std::to_string(fold.number) + ": " + escapeHtml(fold.failure) + "</p>\n";
    charts(foldCharts(validation));
  }

  void answers() {
    if (input.assessment.kind == AnswerKind::Other)
      return;
    heading("Answers on the " + input.assessedRole + " data");
    if (input.assessment.confusion)
      confusion(*input.assessment.confusion);
    std::vector<Chart> all = assessmentCharts(input.assessment);
    if (!all.empty())
      charts(all);
  }

  void pictures() {
    if (!input.reconstructions.stacks.empty()) {
      heading("What becomes of the " + input.assessedRole + " images");
      out += picturesHtml(input.reconstructions, "example");
    }
    if (!input.mistakes.remark.empty()) {
      heading("Mistakes on the " + input.assessedRole + " images");
      out += picturesHtml(input.mistakes, "mistake");
    }
  }

  void projections() {
    for (const Projection &projection : input.projections) {
      heading("Projection of " + projection.title);
      out += "<p class=\"sub\">" + escapeHtml(projection.remark) + "</p>\n";
      charts(projection.charts);
    }
  }

  void confusion(const ConfusionMatrix &matrix) {
    constexpr size_t largest = 30;
    if (matrix.classes() > largest)
      return;
    const std::vector<std::string> &names = input.assessment.classNames;
    out += "<div class=\"panel\" style=\"margin-bottom:14px\"><table class=\"matrix\"><tr><th></th>";
    for (size_t j = 0; j < matrix.classes(); ++j)
      out += "<th>predicted<br>" + escapeHtml(className(names, j)) + "</th>";
    out += "</tr>\n";
    for (size_t i = 0; i < matrix.classes(); ++i) {
      out += "<tr><th class=\"row\">true " + escapeHtml(className(names, i)) + "</th>";
      int64_t all = matrix.truths(i);
      for (size_t j = 0; j < matrix.classes(); ++j) {
        double share = all ? static_cast<double>(matrix.count(i, j)) / static_cast<double>(all) : 0;
        out += "<td style=\"background:rgb(var(--heat) / " + numberText(0.55 * share, 3) + ")\">" +
               std::to_string(matrix.count(i, j)) + "<small>" + percentText(share) + " %</small></td>";
      }
      out += "</tr>\n";
    }
    out += "</table></div>\n";
  }

  void data() {
    if (input.data.empty())
      return;
    heading("Data");
    out += "<div class=\"panel\"><table>";
    row("th", {{"set"}, {"source"}, {"rows", true}, {"classes"}, {"measures"}});
    for (const ReportData &data : input.data) {
      std::string classes, measures;
      for (const auto &[name, count] : data.classCounts)
        classes += (classes.empty() ? "" : ", ") + name + ": " + countText(count);
      for (const auto &[name, value] : data.measures)
        measures += (measures.empty() ? "" : ", ") + name + " " + numberText(value);
      row("td", {{data.role}, {data.description}, {countText(data.rows), true}, {classes}, {measures}});
    }
    out += "</table></div>\n";
    for (const Finding &finding : input.findings)
      if (finding.level == Finding::Level::Info)
        out += "<p class=\"sub\">" + escapeHtml(finding.text) + "</p>\n";
  }

  void model() {
    if (input.program.layers.empty())
      return;
    heading("Model");
    out += "<div class=\"panel\"><table>";
    row("th", {{"layer"}, {"kind"}, {"output"}, {"parameters", true}, {"trainable", true}, {"source"}});
    for (const LayerRow &layer : input.program.layers)
      row("td", {{layer.name},
                 {layer.layer},
                 {layer.output},
                 {countText(layer.parameters), true},
                 {countText(layer.trainable), true},
                 {layer.place}});
    row("td", {{"all"},
               {""},
               {""},
               {countText(input.program.parameters), true},
               {countText(input.program.trainable), true},
               {""}});
    out += "</table></div>\n";
  }

  void recipe() {
    if (input.recipe.json.empty())
      return;
    heading("Recipe");
    out += "<div class=\"panel\"><table>";
    for (const auto &[key, value] : input.recipe.json.items())
      row("td", {{key}, {settingText(value) + (key == "optimizer" ? optimizerText() : "")}});
    out += "</table></div>\n";
  }

  // ": learning_rate 0.02, beta_1 0.9, …"; what a schedule decides is not among them.
  std::string optimizerText() const {
    std::string text;
    for (const auto &[name, value] : input.program.hypers)
      text += (text.empty() ? ": " : ", ") + name + " " + numberText(value);
    bool isScheduled = !input.history.empty() && input.history.epochs().back().learningRate &&
                       text.find("learning_rate ") == std::string::npos;
    return isScheduled ? text + (text.empty() ? ": " : ", ") + "learning_rate by a schedule" : text;
  }

  // {"x": "a.tsv", "y": "b.tsv"} as "x a.tsv, y b.tsv".
  static std::string settingText(const nlohmann::json &value) {
    if (value.is_string())
      return value.get<std::string>();
    if (!value.is_structured())
      return value.dump();
    std::string text;
    for (const auto &[key, part] : value.items())
      text += (text.empty() ? "" : ", ") + (value.is_object() ? key + " " : "") + settingText(part);
    return text;
  }

  void plan() {
    if (input.program.functions.empty())
      return;
    std::string batch = std::to_string(input.program.batch);
    heading("Plan, for batches of " + batch);
    out += "<div class=\"panel\"><table>";
    row("th", {{"function"}, {"inputs"}, {"outputs"}, {"launches", true}, {"flop", true}, {"workspace", true}});
    for (const FunctionRow &function : input.program.functions)
      row("td", {{function.name},
                 {function.inputs},
                 {function.outputs},
                 {std::to_string(function.launches), true},
                 {function.flops ? countText(*function.flops) : "–", true},
                 {function.workspaceBytes ? bytesText(*function.workspaceBytes) : "–", true}});
    out += "</table></div>\n";
    size_t values = 0;
    for (const WorkspaceRow &value : input.program.workspace)
      values += value.function == "train_step";
    if (!values)
      return;
    out += "<p class=\"sub\"></p><div class=\"panel\">";
    bool isFolded = fold(values, "value", "in the workspace of train_step");
    out += "<table>";
    row("th", {{"value in the workspace of train_step"},
               {"source"},
               {"offset", true},
               {"bytes", true},
               {"alive in steps", true},
               {"kept for the gradient"}});
    for (const WorkspaceRow &value : input.program.workspace)
      if (value.function == "train_step")
        row("td", {{value.value},
                   {value.place},
                   {countText(static_cast<int64_t>(value.offset)), true},
                   {countText(static_cast<int64_t>(value.bytes)), true},
                   {std::to_string(value.firstStep) + "–" + std::to_string(value.lastStep), true},
                   {value.kept ? "kept" : ""}});
    out += std::string("</table>") + (isFolded ? "</details>" : "") +
           "</div>\n<p class=\"sub\">Values with the same offset share memory; the variables are one block of " +
           bytesText(variableBytes()) + ".</p>\n";
  }

  uint64_t variableBytes() const {
    uint64_t bytes = 0;
    for (const VariableRow &variable : input.program.variables)
      bytes += variable.bytes;
    return bytes;
  }

  void kernels() {
    if (input.program.kernels.empty())
      return;
    heading("Compiled kernels, for batches of " + std::to_string(input.program.batch));
    out += "<div class=\"panel\">";
    bool isFolded = fold(input.program.kernels.size(), "kernel", "");
    out += "<table>";
    row("th", {{"kernel"}, {"kind"}, {"launches", true}, {"flop", true}, {"bytes", true}, {"source"}, {"value"}});
    for (const KernelRow &kernel : input.program.kernels)
      row("td", {{kernel.name},
                 {kernel.kind},
                 {std::to_string(kernel.launches), true},
                 {kernel.flops ? countText(*kernel.flops) : "–", true},
                 {kernel.bytes ? countText(*kernel.bytes) : "–", true},
                 {kernel.place},
                 {kernel.where}});
    out += std::string("</table>") + (isFolded ? "</details>" : "") + "</div>\n";
  }

  const ReportInput &input;
  std::string out;
};

} // namespace

std::vector<std::pair<std::string, int64_t>> countClasses(const Recipe &recipe, const PortData &target, RowRange rows) {
  AnswerKind kind = answerKind(recipe, 2);
  bool binary = answerKind(recipe, 1) == AnswerKind::Binary;
  int64_t columns = target.values.width();
  std::vector<std::pair<std::string, int64_t>> counts;
  if ((!binary && kind != AnswerKind::Multiclass) || (binary && columns != 1))
    return counts;
  const std::vector<std::string> &names = target.values.labels.empty() ? recipe.classNames : target.values.labels;
  std::vector<int64_t> numbers;
  for (int64_t row = rows.begin; row < rows.end; ++row) {
    int64_t number = 0;
    if (columns == 1)
      number = static_cast<int64_t>(target.values.at(row, 0));
    for (int64_t column = 1; column < columns; ++column)
      if (target.values.at(row, column) > target.values.at(row, number))
        number = column;
    if (number < 0 || number > 10000)
      continue;
    if (static_cast<size_t>(number) >= numbers.size())
      numbers.resize(static_cast<size_t>(number) + 1);
    ++numbers[static_cast<size_t>(number)];
  }
  for (size_t i = 0; i < numbers.size(); ++i)
    counts.emplace_back(
        i < target.values.columns.size() && columns > 1 ? target.values.columns[i] : className(names, i), numbers[i]);
  return counts;
}

std::string htmlReport(const ReportInput &input) { return ReportWriter(input).write(); }

} // namespace dlc::fit
