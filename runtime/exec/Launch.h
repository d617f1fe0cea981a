// One kernel launch: split into tasks when it is large enough to be worth it.
#ifndef DLC_RUNTIME_EXEC_LAUNCH_H
#define DLC_RUNTIME_EXEC_LAUNCH_H

#include "runtime/program/Program.h"

namespace dlc::runtime {

/// How the parallel range [0, trips) of a launch is cut: `count` tasks of `chunk` trips, the last one shorter.
struct Split {
  uint64_t chunk;
  uint32_t count;
};

/// Depends on sizes only, never on the number of workers or their speed: the same call cut on any machine by the same
/// file gives the same tasks, so the same bits. One task when the work is too small to share.
Split splitOf(const Kernel &kernel, uint64_t trips, const int64_t *symbols);

/// Runs the kernel over its whole range, through \p host's parallel_for where there is one and the work is worth it.
/// The calling thread has the default floating-point environment.
void launchKernel(const Kernel &kernel, abi::KernelEntry entry, void *const *buffers, const int64_t *symbols,
                  uint64_t trips, const dlc_host &host);

} // namespace dlc::runtime

#endif
