// Threads for the runtime.
#ifndef DLC_TOOLS_FIT_WORKERPOOL_H
#define DLC_TOOLS_FIT_WORKERPOOL_H

#include "dlc/dlc_threads.h"
#include <memory>

namespace dlc::fit {

/// Results do not depend on how many threads there are.
class WorkerPool {
public:
  /// 0: one per CPU.
  explicit WorkerPool(unsigned threads) {
    description.struct_size = sizeof description;
    if (threads == 1)
      return;
    pool.reset(dlc_pool_create(threads));
    if (pool)
      dlc_pool_host(pool.get(), &description);
  }
  const dlc_host *host() const { return &description; }

private:
  struct Destroy {
    void operator()(dlc_pool *pool) const { dlc_pool_destroy(pool); }
  };
  std::unique_ptr<dlc_pool, Destroy> pool;
  dlc_host description = {};
};

} // namespace dlc::fit

#endif
