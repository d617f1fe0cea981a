// The optional pool of dlc_threads.h. One job at a time: the caller opens it, workers that are awake join, everybody
// takes the next task until none is left, then the caller closes the job and waits for those who joined. A worker that
// wakes up late finds the job closed and goes back to sleep, so nobody waits for slow wake-ups.
#pragma GCC visibility push(default)
#include "runtime/include/dlc/dlc_threads.h"
#pragma GCC visibility pop

#include <cstdlib>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace {

// Launches of a training step follow each other within microseconds; sleeping between them would cost more than that.
constexpr int kSpins = 2000;

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

template <typename T> T load(const T *value) { return __atomic_load_n(value, __ATOMIC_ACQUIRE); }

} // namespace

struct dlc_pool {
  pthread_mutex_t mutex;
  pthread_cond_t opened, left;
  pthread_t *threads;
  uint32_t workers;
  uint32_t busy;     // atomic: a job has the workers
  uint32_t stopping; // under the mutex
  uint64_t job;      // atomic: number of the newest job; changed under the mutex, watched without
  uint32_t isOpen;   // under the mutex
  uint32_t joined;   // atomic: workers inside the job; changed under the mutex, watched without
  uint32_t next;     // atomic: the next task
  uint32_t count;
  dlc_task task;
  void *argument;
};

namespace {

void runTasks(dlc_pool *pool) {
  for (;;) {
    uint32_t index = __atomic_fetch_add(&pool->next, 1, __ATOMIC_RELAXED);
    if (index >= pool->count)
      return;
    pool->task(pool->argument, index);
  }
}

// Returns with the mutex locked and a job that was not seen before, or with stopping set.
void awaitJob(dlc_pool *pool, uint64_t seen) {
  for (int i = 0; i < kSpins && load(&pool->job) == seen; ++i)
    relax();
  pthread_mutex_lock(&pool->mutex);
  while (!pool->stopping && pool->job == seen)
    pthread_cond_wait(&pool->opened, &pool->mutex);
}

void *work(void *argument) {
  auto *pool = static_cast<dlc_pool *>(argument);
  uint64_t seen = 0;
  for (;;) {
    awaitJob(pool, seen);
    if (pool->stopping)
      break;
    seen = pool->job;
    bool joins = pool->isOpen;
    if (joins)
      __atomic_add_fetch(&pool->joined, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&pool->mutex);
    if (!joins)
      continue;
    runTasks(pool);
    pthread_mutex_lock(&pool->mutex);
    if (__atomic_sub_fetch(&pool->joined, 1, __ATOMIC_RELEASE) == 0)
      pthread_cond_signal(&pool->left);
    pthread_mutex_unlock(&pool->mutex);
  }
  pthread_mutex_unlock(&pool->mutex);
  return nullptr;
}

void openJob(dlc_pool *pool, uint32_t count, dlc_task task, void *argument) {
  pthread_mutex_lock(&pool->mutex);
  pool->task = task;
  pool->argument = argument;
  pool->count = count;
  __atomic_store_n(&pool->next, 0, __ATOMIC_RELAXED);
  pool->isOpen = 1;
  __atomic_store_n(&pool->job, pool->job + 1, __ATOMIC_RELEASE);
  pthread_cond_broadcast(&pool->opened);
  pthread_mutex_unlock(&pool->mutex);
}

void closeJob(dlc_pool *pool) {
  for (int i = 0; i < kSpins && load(&pool->joined); ++i)
    relax();
  pthread_mutex_lock(&pool->mutex);
  pool->isOpen = 0;
  while (pool->joined)
    pthread_cond_wait(&pool->left, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
}

uint32_t cpuCount() {
#if defined(__linux__)
  cpu_set_t set;
  if (!sched_getaffinity(0, sizeof set, &set))
    return uint32_t(CPU_COUNT(&set));
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? uint32_t(count) : 1;
}

void parallelFor(void *context, uint32_t count, dlc_task task, void *argument) {
  dlc_pool_run(static_cast<dlc_pool *>(context), count, task, argument);
}

} // namespace

dlc_pool *dlc_pool_create(uint32_t threads) {
  threads = threads ? threads : cpuCount();
  threads = threads > 1024 ? 1024 : threads;
  auto *pool = static_cast<dlc_pool *>(calloc(1, sizeof(dlc_pool)));
  if (!pool)
    return nullptr;
  pool->threads = static_cast<pthread_t *>(calloc(threads, sizeof(pthread_t)));
  if (!pool->threads) {
    free(pool);
    return nullptr;
  }
  pthread_mutex_init(&pool->mutex, nullptr);
  pthread_cond_init(&pool->opened, nullptr);
  pthread_cond_init(&pool->left, nullptr);
  while (pool->workers + 1 < threads && !pthread_create(&pool->threads[pool->workers], nullptr, work, pool))
    ++pool->workers;
  return pool;
}

void dlc_pool_destroy(dlc_pool *pool) {
  if (!pool)
    return;
  pthread_mutex_lock(&pool->mutex);
  pool->stopping = 1;
  pthread_cond_broadcast(&pool->opened);
  pthread_mutex_unlock(&pool->mutex);
  for (uint32_t i = 0; i < pool->workers; ++i)
    pthread_join(pool->threads[i], nullptr);
  pthread_cond_destroy(&pool->opened);
  pthread_cond_destroy(&pool->left);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->threads);
  free(pool);
}

uint32_t dlc_pool_threads(const dlc_pool *pool) { return pool->workers + 1; }

void dlc_pool_host(dlc_pool *pool, dlc_host *host) {
  host->workers = dlc_pool_threads(pool);
  host->context = pool;
  host->parallel_for = parallelFor;
}

void dlc_pool_run(dlc_pool *pool, uint32_t count, dlc_task task, void *argument) {
  if (!pool->workers || count < 2 || __atomic_exchange_n(&pool->busy, 1, __ATOMIC_ACQUIRE)) {
    for (uint32_t i = 0; i < count; ++i)
      task(argument, i);
    return;
  }
  openJob(pool, count, task, argument);
  runTasks(pool);
  closeJob(pool);
  __atomic_store_n(&pool->busy, 0, __ATOMIC_RELEASE);
}
