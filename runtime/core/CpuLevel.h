// Which of the instruction set levels of a program this machine can run.
#ifndef DLC_RUNTIME_CORE_CPULEVEL_H
#define DLC_RUNTIME_CORE_CPULEVEL_H

#include <cstdint>

namespace dlc::runtime {

/// The level of this CPU, operating system support included. CPUID is slow under a hypervisor: ask once.
uint32_t cpuLevel();
/// "x86-64-v4".
const char *nameOfCpuLevel(uint32_t level);

/// 0: code for the level called \p name does not run on \p cpu; else the higher the better.
uint32_t fitOfLevel(const char *name, uint32_t cpu);

} // namespace dlc::runtime

#endif
