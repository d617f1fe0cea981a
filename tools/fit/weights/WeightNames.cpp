#include "tools/fit/weights/WeightNames.h"
#include <algorithm>
#include <cctype>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

namespace dlc::fit {
namespace {

struct Synonym {
  const char *here, *keras;
};
constexpr Synonym kWeights[] = {{"w", "kernel"},
                                {"b", "bias"},
                                {"u", "recurrent_kernel"},
                                {"depthwise_w", "depthwise_kernel"},
                                {"pointwise_w", "pointwise_kernel"}};
constexpr Synonym kLayers[] = {{"batch_norm", "batch_normalization"},
                               {"layer_norm", "layer_normalization"},
                               {"group_norm", "group_normalization"},
                               {"rms_norm", "rms_normalization"}};

// As Keras creates the weights of a layer.
constexpr const char *kKerasOrder[] = {
    "kernel", "embeddings", "depthwise_kernel", "pointwise_kernel", "recurrent_kernel", "bias",
    "gamma",  "beta",       "moving_mean",      "moving_variance"};

template <size_t N> std::string kerasName(const Synonym (&synonyms)[N], const std::string &name) {
  for (const Synonym &synonym : synonyms)
    if (name == synonym.here)
      return synonym.keras;
  return name;
}

size_t orderOf(const dlc_variable &variable, const std::string &weight) {
  size_t known = static_cast<size_t>(std::find(std::begin(kKerasOrder), std::end(kKerasOrder), kerasName(kWeights, weight)) -
                                     std::begin(kKerasOrder));
  return known < std::size(kKerasOrder) ? known : std::size(kKerasOrder) + (variable.kind == DLC_STATE);
}

std::vector<std::string> split(const std::string &path) {
  std::vector<std::string> parts(1);
  for (char c : path) {
    if (c == '/' || c == '\\') // older Keras wrote the latter
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

std::string join(const std::vector<std::string> &parts, size_t begin, size_t end) {
  std::string path;
  for (size_t i = begin; i < end; ++i)
    path += (i > begin ? "/" : "") + parts[i];
  return path;
}

// -1: not a whole number.
int64_t wholeNumber(const std::string &text) {
  if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos)
    return -1;
  return std::stoll(text);
}

// "block/dense_2" into "block/dense" and 2.
std::pair<std::string, int64_t> splitNumber(const std::string &path) {
  size_t underscore = path.rfind('_'), slash = path.rfind('/');
  size_t begin = slash == std::string::npos ? 0 : slash + 1;
  int64_t number = -1;
  if (underscore != std::string::npos && underscore > begin)
    number = wholeNumber(path.substr(underscore + 1));
  std::string base = path.substr(begin, number < 0 ? std::string::npos : underscore - begin);
  return {path.substr(0, begin) + kerasName(kLayers, base), number};
}

std::string weightOf(const std::string &variable) { return variable.substr(variable.rfind('/') + 1); }
std::string layerOf(const std::string &variable) {
  size_t slash = variable.rfind('/');
  return slash == std::string::npos ? "" : variable.substr(0, slash);
}

} // namespace

WeightNames::WeightNames(const Program &program) : program(&program) {
  for (const dlc_variable &variable : program.variables())
    if (variable.kind == DLC_PARAM || variable.kind == DLC_STATE) {
      Layer &layer = layers[layerOf(variable.name)];
      layer.path = layerOf(variable.name);
      layer.variables.push_back(variable);
    }
  for (auto &[path, layer] : layers) {
    std::sort(layer.variables.begin(), layer.variables.end(), [](const dlc_variable &a, const dlc_variable &b) {
      return std::pair(orderOf(a, weightOf(a.name)), a.offset) < std::pair(orderOf(b, weightOf(b.name)), b.offset);
    });
    auto [kind, number] = splitNumber(path);
    kinds[kind][number] = &layer;
  }
  nlohmann::json described = program.metadata("layers");
  for (const nlohmann::json &layer : described.is_array() ? described : nlohmann::json::array()) {
    if (!layer.is_object() || !layer.contains("name") || !layer["name"].is_string() || !layer.contains("layer") ||
        !layer["layer"].is_string())
      continue;
    auto found = layers.find(layer["name"].get<std::string>());
    if (found == layers.end())
      continue;
    auto &same = kindsByUse["@" + kerasName(kLayers, layer["layer"].get<std::string>())];
    same.emplace(static_cast<int64_t>(same.size()), &found->second);
  }
}

std::optional<WeightNames::Place> WeightNames::placeOf(const std::string &tensor) const {
  std::vector<std::string> parts = split(tensor);
  if (parts.size() > 1 && parts[0] == "model_weights")
    parts.erase(parts.begin());
  if (parts[0] == "optimizer_weights" || parts[0] == "optimizer")
    return std::nullopt;
  Place place;
  bool isNumbered = parts.size() >= 2 && parts[parts.size() - 2] == "vars" && wholeNumber(parts.back()) >= 0;
  if (isNumbered) {
    place.index = wholeNumber(parts.back());
    parts.resize(parts.size() - 2);
    auto isFiller = [](const std::string &part) {
      return part == "layers" || part == "_layer_checkpoint_dependencies";
    };
    parts.erase(std::remove_if(parts.begin(), parts.end(), isFiller), parts.end());
  } else {
    place.weight = parts.back().substr(0, parts.back().rfind(':'));
    parts.pop_back();
  }
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end()); // dense_1/dense_1/kernel:0
  // The name of the model stands before that of the layer, or behind it.
  std::vector<std::string> candidates;
  for (size_t begin = 0; begin < parts.size() || begin == 0; ++begin)
    candidates.push_back(join(parts, begin, parts.size()));
  if (!parts.empty())
    candidates.push_back(parts.front());
  for (const std::string &candidate : candidates) {
    std::tie(place.kind, place.number) = splitNumber(candidate);
    if (kinds.count(place.kind))
      return place;
  }
  // Keras 3 forgets the names that layers were given, and counts the layers of a class.
  std::tie(place.kind, place.number) = splitNumber(parts.empty() ? "" : parts.back());
  place.kind = "@" + place.kind;
  return isNumbered && kindsByUse.count(place.kind) ? std::optional(place) : std::nullopt;
}

std::map<int64_t, const WeightNames::Layer *> WeightNames::layersFor(const std::string &kind,
                                                                     const std::vector<int64_t> &numbers) const {
  bool isByUse = kind[0] == '@';
  const std::map<int64_t, const Layer *> &own = (isByUse ? kindsByUse : kinds).at(kind);
  bool areEqual = !isByUse && std::all_of(numbers.begin(), numbers.end(), [&](int64_t n) { return own.count(n); });
  bool isFromZero = numbers[0] < 0 && !own.count(-1);
  std::map<int64_t, const Layer *> found;
  auto next = own.begin();
  for (int64_t number : numbers) {
    if (areEqual || (numbers.size() != own.size() && !isFromZero)) {
      if (auto same = own.find(number); same != own.end() && !isByUse)
        found[number] = same->second;
    } else if (numbers.size() == own.size()) { // the first is the first
      found[number] = (next++)->second;
    } else if (auto same = own.find(number < 0 ? !isByUse : number + !isByUse); same != own.end()) {
      found[number] = same->second;
    }
  }
  return found;
}

std::string WeightNames::variableOf(const Layer &layer, const Place &place) const {
  if (place.index >= 0)
    return static_cast<size_t>(place.index) < layer.variables.size() ? layer.variables[place.index].name : "";
  std::string found;
  for (const dlc_variable &variable : layer.variables) {
    if (weightOf(variable.name) == place.weight)
      return variable.name;
    std::string kind = kerasName(kWeights, weightOf(variable.name));
    // The only kernel of a depthwise convolution, and that of an embedding, have names of their own.
    bool isOnlyKernel = kind == "kernel" && (place.weight == "depthwise_kernel" || place.weight == "embeddings");
    if (kind == kerasName(kWeights, place.weight) || isOnlyKernel)
      found = found.empty() ? variable.name : "-"; // two of a kind: neither
  }
  return found == "-" ? "" : found;
}

std::vector<std::string> WeightNames::match(const std::vector<std::string> &tensors) const {
  std::vector<std::string> found(tensors.size());
  std::vector<std::optional<Place>> places(tensors.size());
  std::map<std::string, std::set<int64_t>> numbers;
  for (size_t i = 0; i < tensors.size(); ++i) {
    // Of our own export of slots.
    std::string own = tensors[i].rfind("optimizer_weights/", 0) == 0 ? tensors[i].substr(18) : tensors[i];
    if (dlc_find_variable(program->handle(), own.c_str()) >= 0)
      found[i] = own;
    places[i] = placeOf(tensors[i]);
    if (places[i])
      numbers[places[i]->kind].insert(places[i]->number);
  }
  std::map<std::string, std::map<int64_t, const Layer *>> chosen;
  for (const auto &[kind, all] : numbers)
    chosen[kind] = layersFor(kind, {all.begin(), all.end()});
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (!found[i].empty() || !places[i])
      continue;
    const auto &layersOfKind = chosen[places[i]->kind];
    if (auto layer = layersOfKind.find(places[i]->number); layer != layersOfKind.end())
      found[i] = variableOf(*layer->second, *places[i]);
  }
  return found;
}

std::string kerasDataset(const std::string &variable) {
  std::string layer = layerOf(variable), weight = kerasName(kWeights, weightOf(variable)) + ":0";
  return layer.empty() ? weight : layer.substr(0, layer.find('/')) + "/" + layer + "/" + weight;
}

} // namespace dlc::fit
