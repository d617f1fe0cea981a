#include "runtime/exec/Launch.h"

#include "runtime/core/FloatEnvironment.h"

namespace dlc::runtime {
namespace {

// A task should last at least about 10 us, several times what it costs to wake a thread: at 50 GFLOP/s that is half a
// million operations, at 13 GB/s 128 KiB of traffic. 64 tasks keep 16 threads busy to the end.
constexpr int kFlopsShift = 19;
constexpr int kBytesShift = 17;
constexpr uint64_t kMaxTasks = 64;

uint64_t valueOf(const Formula &formula, const int64_t *symbols) {
  uint64_t value;
  // These are estimates: one that overflows is a lot of work, not an error.
  return formula.evaluateSize(symbols, &value) ? value : uint64_t(INT64_MAX);
}

struct Work {
  abi::KernelEntry entry;
  void *const *buffers;
  const int64_t *symbols;
  uint64_t chunk, trips;
};

void runTask(void *argument, uint32_t index) {
  FloatEnvironment environment; // this may be a thread of the host
  const Work &work = *static_cast<const Work *>(argument);
  uint64_t begin = index * work.chunk;
  uint64_t end = work.trips - begin < work.chunk ? work.trips : begin + work.chunk;
  work.entry(work.buffers, work.symbols, int64_t(begin), int64_t(end));
}

} // namespace

Split splitOf(const Kernel &kernel, uint64_t trips, const int64_t *symbols) {
  uint64_t byFlops = valueOf(kernel.flops, symbols) >> kFlopsShift;
  uint64_t byBytes = valueOf(kernel.bytes, symbols) >> kBytesShift;
  uint64_t tasks = byFlops > byBytes ? byFlops : byBytes;
  tasks = tasks > kMaxTasks ? kMaxTasks : tasks;
  if (tasks < 2 || trips == 0)
    return {trips, 1};
  // trips < 2^63 and grain < 2^31, so nothing here overflows.
  auto grain = uint64_t(kernel.grain);
  uint64_t grains = (trips - 1) / grain + 1;
  uint64_t chunk = ((grains - 1) / tasks + 1) * grain;
  if (chunk >= trips)
    return {trips, 1};
  return {chunk, uint32_t((trips - 1) / chunk + 1)};
}

void launchKernel(const Kernel &kernel, abi::KernelEntry entry, void *const *buffers, const int64_t *symbols,
                  uint64_t trips, const dlc_host &host) {
  // Also without trips, as of an empty batch: results that are not split, such as sums over it, are still written.
  if (host.parallel_for && host.workers > 1) {
    Split split = splitOf(kernel, trips, symbols);
    if (split.count > 1) {
      Work work = {entry, buffers, symbols, split.chunk, trips};
      host.parallel_for(host.context, split.count, runTask, &work);
      return;
    }
  }
  entry(buffers, symbols, 0, int64_t(trips));
}

} // namespace dlc::runtime
