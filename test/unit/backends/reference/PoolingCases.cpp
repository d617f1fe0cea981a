#include "test/unit/backends/reference/OpCases.h"
#include <cmath>

using dlc::reference::Tensor;

namespace dlc::test {

namespace {

/// The elements of window (\p row, \p column) of a [rows, columns] tensor as the op is used here, in their order.
struct Windows {
  int64_t rows, columns;             // of the input
  int64_t windowRows, windowColumns; // elements
  int64_t strideRows, strideColumns;

  int64_t outRows() const { return (rows - windowRows) / strideRows + 1; }
  int64_t outColumns() const { return (columns - windowColumns) / strideColumns + 1; }
  int64_t size() const { return windowRows * windowColumns; }
  int64_t element(int64_t window, int64_t number) const {
    int64_t row = window / outColumns() * strideRows + number / windowColumns;
    return row * columns + window % outColumns() * strideColumns + number % windowColumns;
  }
};

const Windows kSideBySide = {6, 9, 2, 3, 2, 3}, kOverlapping = {7, 8, 3, 2, 2, 1}, kGaps = {7, 9, 2, 1, 5, 4},
              kWhole = {3, 4, 3, 4, 1, 1}, kSingle = {3, 4, 1, 1, 1, 1};

std::string pair(int64_t a, int64_t b) { return "[" + std::to_string(a) + ", 1, " + std::to_string(b) + "]"; }

/// The input [rows, {n}, columns], so that windows lie apart in memory.
struct Texts {
  explicit Texts(const Windows &w)
      : input("tensor<" + std::to_string(w.rows) + "x{n}x" + std::to_string(w.columns) + "x{T}>"),
        windows("tensor<" + std::to_string(w.outRows()) + "x{n}x" + std::to_string(w.outColumns()) + "x{T}>"),
        places("tensor<" + std::to_string(w.outRows()) + "x{n}x" + std::to_string(w.outColumns()) + "xi8>"),
        how(" window " + pair(w.windowRows, w.windowColumns) + " strides " + pair(w.strideRows, w.strideColumns)) {}
  std::string input, windows, places, how;
};

/// Calls \p visit with the place of each window in the result and those of its elements in the input.
void forWindows(const Windows &w, int64_t n,
                const std::function<void(int64_t at, const std::vector<int64_t> &elements)> &visit) {
  for (int64_t window = 0; window < w.outRows() * w.outColumns(); ++window)
    for (int64_t i = 0; i < n; ++i) {
      std::vector<int64_t> elements;
      for (int64_t number = 0; number < w.size(); ++number) {
        int64_t element = w.element(window, number);
        elements.push_back((element / w.columns * n + i) * w.columns + element % w.columns);
      }
      visit((window / w.outColumns() * n + i) * w.outColumns() + window % w.outColumns(), elements);
    }
}

void addSums(std::vector<OpCase> &cases, const Windows &w) {
  Texts texts(w);
  cases.push_back({"window_sum",
                   {texts.input},
                   texts.windows,
                   "window_sum %a" + texts.how + " : " + texts.input,
                   {},
                   [w](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     forWindows(w, n, [&](int64_t at, const std::vector<int64_t> &elements) {
                       double sum = 0;
                       for (int64_t element : elements)
                         sum += in[0].getFloat(element);
                       out.setFloat(at, sum);
                     });
                   },
                   2e-7});
}

int64_t firstGreatest(const Tensor &tensor, const std::vector<int64_t> &elements) {
  size_t best = 0;
  for (size_t i = 1; i < elements.size(); ++i)
    if (tensor.isFloat() ? tensor.getFloat(elements[i]) > tensor.getFloat(elements[best])
                         : tensor.getInt(elements[i]) > tensor.getInt(elements[best]))
      best = i;
  return best;
}

void addMaxima(std::vector<OpCase> &cases, const Windows &w) {
  Texts texts(w);
  cases.push_back({"window_max",
                   {texts.input},
                   texts.windows,
                   "window_max %a" + texts.how + " : " + texts.input,
                   {},
                   [w](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     forWindows(w, n, [&](int64_t at, const std::vector<int64_t> &elements) {
                       out.setFloat(at, in[0].getFloat(elements[firstGreatest(in[0], elements)]));
                     });
                   }});
  cases.push_back({"window_arg_max",
                   {texts.input},
                   texts.places,
                   "window_arg_max %a" + texts.how + " : " + texts.input,
                   {},
                   [w](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     forWindows(w, n, [&](int64_t at, const std::vector<int64_t> &elements) {
                       out.setInt(at, firstGreatest(in[0], elements));
                     });
                   }});
}

/// Places may be beyond the window: they name no element.
void addPlaces(std::vector<OpCase> &cases, const Windows &w) {
  Texts texts(w);
  cases.push_back(
      {"window_scatter",
       {texts.windows, texts.places},
       texts.input,
       "window_scatter %a, %b" + texts.how + " : " + texts.windows + ", " + texts.places + " -> " + texts.input,
       {{}, {0, double(w.size())}},
       [w](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
         std::vector<double> sums(out.count(), 0);
         forWindows(w, n, [&](int64_t at, const std::vector<int64_t> &elements) {
           if (in[1].getInt(at) < w.size())
             sums[elements[in[1].getInt(at)]] += in[0].getFloat(at);
         });
         for (int64_t i = 0; i < out.count(); ++i)
           out.setFloat(i, sums[i]);
       },
       2e-7});
  cases.push_back(
      {"window_gather",
       {texts.input, texts.places},
       texts.windows,
       "window_gather %a, %b" + texts.how + " : " + texts.input + ", " + texts.places + " -> " + texts.windows,
       {{}, {0, double(w.size() - 1)}},
       [w](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
         forWindows(w, n, [&](int64_t at, const std::vector<int64_t> &elements) {
           out.setFloat(at, in[0].getFloat(elements[in[1].getInt(at)]));
         });
       }});
}

/// Few different integers, so that ties come up, and sums that wrap.
void addIntegers(std::vector<OpCase> &cases) {
  Windows w = kOverlapping;
  std::string input = "tensor<7x{n}x8xi8>", how = Texts(w).how;
  cases.push_back({"window_arg_max",
                   {input},
                   Texts(w).places,
                   "window_arg_max %a" + how + " : " + input,
                   {{-1, 1}},
                   [w](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     forWindows(w, n, [&](int64_t at, const std::vector<int64_t> &elements) {
                       out.setInt(at, firstGreatest(in[0], elements));
                     });
                   }});
  cases.push_back({"window_sum",
                   {input},
                   Texts(w).places,
                   "window_sum %a" + how + " : " + input,
                   {{-128, 127}},
                   [w](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     forWindows(w, n, [&](int64_t at, const std::vector<int64_t> &elements) {
                       int64_t sum = 0;
                       for (int64_t element : elements)
                         sum += in[0].getInt(element);
                       out.setInt(at, sum);
                     });
                   }});
}

/// Place 255 of a window is -1 as a byte with a sign.
void addLargestWindow(std::vector<OpCase> &cases) {
  cases.push_back({"window_arg_max",
                   {"tensor<256x{n}x{T}>"},
                   "tensor<1x{n}xi8>",
                   "window_arg_max %a window [256, 1] strides [1, 1] : tensor<256x{n}x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i) {
                       std::vector<int64_t> elements;
                       for (int64_t row = 0; row < 256; ++row)
                         elements.push_back(row * n + i);
                       out.setInt(i, int8_t(firstGreatest(in[0], elements)));
                     }
                   }});
  cases.push_back({"window_gather",
                   {"tensor<256x{n}x{T}>", "tensor<1x{n}xi8>"},
                   "tensor<1x{n}x{T}>",
                   "window_gather %a, %b window [256, 1] strides [1, 1] : tensor<256x{n}x{T}>, tensor<1x{n}xi8> -> "
                   "tensor<1x{n}x{T}>",
                   {{}, {-128, 127}},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, in[0].getFloat(int64_t(uint8_t(in[1].getInt(i))) * n + i));
                   }});
}

} // namespace

void addPoolingCases(std::vector<OpCase> &cases) {
  for (const Windows &windows : {kSideBySide, kOverlapping, kGaps, kWhole, kSingle}) {
    addSums(cases, windows);
    addMaxima(cases, windows);
    addPlaces(cases, windows);
  }
  addIntegers(cases);
  addLargestWindow(cases);
  for (OpCase &each : cases)
    if (each.op.rfind("window", 0) == 0)
      each.smallest = 1; // a window of one element does not fit into none
}

} // namespace dlc::test
