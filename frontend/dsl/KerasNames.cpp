#include "frontend/dsl/KerasNames.h"
#include "frontend/dsl/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace dlc::dsl {

/// Those that no rule finds.
static constexpr std::pair<StringLiteral, StringLiteral> kOtherNames[] = {
    {"Linear", "dense"},
    {"Normalization", "standardize"},
    {"Reshape", "reshape_to"},
    {"AvgPool1d", "average_pool1d"},
    {"AvgPool2d", "average_pool2d"},
    {"AvgPool3d", "average_pool3d"},
    {"ConvTranspose1d", "conv1d_transpose"},
    {"ConvTranspose2d", "conv2d_transpose"},
    {"ConvTranspose3d", "conv3d_transpose"},
    {"RNN", "simple_rnn"},
    {"NLLLoss", "sparse_categorical_crossentropy"},
    {"CrossEntropyLoss", "sparse_categorical_crossentropy"},
    {"BCELoss", "binary_crossentropy"},
    {"BCEWithLogitsLoss", "binary_crossentropy"},
    {"MSELoss", "mean_squared_error"},
    {"CTCLoss", "ctc"},
    {"ReduceLROnPlateau", "reduce_on_plateau"},
    {"EarlyStopping", "patience"},
    {"Sequential", "stacked"},
    {"acc", "accuracy"},
    {"Accuracy", "accuracy"},
    {"val_acc", "val_accuracy"},
    {"F1Score", "f1"},
    {"use_bias", "bias"},
    {"lr", "learning_rate"},
    {"validation_data", "validation"},
    {"float32", "f32"},
    {"float64", "f64"},
    {"double", "f64"},
    {"int8", "i8"},
    {"int32", "i32"},
    {"int64", "i64"},
};

/// In small letters, without what the two spell differently: "Conv2DTranspose" and "conv2d_transpose" are the same.
static std::string plain(StringRef name) {
  std::string text;
  for (char letter : name)
    if (letter != '_')
      text += toLower(letter);
  return text;
}

static void shorten(std::string &text, StringRef from, StringRef to) {
  if (size_t at = text.find(from.str()); at != std::string::npos)
    text.replace(at, from.size(), to.str());
}

/// The same with Keras's long words shortened.
static std::string shortened(StringRef name) {
  std::string text = plain(name);
  shorten(text, "normalization", "norm");
  shorten(text, "pooling", "pool");
  shorten(text, "initializer", "");
  return text;
}

/// "spatialdropout1d" -> "spatialdropout": layers here that take any number of axes.
static std::string withoutAxes(std::string text) {
  if (text.size() > 2 && text.back() == 'd' && text[text.size() - 2] >= '1' && text[text.size() - 2] <= '3')
    text.resize(text.size() - 2);
  return text;
}

std::optional<std::string> nameForKeras(StringRef name, ArrayRef<StringRef> known) {
  for (const auto &[theirs, ours] : kOtherNames)
    if (name == theirs && is_contained(known, StringRef(ours)))
      return ours.str();
  // kernel_initializer: the layers' parameters end in _init.
  if (StringRef stem = name; stem.consume_back("_initializer"))
    if (std::string own = (stem + "_init").str(); is_contained(known, own))
      return own;
  auto firstWhere = [&](function_ref<bool(StringRef)> isIt) -> std::optional<std::string> {
    std::optional<StringRef> best; // the first in the alphabet: the order of a hash table does not show
    for (StringRef candidate : known)
      if (isIt(candidate) && (!best || candidate < *best))
        best = candidate;
    return best ? std::optional(best->str()) : std::nullopt;
  };
  std::string wanted = plain(name), wantedShort = shortened(name), wantedBare = withoutAxes(wantedShort);
  if (auto found = firstWhere([&](StringRef candidate) { return plain(candidate) == wanted; }))
    return found;
  if (auto found = firstWhere([&](StringRef candidate) { return shortened(candidate) == wantedShort; }))
    return found;
  return firstWhere([&](StringRef candidate) { return shortened(candidate) == wantedBare; });
}

std::string didYouMeanOrKeras(StringRef name, ArrayRef<StringRef> known) {
  std::optional<std::string> own = nameForKeras(name, known);
  return own ? "; did you mean '" + *own + "'?" : didYouMean(name, known);
}

} // namespace dlc::dsl
