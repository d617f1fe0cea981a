// Running functions, with kernels in machine code.
#include "test/unit/runtime/SampleProgram.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace dlc::test {
namespace {

class RunTest : public testing::Test {
protected:
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the kernels of the sample are x86-64 code";
    ASSERT_EQ(loaded_.status, DLC_OK) << loaded_.error.text;
    for (int i = 0; i < 64; ++i)
      x_[i] = float(i);
  }
  Call trainStep() {
    Call call(loaded_, "train_step");
    call.input(x_, DLC_F32, {2, 4}).input(t_, DLC_F32, {2}).output(before_, DLC_F32, {4});
    return call;
  }
  Loaded loaded_{sampleFile()};
  float x_[64], y_[64] = {}, t_[16] = {}, before_[4] = {};
};

TEST_F(RunTest, Predicts) {
  Call call(loaded_, "predict");
  call.input(x_, DLC_F32, {3, 4}).output(y_, DLC_F32, {3, 4});
  ASSERT_EQ(call.run(), DLC_OK) << call.error.text;
  for (int i = 0; i < 12; ++i)
    EXPECT_EQ(y_[i], 3 * x_[i]);
  EXPECT_EQ(y_[12], 0);
}

TEST_F(RunTest, AnEmptyBatchIsAllowed) {
  Call call(loaded_, "predict");
  call.input(nullptr, DLC_F32, {0, 4}).output(nullptr, DLC_F32, {0, 4});
  EXPECT_EQ(call.run(), DLC_OK) << call.error.text;
}

TEST_F(RunTest, TrainsInPlace) {
  Call call = trainStep();
  ASSERT_EQ(call.run(), DLC_OK) << call.error.text;
  EXPECT_EQ(before_[3], 4.0f);
  EXPECT_EQ(call.weights()[3], 4.5f);
  ASSERT_EQ(call.run(), DLC_OK);
  EXPECT_EQ(call.weights()[3], 5.0f);
}

TEST_F(RunTest, AGuardStopsBeforeTheUpdate) {
  x_[0] = std::numeric_limits<float>::quiet_NaN();
  Call call = trainStep();
  EXPECT_EQ(call.run(), DLC_NOT_FINITE);
  EXPECT_STREQ(call.error.text, "the loss is not finite");
  EXPECT_STREQ(call.error.file, "sample.dl");
  EXPECT_STREQ(call.error.where, "loss");
  EXPECT_EQ(call.error.line, 23u);
  EXPECT_EQ(call.error.column, 5u);
  EXPECT_EQ(call.weights()[3], 4.0f);
}

struct Stop {
  int asked = 0, stopAt;
};

int shouldStop(void *context) {
  auto *stop = static_cast<Stop *>(context);
  return ++stop->asked == stop->stopAt;
}

TEST_F(RunTest, CancelsBeforeTheUpdateAndNotAfter) {
  // train_step: a copy to the output, a launch, a guard, the update.
  for (int stopAt : {1, 2, 3}) {
    Stop stop = {0, stopAt};
    dlc_host host = {};
    host.struct_size = sizeof host;
    host.context = &stop;
    host.should_stop = shouldStop;
    Call call = trainStep();
    call.call.host = &host;
    EXPECT_EQ(call.run(), DLC_CANCELLED);
    EXPECT_STREQ(call.error.text, "function train_step was cancelled, no variable was changed");
    EXPECT_EQ(call.weights()[0], 1.0f);
  }
  Stop never = {0, 4};
  dlc_host host = {};
  host.struct_size = sizeof host;
  host.context = &never;
  host.should_stop = shouldStop;
  Call call = trainStep();
  call.call.host = &host;
  EXPECT_EQ(call.run(), DLC_OK);
  EXPECT_EQ(never.asked, 3);
}

TEST_F(RunTest, ChecksThatKernelsWroteFiniteNumbers) {
  x_[5] = std::numeric_limits<float>::infinity();
  Call call(loaded_, "predict");
  call.input(x_, DLC_F32, {2, 4}).output(y_, DLC_F32, {2, 4});
  EXPECT_EQ(call.run(), DLC_OK);
  call.call.flags = DLC_CHECK_FINITE;
  EXPECT_EQ(call.run(), DLC_NOT_FINITE);
  EXPECT_STREQ(call.error.text, "function predict: kernel add wrote infinity as element 5 of its result 0");
  EXPECT_EQ(call.error.line, 11u);
  EXPECT_STREQ(call.error.file, "sample.dl");
}

