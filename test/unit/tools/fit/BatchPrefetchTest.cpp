// The next batch, copied by another thread: the same numbers, whoever copies them.
#include "tools/fit/BatchPrefetch.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "tools/fit/ConvertElements.h"
#include "tools/fit/FunctionCall.h"

namespace dlc::test {
namespace {

using fit::AlignedBuffer;
using fit::BatchPrefetch;
using fit::Dataset;

Dataset tableOf(const fit::Program &program, int rows) {
  TemporaryFolder folder;
  std::string text = "a,b,c,d\n";
  for (int i = 0; i < rows; ++i)
    text += std::to_string(i) + ",1,2,3\n";
  return Dataset::read(program, "predict", {"data", {{"x", {folder.write("d.csv", text), {}}}}}, {});
}

std::vector<float> floatsOf(const AlignedBuffer &buffer) {
  const auto *data = reinterpret_cast<const float *>(buffer.data());
  return {data, data + buffer.size() / sizeof(float)};
}

TEST(BatchPrefetchTest, GivesTheBatchThatWasStarted) {
  if (!canRunSample())
    GTEST_SKIP() << "the sample has code for x86-64";
  fit::Program program = programOf();
  Dataset data = tableOf(program, 50);
  fit::FunctionCall call(program, "predict");
  BatchPrefetch prefetch;
  for (int64_t round = 0; round < 200; ++round) {
    std::vector<int64_t> rows = {round % 50, (7 * round) % 50, (11 * round + 3) % 50};
    std::vector<AlignedBuffer> wanted, found;
    data.fill(call, rows.data(), 3, wanted);
    prefetch.start(data, call, rows.data(), 3);
    ASSERT_TRUE(prefetch.take(data, rows.data(), 3, found));
    ASSERT_EQ(floatsOf(found[0]), floatsOf(wanted[0]));
  }
}

TEST(BatchPrefetchTest, AnotherBatchIsNotTaken) {
  if (!canRunSample())
    GTEST_SKIP() << "the sample has code for x86-64";
  fit::Program program = programOf();
  Dataset data = tableOf(program, 5), other = tableOf(program, 5);
  fit::FunctionCall call(program, "predict");
  BatchPrefetch prefetch;
  std::vector<AlignedBuffer> buffers;
  const int64_t rows[] = {0, 1, 2}, others[] = {0, 2, 1};
  EXPECT_FALSE(prefetch.take(data, rows, 3, buffers)); // nothing was started
  prefetch.start(data, call, rows, 3);
  EXPECT_FALSE(prefetch.take(data, others, 3, buffers));
  EXPECT_FALSE(prefetch.take(data, rows, 3, buffers)); // dropped
  prefetch.start(data, call, rows, 3);
  EXPECT_FALSE(prefetch.take(other, rows, 3, buffers));
  prefetch.start(data, call, rows, 3);
  EXPECT_FALSE(prefetch.take(data, rows, 2, buffers));
  prefetch.start(data, call, rows, 3); // never taken: the end waits for it
}

TEST(BatchPrefetchTest, ProblemsReachWhoTakes) {
  if (!canRunSample())
    GTEST_SKIP() << "the sample has code for x86-64";
  fit::Program program = programOf();
  Dataset data = tableOf(program, 5);
  fit::FunctionCall call(program, "train_step"); // its target has no data
  BatchPrefetch prefetch;
  std::vector<AlignedBuffer> buffers;
  const int64_t rows[] = {0};
  prefetch.start(data, call, rows, 1);
  EXPECT_EQ(complaintOf([&] { prefetch.take(data, rows, 1, buffers); }).text, "no data for input t");
}

TEST(BatchPrefetchTest, SmallBatchesAreNotWorthAThread) {
  if (!canRunSample())
    GTEST_SKIP() << "the sample has code for x86-64";
  Dataset data = tableOf(programOf(), 5);
  EXPECT_FALSE(BatchPrefetch::isWorthwhile(data, 32));
  EXPECT_EQ(BatchPrefetch::isWorthwhile(data, 1 << 20), std::thread::hardware_concurrency() > 1);
}

TEST(ConvertElementsTest, CastsBetweenTypes) {
  const uint8_t bytes[] = {0, 1, 255};
  float floats[3];
  fit::convertElements(reinterpret_cast<const char *>(bytes), DLC_U8, reinterpret_cast<char *>(floats), DLC_F32, 3);
  EXPECT_EQ(floats[2], 255);
  const int32_t whole[] = {-5, 70000};
  int64_t wide[2];
  fit::convertElements(reinterpret_cast<const char *>(whole), DLC_I32, reinterpret_cast<char *>(wide), DLC_I64, 2);
  EXPECT_EQ(wide[0], -5);
  EXPECT_EQ(wide[1], 70000);
  double same[2] = {0.1, 0.2}, copy[2];
  fit::convertElements(reinterpret_cast<const char *>(same), DLC_F64, reinterpret_cast<char *>(copy), DLC_F64, 2);
  EXPECT_EQ(copy[1], 0.2);
}

} // namespace
} // namespace dlc::test
