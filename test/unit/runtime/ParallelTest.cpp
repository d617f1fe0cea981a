// Splitting launches into tasks, and the pool of dlc_threads.h.
#include "runtime/exec/Launch.h"
#include "runtime/include/dlc/dlc_threads.h"
#include "test/unit/runtime/SampleProgram.h"

#include <atomic>
#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <thread>

namespace dlc::test {
namespace {

std::vector<int64_t> begins(const Loaded &loaded, int64_t batch, dlc_host *host) {
  std::vector<float> x(static_cast<size_t>(batch));
  std::vector<int64_t> begin(static_cast<size_t>(batch), -1);
  Call call(loaded, "split");
  call.input(x.data(), DLC_F32, {batch}).output(begin.data(), DLC_I64, {batch});
  call.call.host = host;
  EXPECT_EQ(call.run(), DLC_OK) << call.error.text;
  return begin;
}

dlc_host serialHost(uint32_t workers) {
  dlc_host host = {};
  host.struct_size = sizeof host;
  host.workers = workers;
  // Any order is allowed: the last task first.
  host.parallel_for = [](void *, uint32_t count, dlc_task task, void *argument) {
    while (count--)
      task(argument, count);
  };
  return host;
}

TEST(ParallelTest, TasksDependOnSizesAndNotOnWorkers) {
  if (!canRunSample())
    GTEST_SKIP();
  Loaded loaded(sampleFile());
  dlc_host two = serialHost(2), many = serialHost(37);
  for (int64_t batch : {0, 1, 7, 100, 1000, 1001}) {
    std::vector<int64_t> a = begins(loaded, batch, &two), b = begins(loaded, batch, &many);
    EXPECT_EQ(a, b);
    std::set<int64_t> tasks(a.begin(), a.end());
    EXPECT_LE(tasks.size(), 64u);
    for (int64_t begin : tasks)
      EXPECT_EQ(begin % 4, 0) << "a task starts inside a grain";
    EXPECT_EQ(tasks.size() > 1, batch > 4) << batch;
  }
}

TEST(ParallelTest, OneWorkerGetsTheWholeRange) {
  if (!canRunSample())
    GTEST_SKIP();
  Loaded loaded(sampleFile());
  dlc_host one = serialHost(1);
  std::vector<int64_t> begin = begins(loaded, 1000, &one);
  EXPECT_EQ(std::accumulate(begin.begin(), begin.end(), int64_t(0)), 0);
}

TEST(ParallelTest, SmallWorkIsNotSplit) {
  runtime::Kernel kernel = {};
  kernel.grain = 1;
  EXPECT_EQ(runtime::splitOf(kernel, 1000000, nullptr).count, 1u);
}

TEST(ParallelTest, EverySplitCoversTheRangeOnce) {
  for (int64_t work : {int64_t(1) << 20, int64_t(1) << 22, INT64_MAX}) {
    runtime::Term term = {work, 0, nullptr};
    runtime::Kernel kernel = {};
    kernel.flops.termCount = 1;
    kernel.flops.terms = &term;
    for (int64_t grain : {int64_t(1), int64_t(3), int64_t(8), int64_t(INT32_MAX)})
      for (uint64_t trips :
           {uint64_t(1), uint64_t(2), uint64_t(63), uint64_t(65), uint64_t(1) << 40, uint64_t(INT64_MAX)}) {
        kernel.grain = grain;
        runtime::Split split = runtime::splitOf(kernel, trips, nullptr);
        ASSERT_GE(split.count, 1u);
        ASSERT_LE(split.count, 64u);
        // The last task is not empty and reaches the end.
        ASSERT_LT((split.count - 1) * split.chunk, trips);
        ASSERT_GE(split.count * __uint128_t(split.chunk), trips);
        ASSERT_TRUE(split.count == 1 || split.chunk % uint64_t(grain) == 0);
      }
  }
}

struct Counter {
  std::vector<std::atomic<int>> runs;
  explicit Counter(size_t count) : runs(count) {}
  static void task(void *argument, uint32_t index) { ++static_cast<Counter *>(argument)->runs[index]; }
};

TEST(PoolTest, RunsEveryTaskOnce) {
  for (uint32_t threads : {1u, 2u, 5u}) {
    dlc_pool *pool = dlc_pool_create(threads);
    ASSERT_NE(pool, nullptr);
    EXPECT_EQ(dlc_pool_threads(pool), threads);
    for (uint32_t round = 0; round < 300; ++round) {
      Counter counter(round % 70);
      dlc_pool_run(pool, round % 70, Counter::task, &counter);
      for (auto &runs : counter.runs)
        ASSERT_EQ(runs, 1);
    }
    dlc_pool_destroy(pool);
  }
}

TEST(PoolTest, CallsFromManyThreadsAndFromTasksFinish) {
  dlc_pool *pool = dlc_pool_create(3);
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([pool] {
      for (int round = 0; round < 100; ++round) {
        Counter counter(20);
        struct Outer {
          dlc_pool *pool;
          Counter *counter;
        } outer = {pool, &counter};
        dlc_pool_run(
            pool, 4,
            [](void *argument, uint32_t) {
              auto *o = static_cast<Outer *>(argument);
              dlc_pool_run(o->pool, 20, Counter::task, o->counter);
            },
            &outer);
        for (auto &runs : counter.runs)
          EXPECT_EQ(runs, 4);
      }
    });
  for (auto &caller : callers)
    caller.join();
  dlc_pool_destroy(pool);
}

TEST(PoolTest, GivesTheSameBitsAsOneThread) {
  if (!canRunSample())
    GTEST_SKIP();
  Loaded loaded(sampleFile());
  dlc_pool *pool = dlc_pool_create(4);
  dlc_host host = {}, serial = serialHost(2);
  host.struct_size = sizeof host;
  dlc_pool_host(pool, &host);
  EXPECT_EQ(host.workers, 4u);
  for (int round = 0; round < 20; ++round)
    EXPECT_EQ(begins(loaded, 999, &host), begins(loaded, 999, &serial));
  dlc_pool_destroy(pool);
  dlc_pool_destroy(nullptr);
}

TEST(PoolTest, CountsTheCpusOfTheProcess) {
  dlc_pool *pool = dlc_pool_create(0);
  EXPECT_GE(dlc_pool_threads(pool), 1u);
  dlc_pool_destroy(pool);
}

} // namespace
} // namespace dlc::test
