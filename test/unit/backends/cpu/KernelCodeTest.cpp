// What compiled kernels do with buffers, symbols, masks and stack memory.
#include "test/unit/backends/cpu/KernelRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace dlc;
using namespace dlc::test;

namespace {

/// Ends at a page that cannot be touched.
class FencedFloats {
public:
  explicit FencedFloats(size_t count) : count(count) {
    size_t page = sysconf(_SC_PAGESIZE);
    bytes = (count * sizeof(float) + page - 1) / page * page + page;
    base = static_cast<char *>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + bytes - page, page, PROT_NONE);
    start = reinterpret_cast<float *>(base + bytes - page) - count;
  }
  ~FencedFloats() { munmap(base, bytes); }
  float *data() { return start; }
  float &operator[](size_t i) { return start[i]; }
  const size_t count;

private:
  char *base;
  size_t bytes;
  float *start;
};

void run(const std::string &text, std::vector<void *> buffers, std::vector<int64_t> symbols, int64_t begin, int64_t end,
         const CpuTarget &target) {
  std::unique_ptr<MappedImage> image = compile(text, target);
  ASSERT_TRUE(image && image->find("k")) << target.level.str();
  image->find("k")(buffers.data(), symbols.data(), begin, end);
}

TEST(KernelCodeTest, ReadsItsSymbolsFromTheProgramsList) {
  const char *text = R"(
    module attributes {kernel.symbols = ["batch", "t", "width"]} {
      func.func private @k(%y: memref<2xi64>, %width: index, %batch: index, %begin: index, %end: index)
          attributes {kernel.symbols = ["width", "batch"], kernel.args = [["2"]]} {
        %zero = arith.constant 0 : index
        %one = arith.constant 1 : index
        %w = arith.index_cast %width : index to i64
        %b = arith.index_cast %batch : index to i64
        memref.store %w, %y[%zero] : memref<2xi64>
        memref.store %b, %y[%one] : memref<2xi64>
        return
      }
    })";
  int64_t y[2] = {};
  run(text, {y}, {3, 5, 7}, 0, 1, CpuTarget::host());
  EXPECT_EQ(y[0], 7);
  EXPECT_EQ(y[1], 3);
}

TEST(KernelCodeTest, StridesFollowFromPolynomialSizes) {
  // Sizes [2*batch+1, batch*t, 2]: element [1, 2, 1] is at (1 * batch*t + 2) * 2 + 1.
  const char *text = R"(
    module attributes {kernel.symbols = ["batch", "t"]} {
      func.func private @k(%x: memref<?x?x2xf32>, %batch: index, %t: index, %begin: index, %end: index)
          attributes {kernel.symbols = ["batch", "t"], kernel.args = [["2*batch+1", "batch*t", "2"]]} {
        %one = arith.constant 1 : index
        %two = arith.constant 2 : index
        %v = arith.constant 5.0 : f32
        memref.store %v, %x[%one, %two, %one] : memref<?x?x2xf32>
        return
      }
    })";
  const int64_t batch = 3, t = 4;
  std::vector<float> x((2 * batch + 1) * batch * t * 2);
  run(text, {x.data()}, {batch, t}, 0, 1, CpuTarget::host());
  EXPECT_EQ(x[(1 * batch * t + 2) * 2 + 1], 5);
}

TEST(KernelCodeTest, ComputesOnlyItsPartOfTheRange) {
  const char *text = R"(
    module attributes {kernel.symbols = ["n"]} {
      func.func private @k(%y: memref<?xf32>, %n: index, %begin: index, %end: index)
          attributes {kernel.symbols = ["n"], kernel.args = [["n"]]} {
        %one = arith.constant 1 : index
        %v = arith.constant 1.0 : f32
        scf.for %i = %begin to %end step %one {
          memref.store %v, %y[%i] : memref<?xf32>
        }
        return
      }
    })";
  float y[6] = {};
  run(text, {y}, {6}, 2, 4, CpuTarget::host());
  EXPECT_EQ(std::vector<float>(y, y + 6), (std::vector<float>{0, 0, 1, 1, 0, 0}));
}

