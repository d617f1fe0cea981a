// The machine's limit: multiply-adds of f32 with nothing else to do, in GFLOP/s of one core. A matrix product that
// needs N flops cannot take less than N / peak.
#include <chrono>
#include <cstdio>

int main() {
#ifdef __AVX512F__
  constexpr int kLanes = 16;
#else
  constexpr int kLanes = 8;
#endif
  constexpr int kAccumulators = 12; // hide the latency of 4 to 5 cycles on 2 units
  constexpr long kSteps = 1000000;
  typedef float Vector __attribute__((vector_size(kLanes * sizeof(float))));
  Vector sums[kAccumulators], factor, term;
  for (int i = 0; i < kAccumulators; ++i)
    sums[i] = Vector{} + 1e-3f * static_cast<float>(i);
  factor = Vector{} + 0.999f;
  term = Vector{} + 1e-3f;
  double best = 1e9;
  for (int round = 0; round < 30; ++round) {
    auto start = std::chrono::steady_clock::now();
    for (long step = 0; step < kSteps; ++step) {
#pragma clang loop unroll(full)
      for (int i = 0; i < kAccumulators; ++i)
        sums[i] = sums[i] * factor + term;
      asm volatile("" ::: "memory");
    }
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    best = seconds < best ? seconds : best;
  }
  float total = 0; // so that the sums are needed
  for (const Vector &sum : sums)
    total += sum[0];
  std::printf("{\"gflops\": %.1f, \"check\": %g}\n", 2.0 * kLanes * kAccumulators * kSteps / best / 1e9,
              static_cast<double>(total));
}
