// What a session tells while it runs, when it fails, and when it is interrupted.
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/NotFiniteReport.h"
#include "tools/fit/ProgressBar.h"
#include <cmath>
#include <csignal>

namespace dlc::test {
namespace {

const fit::Epoch kEpoch = {2, 0.31, {{"loss", 0.31239}, {"accuracy", 0.5}}, {{"loss", NAN}}};

class ProgressTest : public testing::Test {
protected:
  // What \p body writes.
  template <typename Body> std::string written(const Body &body) {
    std::FILE *file = std::fopen(folder.path("out").c_str(), "wb");
    body(file);
    std::fclose(file);
    return folder.read("out");
  }
  TemporaryFolder folder;
};

TEST_F(ProgressTest, ALinePerEpoch) {
  EXPECT_EQ(written([](std::FILE *out) {
              fit::ProgressBar bar(out, nullptr);
              bar.onEpoch(kEpoch, 10);
              bar.onNote("early");
            }),
            "epoch 2/10: loss 0.3124, accuracy 0.5, val_loss nan (0.31 s)\nearly\n");
}

TEST_F(ProgressTest, TheBarIsErasedBeforeALine) {
  std::string text = written([](std::FILE *out) {
    fit::ProgressBar bar(out, out);
    std::function<fit::Measures()> measures = [] { return fit::Measures{{"loss", 0.5}}; };
    bar.onStep({2, 10, 3, 4, 3, 9, 0.3, measures});
    bar.onStep({2, 10, 4, 4, 4, 8, 0.4, measures}); // too soon to be shown
    bar.onEpoch(kEpoch, 10);
  });
  EXPECT_EQ(text.substr(0, text.find("epoch 2/10:")),
            "\repoch 2/10 ━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌ 3/4  loss 0.5  0.90 s left\033[K\r\033[K");
}

TEST_F(ProgressTest, JsonHasNoNan) {
  EXPECT_EQ(written([](std::FILE *out) {
              fit::JsonProgress progress(out);
              progress.onEpoch(kEpoch, 10);
              progress.onNote("a \"b\"");
            }),
            "{\"event\":\"epoch\",\"epoch\":2,\"epochs\":10,\"seconds\":0.31,\"loss\":0.31239,\"accuracy\":0.5,"
            "\"val_loss\":null}\n{\"event\":\"note\",\"text\":\"a \\\"b\\\"\"}\n");
}

TEST_F(ProgressTest, NotFiniteStepsNameTheCell) {
  if (!canRunSample())
    GTEST_SKIP() << "the sample has code for x86-64";
  fit::Program program = programOf();
  std::string file = folder.write("d.csv", "a,b,c,d\n1,2,3,4\n1,2,3,4\n1,NA,3,4\n");
  fit::Dataset data = fit::Dataset::read(program, "predict", {"data", {{"x", {file, {}}}}}, {true, {}});
  Error error;
  std::strcpy(error.text, "the loss is not finite");
  std::strcpy(error.file, "m.dl");
  error.line = 4;
  error.column = 7;
  const int64_t bad[] = {1, 2}, good[] = {0, 1, 0, 1, 0, 1, 0};
  fit::Problem found = fit::notFiniteProblem({program, data, bad, 2, 1, 2, 2, 12, "m.dlm"}, error);
  EXPECT_EQ(found.place(), "m.dl:4:7");
  EXPECT_STREQ(found.what(), "the loss is not finite; step 12, epoch 1, batch 2 of 2, rows 2, 3");
  EXPECT_EQ(found.remedy(),
            "row 3 of " + file + " is nan in column 'b': fill or remove it; the state before this step is in m.dlm");
  error.line = 0;
  fit::Problem other = fit::notFiniteProblem({program, data, good, 7, 1, 1, 1, 1, ""}, error);
  EXPECT_EQ(other.place(), "sample.dlm");
  EXPECT_STREQ(other.what(), "the loss is not finite; step 1, epoch 1, batch 1 of 1, rows 1, 2, 1, 2, 1, 2 and 1 more");
  EXPECT_EQ(other.remedy(), "try a smaller learning rate (--set optimizer.learning_rate=1e-4), standardize() on the "
                            "inputs, or clip(…) before log, division and sqrt");
}

TEST(InterruptTest, ASignalAsksOnce) {
  {
    fit::InterruptGuard guard;
    EXPECT_FALSE(fit::InterruptGuard::requested());
    std::raise(SIGTERM);
    EXPECT_TRUE(fit::InterruptGuard::requested());
  }
  fit::InterruptGuard again;
  EXPECT_FALSE(fit::InterruptGuard::requested());
  again.saving();
  std::raise(SIGINT); // does not end the process
  EXPECT_FALSE(fit::InterruptGuard::requested());
}

} // namespace
} // namespace dlc::test