TEST(KernelCodeTest, MaskedTailTouchesNothingBehindTheBuffer) {
  const char *text = R"(
    module attributes {kernel.symbols = ["n"]} {
      func.func private @k(%x: memref<?xf32>, %y: memref<?xf32>, %n: index, %begin: index, %end: index)
          attributes {kernel.symbols = ["n"], kernel.args = [["n"], ["n"]]} {
        %step = arith.constant 16 : index
        %none = arith.constant dense<0.0> : vector<16xf32>
        scf.for %i = %begin to %end step %step {
          %rest = arith.subi %end, %i : index
          %mask = vector.create_mask %rest : vector<16xi1>
          %v = vector.maskedload %x[%i], %mask, %none : memref<?xf32>, vector<16xi1>, vector<16xf32> into vector<16xf32>
          %r = arith.addf %v, %v fastmath<contract> : vector<16xf32>
          vector.maskedstore %y[%i], %mask, %r : memref<?xf32>, vector<16xi1>, vector<16xf32>
        }
        return
      }
    })";
  for (const CpuTarget &target : runnableTargets())
    for (size_t n : {1, 7, 16, 19}) {
      FencedFloats x(n), y(n);
      for (size_t i = 0; i < n; ++i)
        x[i] = i;
      run(text, {x.data(), y.data()}, {int64_t(n)}, 0, n, target);
      for (size_t i = 0; i < n; ++i)
        EXPECT_EQ(y[i], 2 * i);
    }
}

TEST(KernelCodeTest, GathersAndReduces) {
  const char *text = R"(
    module attributes {kernel.symbols = []} {
      func.func private @k(%x: memref<64xf32>, %y: memref<2xf32>, %begin: index, %end: index)
          attributes {kernel.symbols = [], kernel.args = [["64"], ["2"]]} {
        %zero = arith.constant 0 : index
        %one = arith.constant 1 : index
        %three = arith.constant dense<3> : vector<16xindex>
        %all = arith.constant dense<true> : vector<16xi1>
        %none = arith.constant dense<0.0> : vector<16xf32>
        %lane = vector.step : vector<16xindex>
        %at = arith.muli %lane, %three : vector<16xindex>
        %v = vector.gather %x[%zero] [%at], %all, %none
            : memref<64xf32>, vector<16xindex>, vector<16xi1>, vector<16xf32> into vector<16xf32>
        %sum = vector.reduction <add>, %v fastmath<reassoc,contract> : vector<16xf32> into f32
        %max = vector.reduction <maximumf>, %v : vector<16xf32> into f32
        memref.store %sum, %y[%zero] : memref<2xf32>
        memref.store %max, %y[%one] : memref<2xf32>
        return
      }
    })";
  float x[64], y[2];
  for (int i = 0; i < 64; ++i)
    x[i] = i;
  for (const CpuTarget &target : runnableTargets()) {
    run(text, {x, y}, {}, 0, 1, target);
    EXPECT_EQ(y[0], 3 * 120);
    EXPECT_EQ(y[1], 45);
    x[30] = NAN;
    run(text, {x, y}, {}, 0, 1, target);
    EXPECT_TRUE(std::isnan(y[1])) << "a maximum must find NaN";
    x[30] = 30;
  }
}

TEST(KernelCodeTest, StructuredVectorOpsAreLowered) {
  // A 2x2 contraction of transposed, strided pieces, through a stack buffer and views.
  const char *text = R"(
    module attributes {kernel.symbols = []} {
      func.func private @k(%x: memref<4x4xf32>, %y: memref<16xf32>, %begin: index, %end: index)
          attributes {kernel.symbols = [], kernel.args = [["4", "4"], ["16"]]} {
        %zero = arith.constant 0 : index
        %pad = arith.constant 0.0 : f32
        %stack = memref.alloca() : memref<4x4xf32>
        %v = vector.transfer_read %x[%zero, %zero], %pad {in_bounds = [true, true]} : memref<4x4xf32>, vector<4x4xf32>
        %t = vector.transpose %v, [1, 0] : vector<4x4xf32> to vector<4x4xf32>
        vector.transfer_write %t, %stack[%zero, %zero] {in_bounds = [true, true]} : vector<4x4xf32>, memref<4x4xf32>
        %view = memref.subview %stack[0, 0] [2, 4] [1, 1] : memref<4x4xf32> to memref<2x4xf32, strided<[4, 1]>>
        %flat = memref.reinterpret_cast %stack to offset: [0], sizes: [16], strides: [1]
            : memref<4x4xf32> to memref<16xf32>
        %a = vector.transfer_read %view[%zero, %zero], %pad {in_bounds = [true, true]}
            : memref<2x4xf32, strided<[4, 1]>>, vector<2x4xf32>
        %c = arith.constant dense<1.0> : vector<2x2xf32>
        %p = vector.contract {indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>,
                                               affine_map<(i, j, k) -> (i, j)>],
                              iterator_types = ["parallel", "parallel", "reduction"],
                              kind = #vector.kind<add>} %a, %a, %c : vector<2x4xf32>, vector<2x4xf32> into vector<2x2xf32>
        %s = vector.shape_cast %p : vector<2x2xf32> to vector<4xf32>
        vector.store %s, %flat[%zero] : memref<16xf32>, vector<4xf32>
        %all = vector.load %flat[%zero] : memref<16xf32>, vector<16xf32>
        vector.store %all, %y[%zero] : memref<16xf32>, vector<16xf32>
        return
      }
    })";
  float x[16], y[16];
  for (int i = 0; i < 16; ++i)
    x[i] = i;
  for (const CpuTarget &target : runnableTargets()) {
    run(text, {x, y}, {}, 0, 1, target);
    // Rows 0 and 1 of the transpose are columns 0 and 1: (0 4 8 12), (1 5 9 13).
    EXPECT_EQ(std::vector<float>(y, y + 4), (std::vector<float>{225, 249, 249, 277}));
    EXPECT_EQ(y[8], x[2]);
  }
}

