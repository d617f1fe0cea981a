// Assembles the next batch while the step of this one runs.
#ifndef DLC_TOOLS_FIT_BATCHPREFETCH_H
#define DLC_TOOLS_FIT_BATCHPREFETCH_H

#include "tools/fit/Dataset.h"
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace dlc::fit {

/// One thread, one batch ahead. What a batch holds does not depend on who copied it.
class BatchPrefetch {
public:
  BatchPrefetch() : worker([this] { work(); }) {}
  ~BatchPrefetch();
  BatchPrefetch(const BatchPrefetch &) = delete;
  BatchPrefetch &operator=(const BatchPrefetch &) = delete;

  /// Copying \p count rows is slower than waking a thread, and there is a processor for it.
  static bool isWorthwhile(const Dataset &data, int64_t count);

  /// Begins to copy. \p data and \p call must live until take() or the end.
  void start(const Dataset &data, const FunctionCall &call, const int64_t *rows, int64_t count);
  /// Waits for what was started last. True if it is this batch: \p buffers have it now. Throws what copying threw.
  bool take(const Dataset &data, const int64_t *rows, int64_t count, std::vector<AlignedBuffer> &buffers);

private:
  enum class State { Idle, Wanted, Ready, Ending };
  void work();
  void await(std::unique_lock<std::mutex> &lock);

  std::mutex mutex;
  std::condition_variable changed;
  State state = State::Idle;
  const Dataset *source = nullptr;
  const FunctionCall *target = nullptr;
  std::vector<int64_t> batch;
  std::vector<AlignedBuffer> filled;
  std::exception_ptr failure;
  std::thread worker; // last: it uses the others
};

} // namespace dlc::fit

#endif
