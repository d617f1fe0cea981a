/* A small pool of threads for hosts that have none: library dlc_rt_threads, needs pthreads. C99.
 *
 *   dlc_pool *pool = dlc_pool_create(0);
 *   dlc_host host = {sizeof host};
 *   dlc_pool_host(pool, &host);
 *   call.host = &host;                                    // dlc_run now uses all cores
 *   ...
 *   dlc_pool_destroy(pool);
 *
 * Results do not depend on the number of threads: the runtime cuts the work, the pool only hands it out.
 * A host whose context is its own calls dlc_pool_run from its own parallel_for instead of dlc_pool_host. */
#ifndef DLC_DLC_THREADS_H
#define DLC_DLC_THREADS_H

#include "dlc.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlc_pool dlc_pool;

/* Workers that run tasks together with the calling thread: threads - 1 of them. 0: as many as this process has CPUs.
 * Null when there is no memory; fewer workers when the system gives no more threads. */
dlc_pool *dlc_pool_create(uint32_t threads);
/* Waits for the workers to end. No call may be running. */
void dlc_pool_destroy(dlc_pool *pool);
/* How many tasks run at once, the calling thread included. */
uint32_t dlc_pool_threads(const dlc_pool *pool);
/* Sets workers, context and parallel_for of `host`; the rest stays as it is. */
void dlc_pool_host(dlc_pool *pool, dlc_host *host);
/* Runs task(argument, i) for i in [0, count) and returns when all are done. Calls from several threads, and from
 * inside a task, are allowed: one of them gets the workers, the others run their tasks themselves. */
void dlc_pool_run(dlc_pool *pool, uint32_t count, dlc_task task, void *argument);

#ifdef __cplusplus
}
#endif
#endif
