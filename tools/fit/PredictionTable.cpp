#include "tools/fit/PredictionTable.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NumberText.h"

namespace dlc::fit {
namespace {

std::string cellText(dlc_dtype dtype, double value) {
  if (dtype == DLC_F32)
    return exactText(static_cast<float>(value));
  return dtype == DLC_F64 ? exactText(value) : std::to_string(static_cast<int64_t>(value));
}

std::string headerText(const Recipe &recipe, const std::vector<Predictions> &outputs, bool hasClass) {
  std::string text;
  for (const Predictions &output : outputs) {
    bool named = &output == outputs.data() && static_cast<int64_t>(recipe.classNames.size()) == output.columns();
    for (int64_t column = 0; column < output.columns(); ++column) {
      text += (text.empty() ? "" : "\t") + output.name;
      if (output.columns() > 1)
        text += "_" + (named ? recipe.classNames[static_cast<size_t>(column)] : std::to_string(column));
    }
  }
  return text + (hasClass ? "\tclass\n" : "\n");
}

// The name of a file may hold anything.
std::string cellOf(std::string name) {
  for (char &c : name)
    if (c == '\t' || c == '\n' || c == '\r')
      c = ' ';
  return name;
}

} // namespace

std::string predictionTable(const Recipe &recipe, const std::vector<Predictions> &outputs, const RowNames &names) {
  AnswerKind kind = outputs.empty() ? AnswerKind::Other : answerKind(recipe, outputs[0].columns());
  bool hasClass = kind == AnswerKind::Binary || kind == AnswerKind::Multiclass;
  double threshold = kind == AnswerKind::Binary ? binaryThreshold(outputs[0]) : 0;
  std::string text = (names.names.empty() ? "" : names.title + "\t") + headerText(recipe, outputs, hasClass);
  for (int64_t row = 0; !outputs.empty() && row < outputs[0].rows; ++row) {
    bool first = true;
    if (!names.names.empty())
      text += cellOf(names.names[static_cast<size_t>(row)]) + "\t";
    for (const Predictions &output : outputs)
      for (int64_t column = 0; column < output.columns(); ++column, first = false)
        text += (first ? "" : "\t") + cellText(output.dtype, output.at(row, column));
    if (hasClass)
      text += "\t" + (hasNan(outputs[0], row)
                          ? std::string("NA")
                          : className(recipe.classNames, predictedClass(outputs[0], row, kind, threshold)));
    text += '\n';
  }
  return text;
}

} // namespace dlc::fit
