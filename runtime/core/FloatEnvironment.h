// Kernels run with the default floating-point mode, whatever the host has set: round to nearest, denormals kept, no
// traps. Same bits on every thread need it on every thread, so tasks of parallel_for make one of these too.
#ifndef DLC_RUNTIME_CORE_FLOATENVIRONMENT_H
#define DLC_RUNTIME_CORE_FLOATENVIRONMENT_H

#include <cstdint>

namespace dlc::runtime {

class FloatEnvironment {
public:
  FloatEnvironment() : saved_(read()) { write(kDefault); }
  ~FloatEnvironment() { write(saved_); }
  FloatEnvironment(const FloatEnvironment &) = delete;
  FloatEnvironment &operator=(const FloatEnvironment &) = delete;

private:
#if defined(__x86_64__)
  static constexpr uint64_t kDefault = 0x1F80; // MXCSR at reset: all exceptions masked
  static uint64_t read() {
    uint32_t value;
    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
  }
  static void write(uint64_t value) {
    auto word = uint32_t(value);
    __asm__ volatile("ldmxcsr %0" : : "m"(word));
  }
#elif defined(__aarch64__)
  static constexpr uint64_t kDefault = 0;
  static uint64_t read() {
    uint64_t value;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void write(uint64_t value) { __asm__ volatile("msr fpcr, %0" : : "r"(value)); }
#else
  static constexpr uint64_t kDefault = 0;
  static uint64_t read() { return 0; }
  static void write(uint64_t) {}
#endif

  uint64_t saved_;
};

} // namespace dlc::runtime

#endif