TEST(KernelCodeTest, BuffersOfAnInoutPairMayBeOne) {
  // x[0] is read again after y[0], which is the same element, was written.
  const char *text = R"(
    module attributes {kernel.symbols = []} {
      func.func private @k(%x: memref<2xf32>, %y: memref<2xf32>, %begin: index, %end: index)
          attributes {kernel.symbols = [], kernel.args = [["2"], ["2"]], kernel.inout = [[0, 1]]} {
        %zero = arith.constant 0 : index
        %one = arith.constant 1 : index
        %a = memref.load %x[%zero] : memref<2xf32>
        %b = arith.addf %a, %a : f32
        memref.store %b, %y[%zero] : memref<2xf32>
        %c = memref.load %x[%zero] : memref<2xf32>
        memref.store %c, %y[%one] : memref<2xf32>
        return
      }
    })";
  float x[2] = {3, 0};
  run(text, {x, x}, {}, 0, 1, CpuTarget::host());
  EXPECT_EQ(x[1], 6);
}

TEST(KernelCodeTest, MathHasTheSameBitsAtEveryVectorLength) {
  const char *vectors = R"(
    module attributes {kernel.symbols = []} {
      func.func private @k(%x: memref<192xf32>, %y: memref<192xf32>, %begin: index, %end: index)
          attributes {kernel.symbols = [], kernel.args = [["192"], ["192"]]} {
        %step = arith.constant $lanes : index
        scf.for %i = %begin to %end step %step {
          %v = vector.load %x[%i] : memref<192xf32>, vector<$lanesxf32>
          %r = math.$op %v : vector<$lanesxf32>
          vector.store %r, %y[%i] : memref<192xf32>, vector<$lanesxf32>
        }
        return
      }
    })";
  const char *scalars = R"(
    module attributes {kernel.symbols = []} {
      func.func private @k(%x: memref<192xf32>, %y: memref<192xf32>, %begin: index, %end: index)
          attributes {kernel.symbols = [], kernel.args = [["192"], ["192"]]} {
        %step = arith.constant 1 : index
        scf.for %i = %begin to %end step %step {
          %v = memref.load %x[%i] : memref<192xf32>
          %r = math.$op %v : f32
          memref.store %r, %y[%i] : memref<192xf32>
        }
        return
      }
    })";
  std::vector<float> x(192), scalar(x.size()), y(x.size());
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = std::ldexp(i % 2 ? -1.37f : 1.61f, int(i) / 2 - 40) * (1 + i * 0.003f);
  for (const char *op : {"exp", "expm1", "log", "log1p", "tanh", "erf", "sin", "cos"}) {
    run(substitute(scalars, {{"op", op}}), {x.data(), scalar.data()}, {}, 0, 192, CpuTarget::host());
    for (int lanes : {3, 8, 16, 64}) {
      std::string text = substitute(vectors, {{"op", op}, {"lanes", std::to_string(lanes)}});
      run(text, {x.data(), y.data()}, {}, 0, 192, CpuTarget::host());
      EXPECT_EQ(memcmp(scalar.data(), y.data(), y.size() * sizeof(float)), 0) << op << " of " << lanes << " lanes";
    }
  }
}

} // namespace
