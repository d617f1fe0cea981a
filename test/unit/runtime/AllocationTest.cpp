// Lets every request for memory fail once. This file replaces runtime/core/Allocation.cpp: the linker takes these two
// functions and leaves that object file in the archive.
#include "runtime/core/Allocation.h"

#include "test/unit/runtime/SampleProgram.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace {

long failAt = -1; // counts down; the request at 0 fails

} // namespace

namespace dlc::runtime {

void *allocateBytes(size_t size) { return failAt >= 0 && failAt-- == 0 ? nullptr : std::calloc(1, size); }
void releaseBytes(void *bytes) { std::free(bytes); }

} // namespace dlc::runtime

namespace dlc::test {
namespace {

TEST(AllocationTest, LoadingWithoutMemoryIsAnError) {
  const Bytes file = sampleFile();
  int failures = 0;
  for (long request = 0; request < 1000; ++request) {
    failAt = request;
    Loaded loaded(file);
    bool reached = failAt < 0;
    failAt = -1;
    if (!reached) {
      EXPECT_EQ(loaded.status, DLC_OK) << loaded.error.text;
      break;
    }
    EXPECT_EQ(loaded.status, DLC_OUT_OF_MEMORY);
    EXPECT_EQ(loaded.program, nullptr);
    ++failures;
  }
  EXPECT_GE(failures, 2);
}

TEST(AllocationTest, SavingWithoutMemoryIsAnError) {
  Loaded loaded(sampleFile());
  std::string path = testing::TempDir() + "no-memory.dlm";
  for (long request : {0, 1}) {
    failAt = request;
    EXPECT_EQ(dlc_save(loaded.program, dlc_initial_variables(loaded.program), path.c_str(), nullptr),
              DLC_OUT_OF_MEMORY);
    failAt = -1;
    EXPECT_NE(std::remove(path.c_str()), 0) << "a file was left behind";
  }
}

TEST(AllocationTest, CallsAllocateNothing) {
  if (!canRunSample())
    GTEST_SKIP();
  Loaded loaded(sampleFile());
  float x[8] = {}, y[8];
  Call call(loaded, "predict");
  call.input(x, DLC_F32, {2, 4}).output(y, DLC_F32, {2, 4});
  failAt = 0;
  EXPECT_EQ(call.run(), DLC_OK);
  EXPECT_EQ(failAt, 0);
  failAt = -1;
}

} // namespace
} // namespace dlc::test
