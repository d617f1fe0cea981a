#include "tools/fit/RandomInputs.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/Shuffle.h"
#include "tools/fit/SizeFormula.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

constexpr int64_t kOtherSymbol = 6; // value of a symbol that is not the batch
constexpr int64_t kMostSteps = 8;   // the longest sequence
constexpr double kTwoPi = 6.283185307179586;

bool contains(const std::string &text, const char *part) { return text.find(part) != std::string::npos; }

} // namespace

void storeNumber(char *data, dlc_dtype dtype, int64_t element, double value) {
  char *to = data + static_cast<size_t>(element) * bytesOf(dtype);
  switch (dtype) {
  case DLC_F32:
    *reinterpret_cast<float *>(to) = static_cast<float>(value);
    break;
  case DLC_F64:
    *reinterpret_cast<double *>(to) = value;
    break;
  case DLC_I32:
    *reinterpret_cast<int32_t *>(to) = static_cast<int32_t>(value);
    break;
  case DLC_I64:
    *reinterpret_cast<int64_t *>(to) = static_cast<int64_t>(value);
    break;
  default:
    *to = static_cast<char>(value);
  }
}

RandomInputs::RandomInputs(const Program &program, const std::string &loss, int64_t batch, int64_t seed)
    : loss(loss), batch(batch), seed(seed) {
  dlc_function predict = program.function("predict");
  if (predict.output_count && predict.outputs[0].rank) {
    int64_t last = predict.outputs[0].dims[predict.outputs[0].rank - 1].fixed;
    classes = last > 0 ? last : 1;
  }
  for (uint32_t i = 0; i < predict.input_count; ++i) {
    const dlc_port &input = predict.inputs[i];
    if (input.rank < (isFloat(input.dtype) ? 3u : 2u))
      continue; // no sequence
    int64_t steps = shapeOf(input)[1];
    sequence = sequence ? std::min(sequence, steps) : steps;
  }
}

double RandomInputs::uniform(uint64_t index, uint32_t stream) const {
  auto bits = static_cast<uint64_t>(seed);
  auto words = philox({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32), stream, 0},
                      {static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)});
  return (words[0] + 0.5) / 4294967296.0;
}

double RandomInputs::normal(uint64_t index, uint32_t stream) const {
  // Box and Muller, 1958.
  return std::sqrt(-2 * std::log(uniform(2 * index, stream))) * std::cos(kTwoPi * uniform(2 * index + 1, stream));
}

void RandomInputs::fillInput(const dlc_port &description, Port &port) {
  auto stream = static_cast<uint32_t>(ports.size());
  for (int64_t i = 0; i < elementCount(port.shape); ++i) {
    double value = isFloat(description.dtype) ? normal(static_cast<uint64_t>(i), stream)
                                              : uniform(static_cast<uint64_t>(i), stream);
    // Beside a sequence, one whole number of an example is its length, and of length 0 nothing is learned. Others are
    // indices: small ones are in range of every table.
    bool isLength = port.shape.size() == 1 && sequence > 0;
    if (!isFloat(description.dtype))
      value = isLength ? 1 + std::floor(static_cast<double>(std::min(sequence, kMostSteps)) * value)
                       : std::floor(2 * value);
    storeNumber(port.data.data(), description.dtype, i, value);
  }
}

void RandomInputs::fillTarget(const dlc_port &description, Port &port) {
  auto stream = static_cast<uint32_t>(ports.size());
  int64_t columns = port.shape.size() > 1 ? port.shape.back() : 1;
  bool isClass = !isFloat(description.dtype), oneHot = contains(loss, "categorical") && columns > 1;
  bool isBinary = contains(loss, "binary") || contains(loss, "hinge");
  bool isShare = contains(loss, "kl_divergence") || contains(loss, "hellinger") || contains(loss, "poisson");
  for (int64_t i = 0; i < elementCount(port.shape); ++i) {
    double random = uniform(static_cast<uint64_t>(i), stream), value = normal(static_cast<uint64_t>(i), stream);
    if (isClass)
      value = std::floor(random * static_cast<double>(classes > 1 ? classes : 2));
    else if (oneHot)
      value = i % columns ==
              static_cast<int64_t>(uniform(static_cast<uint64_t>(i / columns), stream) * static_cast<double>(columns));
    else if (isBinary)
      value = std::floor(2 * random);
    else if (isShare)
      value = random;
    storeNumber(port.data.data(), description.dtype, i, value);
  }
}

RandomInputs::Port &RandomInputs::portFor(const dlc_port &description) {
  for (const auto &port : ports)
    if (port->name == description.name)
      return *port;
  auto port = std::make_unique<Port>();
  port->name = description.name;
  port->shape = shapeOf(description);
  port->data.resize(static_cast<size_t>(elementCount(port->shape)) * bytesOf(description.dtype));
  if (description.role == 1)
    fillTarget(description, *port);
  else
    fillInput(description, *port);
  ports.push_back(std::move(port));
  return *ports.back();
}

std::vector<int64_t> RandomInputs::shapeOf(const dlc_port &description) const {
  std::vector<int64_t> shape;
  for (uint32_t i = 0; i < description.rank; ++i) {
    // Formulas of one symbol each; those of several are evaluated with the same values.
    SymbolValues symbols = {{"batch", batch}};
    std::string formula = description.dims[i].formula, name;
    for (char c : formula + "+") {
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
        name += c;
        continue;
      }
      if (!name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])))
        symbols.emplace(name, kOtherSymbol);
      name.clear();
    }
    shape.push_back(evaluateFormula(formula, symbols).value_or(1));
  }
  return shape;
}

void RandomInputs::fill(FunctionCall &call) {
  for (size_t i = 0; i < call.inputCount(); ++i) {
    Port &port = portFor(call.input(i));
    call.setInput(i, port.data.data(), port.shape);
  }
}

} // namespace dlc::fit
