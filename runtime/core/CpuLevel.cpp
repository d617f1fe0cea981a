// Levels as in the x86-64 psABI, read from CPUID and XGETBV: a CPU name says nothing under a hypervisor that hides
// features, and a feature bit says nothing when the operating system does not save the registers.
#include "runtime/core/CpuLevel.h"

#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace dlc::runtime {
namespace {

#if defined(__x86_64__)

constexpr const char *kLevels[] = {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
constexpr uint32_t kLevelCount = 4;

bool hasAll(uint32_t word, uint32_t bits) { return (word & bits) == bits; }

// XCR0: which register files the operating system saves.
uint32_t savedRegisters(uint32_t leaf1Ecx) {
  constexpr uint32_t osxsave = 1u << 27;
  if (!hasAll(leaf1Ecx, osxsave))
    return 0;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

uint32_t detectLevel() {
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d))
    return 0;
  uint32_t leaf1 = c;
  uint32_t leaf7 = __get_cpuid_count(7, 0, &a, &b, &c, &d) ? b : 0;
  uint32_t extended = __get_cpuid(0x80000001, &a, &b, &c, &d) ? c : 0;
  uint32_t saved = savedRegisters(leaf1);

  constexpr uint32_t v2 = 1u << 0 /*sse3*/ | 1u << 9 /*ssse3*/ | 1u << 13 /*cx16*/ | 1u << 19 /*sse4.1*/ |
                          1u << 20 /*sse4.2*/ | 1u << 23 /*popcnt*/;
  if (!hasAll(leaf1, v2) || !hasAll(extended, 1u << 0 /*lahf*/))
    return 0;
  constexpr uint32_t v3 = 1u << 12 /*fma*/ | 1u << 22 /*movbe*/ | 1u << 28 /*avx*/ | 1u << 29 /*f16c*/;
  constexpr uint32_t v3Leaf7 = 1u << 3 /*bmi1*/ | 1u << 5 /*avx2*/ | 1u << 8 /*bmi2*/;
  constexpr uint32_t ymm = 1u << 1 | 1u << 2;
  if (!hasAll(leaf1, v3) || !hasAll(leaf7, v3Leaf7) || !hasAll(extended, 1u << 5 /*lzcnt*/) || !hasAll(saved, ymm))
    return 1;
  constexpr uint32_t v4Leaf7 =
      1u << 16 /*avx512f*/ | 1u << 17 /*dq*/ | 1u << 28 /*cd*/ | 1u << 30 /*bw*/ | 1u << 31 /*vl*/;
  constexpr uint32_t zmm = 1u << 5 | 1u << 6 | 1u << 7;
  return hasAll(leaf7, v4Leaf7) && hasAll(saved, zmm) ? 3 : 2;
}

#elif defined(__aarch64__)

constexpr const char *kLevels[] = {"aarch64"};
constexpr uint32_t kLevelCount = 1;
uint32_t detectLevel() { return 0; }

#else

constexpr const char *kLevels[] = {"unknown"};
constexpr uint32_t kLevelCount = 0;
uint32_t detectLevel() { return 0; }

#endif

} // namespace

uint32_t cpuLevel() { return detectLevel(); }

const char *nameOfCpuLevel(uint32_t level) { return kLevels[level]; }

uint32_t fitOfLevel(const char *name, uint32_t cpu) {
  for (uint32_t i = 0; i < kLevelCount && i <= cpu; ++i)
    if (!strcmp(name, kLevels[i]))
      return i + 1;
  return 0;
}

} // namespace dlc::runtime
