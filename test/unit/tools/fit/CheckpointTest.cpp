// What is written while a training runs, and when.
#include "tools/fit/Checkpoint.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/Examples.h"
#include "tools/fit/CheckpointInterval.h"
#include <cmath>

namespace dlc::test {
namespace {

using fit::Checkpoint;
using fit::CheckpointInterval;

Checkpoint sample(const fit::Program &program) {
  fit::Variables variables(program);
  fit::SessionState state;
  state.step = 12;
  state.epochSeconds = 0.1;
  state.stopping = fit::SessionState::Stopping{2, NAN, std::string(variables.bytes(), 'b')};
  state.plateau = fit::PlateauRule::State{true, -INFINITY, 3, 1};
  fit::History history;
  history.add({1, 0.5, {{"loss", 1.0 / 3}}, {{"loss", NAN}}, 0.02});
  history.add({2, 0.25, {{"loss", 5e-324}}, {}});
  return fit::makeCheckpoint(variables, fit::parseRecipe({{"loss", "mse"}, {"epochs", 5}}), 38, state, history);
}

TEST(CheckpointTest, ReadsBackWhatItWrote) {
  fit::Program program = programOf();
  Checkpoint written = sample(program);
  Checkpoint read = fit::decodeCheckpoint(fit::encodeCheckpoint(written), "x");
  EXPECT_EQ(read.model, written.model);
  EXPECT_EQ(read.variables, written.variables);
  EXPECT_EQ(read.recipe, written.recipe);
  EXPECT_EQ(read.rows, 38);
  EXPECT_EQ(read.session.step, 12);
  EXPECT_EQ(read.session.epochSeconds, 0.1);
  ASSERT_TRUE(read.session.stopping && read.session.plateau);
  EXPECT_EQ(read.session.stopping->epoch, 2);
  EXPECT_TRUE(std::isnan(read.session.stopping->value));
  EXPECT_EQ(read.session.stopping->variables, written.session.stopping->variables);
  EXPECT_TRUE(read.session.plateau->hasBest);
  EXPECT_EQ(read.session.plateau->best, -INFINITY);
  EXPECT_EQ(read.session.plateau->waited, 3);
  EXPECT_EQ(read.session.plateau->cooling, 1);
  EXPECT_EQ(read.history.table(), written.history.table());
  EXPECT_EQ(fit::encodeCheckpoint(read), fit::encodeCheckpoint(written));
  fit::checkCheckpoint(read, program, fit::parseRecipe({{"loss", "mse"}, {"epochs", 50}}), 38, "x");
  EXPECT_TRUE(fit::hasSameKernels(read, program));
}

TEST(CheckpointTest, EveryDamageIsFound) {
  std::string bytes = fit::encodeCheckpoint(sample(programOf()));
  for (size_t size = 0; size < bytes.size(); size += 7)
    EXPECT_EQ(complaintOf([&] { fit::decodeCheckpoint(bytes.substr(0, size), "x"); }).code, fit::ExitCode::BadInput);
  for (size_t at = 0; at < bytes.size(); at += 5) {
    std::string other = bytes;
    other[at] ^= 1;
    EXPECT_EQ(complaintOf([&] { fit::decodeCheckpoint(other, "x"); }).code, fit::ExitCode::BadInput) << at;
  }
  EXPECT_EQ(complaintOf([&] { fit::decodeCheckpoint(bytes + "x", "x"); }).text,
            "the checkpoint is damaged: its checksum or its sizes are wrong");
  std::string newer = bytes;
  newer[15] = '2';
  EXPECT_EQ(complaintOf([&] { fit::decodeCheckpoint(newer, "x"); }).text, "is a checkpoint of another version of dlc");
}

TEST(CheckpointTest, SaysWhatIsAnother) {
  fit::Program program = programOf();
  Checkpoint checkpoint = sample(program);
  auto faultOf = [&](const nlohmann::json &recipe, int64_t rows) {
    return complaintOf([&] { fit::checkCheckpoint(checkpoint, program, fit::parseRecipe(recipe), rows, "x"); }).text;
  };
  EXPECT_EQ(faultOf({{"loss", "mae"}}, 38), "is a checkpoint of a run with loss = \"mse\", this one has \"mae\"");
  EXPECT_EQ(faultOf({{"loss", "mse"}, {"seed", 4}}, 38), "is a checkpoint of a run with seed = null, this one has 4");
  EXPECT_EQ(faultOf({{"loss", "mse"}}, 37), "is a checkpoint of a run on 38 rows, the training data have 37");
  checkpoint.layout ^= 1;
  EXPECT_NE(faultOf({{"loss", "mse"}}, 38).find("with other parameters or another optimizer"), std::string::npos);
  checkpoint.model = "Other";
  EXPECT_NE(faultOf({{"loss", "mse"}}, 38).find("is a checkpoint of model Other, not of "), std::string::npos);
}

TEST(CheckpointIntervalTest, ReadsItsUnits) {
  using Unit = CheckpointInterval::Unit;
  EXPECT_EQ(CheckpointInterval::parse("2").unit, Unit::Epochs);
  EXPECT_EQ(CheckpointInterval::parse("2epochs").count, 2);
  EXPECT_EQ(CheckpointInterval::parse("0.5s").unit, Unit::Seconds);
  EXPECT_EQ(CheckpointInterval::parse("500steps").unit, Unit::Steps);
  EXPECT_EQ(CheckpointInterval::parse("never").unit, Unit::Never);
  for (const char *wrong : {"", "0", "-1s", "s", "1.5steps", "nan", "infs", "3min", "1 s", "1e99s"})
    EXPECT_EQ(complaintOf([&] { CheckpointInterval::parse(wrong); }).code, fit::ExitCode::Usage) << wrong;
}

TEST(CheckpointIntervalTest, ComesWhenItIsTime) {
  fit::CheckpointClock steps(CheckpointInterval::parse("3steps"), 0, 10, 0);
  EXPECT_FALSE(steps.isDue(0, 12, 0, false));
  EXPECT_TRUE(steps.isDue(0, 13, 0, false));
  EXPECT_FALSE(steps.isDue(0, 15, 1, true));
  fit::CheckpointClock epochs(CheckpointInterval::parse("2"), 0, 0, 1);
  EXPECT_FALSE(epochs.isDue(1e6, 1000, 1, false));
  EXPECT_FALSE(epochs.isDue(1e6, 1000, 2, true));
  EXPECT_TRUE(epochs.isDue(1e6, 1000, 3, true));
  fit::CheckpointClock sometimes({}, 100, 0, 0);
  EXPECT_FALSE(sometimes.isDue(105, 5, 1, true));
  EXPECT_TRUE(sometimes.isDue(111, 9, 2, true));
  EXPECT_FALSE(sometimes.isDue(400, 20, 2, false));
  EXPECT_TRUE(sometimes.isDue(412, 21, 2, false));
  sometimes.written(500); // it took its time
  EXPECT_FALSE(sometimes.isDue(509, 30, 3, true));
  fit::CheckpointClock never(CheckpointInterval::parse("never"), 0, 0, 0);
  EXPECT_FALSE(never.isDue(1e9, 1 << 30, 1 << 20, true));
}

} // namespace
} // namespace dlc::test
