#include "tools/fit/BatchPrefetch.h"
#include <algorithm>

namespace dlc::fit {

// Waking a thread and handing over takes some ten microseconds, copying a MiB from memory a hundred.
static constexpr size_t kWorthwhileBytes = size_t(1) << 20;

bool BatchPrefetch::isWorthwhile(const Dataset &data, int64_t count) {
  size_t bytes = 0;
  for (const PortData &port : data.ports())
    bytes += port.rowBytes() * static_cast<size_t>(count);
  return bytes >= kWorthwhileBytes && std::thread::hardware_concurrency() > 1;
}

BatchPrefetch::~BatchPrefetch() {
  {
    std::unique_lock<std::mutex> lock(mutex);
    await(lock);
    state = State::Ending;
  }
  changed.notify_all();
  worker.join();
}

void BatchPrefetch::await(std::unique_lock<std::mutex> &lock) {
  changed.wait(lock, [this] { return state != State::Wanted; });
}

void BatchPrefetch::work() {
  std::unique_lock<std::mutex> lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return state == State::Wanted || state == State::Ending; });
    if (state == State::Ending)
      return;
    lock.unlock(); // start() and take() wait while the batch is wanted
    try {
      source->fill(*target, batch.data(), static_cast<int64_t>(batch.size()), filled);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    state = State::Ready;
    changed.notify_all();
  }
}

void BatchPrefetch::start(const Dataset &data, const FunctionCall &call, const int64_t *rows, int64_t count) {
  {
    std::unique_lock<std::mutex> lock(mutex);
    await(lock);
    source = &data;
    target = &call;
    batch.assign(rows, rows + count);
    failure = nullptr;
    state = State::Wanted;
  }
  changed.notify_all();
}

bool BatchPrefetch::take(const Dataset &data, const int64_t *rows, int64_t count, std::vector<AlignedBuffer> &buffers) {
  std::unique_lock<std::mutex> lock(mutex);
  await(lock);
  bool isReady = state == State::Ready;
  state = State::Idle;
  if (!isReady || source != &data || batch.size() != static_cast<size_t>(count) ||
      !std::equal(batch.begin(), batch.end(), rows))
    return false;
  if (failure)
    std::rethrow_exception(failure);
  std::swap(buffers, filled);
  return true;
}

} // namespace dlc::fit
