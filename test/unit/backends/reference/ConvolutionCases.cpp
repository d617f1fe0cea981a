#include "test/unit/backends/reference/OpCases.h"

using dlc::reference::Tensor;

namespace dlc::test {

namespace {

/// How many steps it is from one element to the next along each dimension.
std::vector<int64_t> stepsOf(const Tensor &tensor) {
  std::vector<int64_t> steps(tensor.shape.size(), 1);
  for (size_t dim = steps.size(); dim-- > 1;)
    steps[dim - 1] = steps[dim] * tensor.shape[dim];
  return steps;
}

/// A loop over all \p sizes.
void forAll(const std::vector<int64_t> &sizes, const std::function<void(const std::vector<int64_t> &)> &visit,
            std::vector<int64_t> at = {}) {
  if (at.size() == sizes.size())
    return visit(at);
  at.push_back(0);
  for (int64_t &index = at.back(); index < sizes[at.size() - 1]; ++index)
    forAll(sizes, visit, at);
}

/// The definition: input [n, s…, (g,) ci], filter [k…, (g,) ci, co], result [n, o…, (g,) co].
Loops convolve(std::vector<int64_t> strides, std::vector<int64_t> dilation, bool grouped = false) {
  return [=](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t) {
    size_t spatial = strides.size(), last = out.shape.size() - 1;
    std::vector<int64_t> inputSteps = stepsOf(in[0]), filterSteps = stepsOf(in[1]), outSteps = stepsOf(out);
    std::vector<int64_t> taps(in[1].shape.begin(), in[1].shape.begin() + spatial);
    forAll({out.shape.begin(), out.shape.end()}, [&](const std::vector<int64_t> &o) {
      double sum = 0;
      forAll(taps, [&](const std::vector<int64_t> &k) {
        for (int64_t channel = 0; channel < in[0].shape[last]; ++channel) {
          int64_t x = o[0] * inputSteps[0] + channel, w = channel * filterSteps[last - 1] + o[last];
          for (size_t dim = 0; dim < spatial; ++dim) {
            x += (o[dim + 1] * strides[dim] + k[dim] * dilation[dim]) * inputSteps[dim + 1];
            w += k[dim] * filterSteps[dim];
          }
          if (grouped) {
            x += o[spatial + 1] * inputSteps[spatial + 1];
            w += o[spatial + 1] * filterSteps[spatial];
          }
          sum += in[0].getFloat(x) * in[1].getFloat(w);
        }
      });
      int64_t at = 0;
      for (size_t dim = 0; dim <= last; ++dim)
        at += o[dim] * outSteps[dim];
      out.setFloat(at, sum);
    });
  };
}

std::string listOf(const std::vector<int64_t> &numbers) {
  std::string text;
  for (int64_t number : numbers)
    text += (text.empty() ? "[" : ", ") + std::to_string(number);
  return text + "]";
}

void addCase(std::vector<OpCase> &cases, std::string input, std::string filter, std::string result,
             std::vector<int64_t> strides, std::vector<int64_t> dilation, bool grouped = false) {
  input = "tensor<" + input + "x{T}>";
  filter = "tensor<" + filter + "x{T}>";
  cases.push_back({"convolution",
                   {input, filter},
                   "tensor<" + result + "x{T}>",
                   "convolution %a, %b strides " + listOf(strides) + " dilation " + listOf(dilation) +
                       (grouped ? " grouped" : "") + " : " + input + ", " + filter,
                   {},
                   convolve(strides, dilation, grouped),
                   2e-7}); // one rounding to f32 of a sum in double
}

} // namespace

void addConvolutionCases(std::vector<OpCase> &cases) {
  // {n} is the batch, the channels, the features, and what a stride of 1 slides along.
  addCase(cases, "{n}x7x3", "3x3x4", "{n}x5x4", {1}, {1});
  addCase(cases, "2x7x{n}", "3x{n}x4", "2x5x4", {1}, {1});
  addCase(cases, "2x7x3", "3x3x{n}", "2x5x{n}", {1}, {1});
  // Strides: windows that overlap and leave one element out; that leave gaps; of one element.
  addCase(cases, "{n}x8x2", "3x2x3", "{n}x3x3", {2}, {1});
  addCase(cases, "{n}x9x2", "2x2x3", "{n}x3x3", {3}, {1});
  addCase(cases, "{n}x9x2", "1x2x3", "{n}x3x3", {4}, {1});
  // A window of the whole input; dilation.
  addCase(cases, "{n}x5x2", "5x2x3", "{n}x1x3", {1}, {1});
  addCase(cases, "{n}x9x2", "3x2x3", "{n}x3x3", {1}, {3});
  addCase(cases, "{n}x1x2", "1x2x3", "{n}x1x3", {1}, {1});
  // Two dimensions with different windows, one strided and one dilated; three.
  addCase(cases, "{n}x7x9x2", "3x2x2x3", "{n}x3x6x3", {2, 1}, {1, 3});
  addCase(cases, "{n}x4x5x3x2", "2x3x1x2x2", "{n}x3x2x3x2", {1, 2, 1}, {1, 1, 1});
  // Groups; each channel by itself, with two features.
  addCase(cases, "{n}x6x2x3", "2x2x3x2", "{n}x5x2x2", {1}, {1}, true);
  addCase(cases, "{n}x5x6x4x1", "2x3x4x1x2", "{n}x2x2x4x2", {2, 3}, {1, 1}, true);
  addCase(cases, "2x6x{n}x2", "3x{n}x2x1", "2x2x{n}x1", {1}, {2}, true);
}

} // namespace dlc::test