struct Seen {
  int before = 0, after = 0;
  float lastOutput = 0;
  int64_t batch = 0;
  uint32_t function = 0;
};

TEST_F(RunTest, ShowsLaunchesToTheHost) {
  Seen seen;
  dlc_host host = {};
  host.struct_size = sizeof host;
  host.context = &seen;
  host.before_kernel = [](void *context, const dlc_launch_info *) { ++static_cast<Seen *>(context)->before; };
  host.on_kernel = [](void *context, const dlc_launch_info *info) {
    auto *s = static_cast<Seen *>(context);
    EXPECT_EQ(info->buffer_count, 3u);
    EXPECT_EQ(info->outputs_from, 2u);
    EXPECT_EQ(info->buffer_bytes[2], 48u);
    EXPECT_EQ(info->buffer_dtypes[2], uint32_t(DLC_F32));
    ++s->after;
    s->function = info->function;
    s->batch = info->symbols[0];
    s->lastOutput = static_cast<const float *>(info->buffers[2])[1];
  };
  Call call(loaded_, "predict");
  call.input(x_, DLC_F32, {3, 4}).output(y_, DLC_F32, {3, 4});
  call.call.host = &host;
  ASSERT_EQ(call.run(), DLC_OK) << call.error.text;
  EXPECT_EQ(seen.before, 2);
  EXPECT_EQ(seen.after, 2);
  EXPECT_EQ(seen.batch, 3);
  EXPECT_EQ(seen.lastOutput, 3.0f);
  EXPECT_EQ(seen.function, loaded_.function("predict"));
}

#if defined(__x86_64__)
TEST_F(RunTest, SetsTheFloatingPointModeAndPutsItBack) {
  int32_t bits = 0;
  Call call(loaded_, "mode");
  call.output(&bits, DLC_I32, {});
  unsigned old = _mm_getcsr();
  unsigned strange = 0xFFC0; // flush to zero, denormals are zero, round toward zero
  _mm_setcsr(strange);
  dlc_status status = call.run();
  unsigned after = _mm_getcsr();
  _mm_setcsr(old);
  EXPECT_EQ(status, DLC_OK) << call.error.text;
  EXPECT_EQ(bits, 0x1F80);
  EXPECT_EQ(after, strange);
}
#endif

TEST_F(RunTest, CodeOfAFileThatIsNotTrustedDoesNotRun) {
  Loaded untrusted(sampleFile(), false);
  Call call(untrusted, "predict");
  call.input(x_, DLC_F32, {2, 4}).output(y_, DLC_F32, {2, 4});
  EXPECT_EQ(call.run(), DLC_UNSUPPORTED);
  EXPECT_STREQ(call.error.text,
               "function predict cannot run: the program was loaded without dlc_load_options.allow_code");
}

TEST_F(RunTest, CopiesRunWithoutCode) {
  Loaded untrusted(sampleFile(), false);
  Call call(untrusted, "reset");
  EXPECT_EQ(call.run(), DLC_OK) << call.error.text;
  EXPECT_EQ(call.weights()[2], 0.5f);
}

TEST_F(RunTest, RunsCodeMappedFromAFile) {
  std::string path = testing::TempDir() + "run.dlm";
  ASSERT_EQ(dlc_save(loaded_.program, dlc_initial_variables(loaded_.program), path.c_str(), nullptr), DLC_OK);
  Loaded mapped(sampleFile());
  dlc_unload(mapped.program);
  dlc_load_options options = {sizeof options, 1};
  ASSERT_EQ(dlc_load(path.c_str(), &options, &mapped.program, &mapped.error), DLC_OK) << mapped.error.text;
  std::remove(path.c_str());
  Call call(mapped, "predict");
  call.input(x_, DLC_F32, {2, 4}).output(y_, DLC_F32, {2, 4});
  EXPECT_EQ(call.run(), DLC_OK) << call.error.text;
  EXPECT_EQ(y_[7], 21.0f);
}

} // namespace
} // namespace dlc::test
