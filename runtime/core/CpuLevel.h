// Which of the instruction set levels of a program this machine can run.
#ifndef DLC_RUNTIME_CORE_CPULEVEL_H
#define DLC_RUNTIME_CORE_CPULEVEL_H

#include <cstdint>

namespace dlc::runtime {

/// The level of this CPU, operating system support included: "x86-64-v4".
const char *cpuLevel();

/// 0: code of \p level does not run here; else the higher the better.
uint32_t fitOfLevel(const char *level);

} // namespace dlc::runtime

#endif
