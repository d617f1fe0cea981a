// Loops: what they run, what the reader refuses of them, and what it must survive.
#include "runtime/abi/ProgramNumbers.h"
#include "test/unit/runtime/Exercise.h"
#include "test/unit/runtime/Lie.h"
#include "test/unit/runtime/LoopProgram.h"
#include "test/unit/runtime/SampleProgram.h"

#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <random>

namespace dlc::test {
namespace {

using P = schema::ProgramT;

/// x[i][j] = 10 i + j
std::vector<float> rows(int64_t count) {
  std::vector<float> x(size_t(count) * 4 + 4);
  for (size_t i = 0; i < x.size(); ++i)
    x[i] = float(10 * (i / 4) + i % 4);
  return x;
}

struct Sums {
  explicit Sums(const char *function, int64_t count, const schema::ProgramT &header = loopHeader())
      : all(size_t(count) * 4 + 4, -1), steps(size_t(count) + 1, -1) {
    Loaded loaded(sampleFile(header));
    EXPECT_EQ(loaded.status, DLC_OK) << loaded.error.text;
    std::vector<float> x = rows(count);
    Call call(loaded, function);
    call.input(x.data(), DLC_F32, {count, 4});
    call.output(last, DLC_F32, {4}).output(all.data(), DLC_F32, {count, 4}).output(steps.data(), DLC_I64, {count});
    status = call.run();
    text = call.error.text;
  }
  dlc_status status;
  std::string text;
  float last[4] = {};
  std::vector<float> all;
  std::vector<int64_t> steps;
};

TEST(LoopTest, TakesOneElementATurn) {
  if (!canRunSample())
    GTEST_SKIP();
  for (int64_t count : {1, 2, 7}) {
    Sums sums("sums", count);
    ASSERT_EQ(sums.status, DLC_OK) << sums.text;
    float total[4] = {0.5, 0.5, 0.5, 0.5};
    for (int64_t i = 0; i < count; ++i) {
      EXPECT_EQ(sums.steps[size_t(i)], i);
      for (size_t j = 0; j < 4; ++j)
        EXPECT_EQ(sums.all[size_t(i) * 4 + j], total[j] += float(10 * i + int64_t(j)));
    }
    EXPECT_EQ(std::memcmp(sums.last, total, sizeof total), 0);
    EXPECT_EQ(sums.all[size_t(count) * 4], -1); // nothing behind the stack
    EXPECT_EQ(sums.steps[size_t(count)], -1);
  }
}

TEST(LoopTest, IsAStepOfItsOwnKind) {
  Loaded loaded(sampleFile(loopHeader()));
  ASSERT_EQ(loaded.status, DLC_OK) << loaded.error.text;
  uint32_t function = uint32_t(dlc_find_function(loaded.program, "sums"));
  bool found = false;
  for (uint32_t step = 0; step < dlc_step_count(loaded.program, function); ++step)
    found |= dlc_step_kernel(loaded.program, function, step) == DLC_STEP_LOOP;
  EXPECT_TRUE(found);
}

TEST(LoopTest, BeginsAtTheEndInReverse) {
  if (!canRunSample())
    GTEST_SKIP();
  Sums sums("sums_back", 3);
  ASSERT_EQ(sums.status, DLC_OK) << sums.text;
  EXPECT_EQ(sums.all[8], 20.5f);
  EXPECT_EQ(sums.all[4], 30.5f);
  EXPECT_EQ(sums.all[0], 30.5f);
  EXPECT_EQ(sums.last[3], 39.5f);
  EXPECT_EQ(sums.steps[2], 2);
}

TEST(LoopTest, MayRunNoTurn) {
  if (!canRunSample())
    GTEST_SKIP();
  Sums sums("sums", 0);
  ASSERT_EQ(sums.status, DLC_OK) << sums.text;
  EXPECT_EQ(sums.last[2], 0.5f);
}

struct Blocks {
  explicit Blocks(int64_t count, const schema::ProgramT &header = loopHeader()) : y(size_t(count) * 8 + 1, -1) {
    Loaded loaded(sampleFile(header), false);
    EXPECT_EQ(loaded.status, DLC_OK) << loaded.error.text;
    x = rows(2 * count);
    Call call(loaded, "blocks");
    call.input(x.data(), DLC_F32, {count, 2, 4});
    call.output(y.data(), DLC_F32, {count, 2, 4}).output(last, DLC_F32, {4});
    status = call.run();
    text = call.error.text;
  }
  dlc_status status;
  std::string text;
  std::vector<float> x, y;
  float last[4] = {};
};

TEST(LoopTest, LoopsRunInLoops) {
  for (int64_t count : {1, 3, 7}) {
    Blocks blocks(count);
    ASSERT_EQ(blocks.status, DLC_OK) << blocks.text;
    EXPECT_EQ(std::memcmp(blocks.x.data(), blocks.y.data(), size_t(count) * 32), 0);
    EXPECT_EQ(blocks.y.back(), -1);
    EXPECT_EQ(blocks.last[1], float(20 * (count - 1) + 1)); // the inner loop ends with the first of each block
  }
}

TEST(LoopTest, CanBeCancelledBetweenTurns) {
  Loaded loaded(sampleFile(loopHeader()), false);
  std::vector<float> x = rows(200), y(800);
  float last[4];
  Call call(loaded, "blocks");
  call.input(x.data(), DLC_F32, {100, 2, 4}).output(y.data(), DLC_F32, {100, 2, 4}).output(last, DLC_F32, {4});
  static int asked;
  asked = 0;
  dlc_host host = {};
  host.struct_size = sizeof host;
  host.should_stop = [](void *) { return int32_t(++asked > 50); };
  call.call.host = &host;
  EXPECT_EQ(call.run(), DLC_CANCELLED);
  EXPECT_EQ(asked, 51);
}

class LoopLieTest : public testing::TestWithParam<Lie> {};

TEST_P(LoopLieTest, IsRefused) {
  schema::ProgramT header = loopHeader();
  GetParam().tell(header);
  Loaded loaded(sampleFile(header), false);
  EXPECT_EQ(loaded.status, DLC_CORRUPT_FILE);
  EXPECT_NE(std::strstr(loaded.error.text, GetParam().message), nullptr) << loaded.error.text;
}

schema::StepT &loopOf(P &p, LoopFunction function = kSums) { return *p.functions[function]->steps[1]; }

/// The loop of `sums` depends on one more buffer.
void addCondition(P &p, abi::BufferKind kind, uint32_t index) {
  auto buffer = std::make_unique<schema::BufferT>();
  buffer->kind = uint32_t(kind);
  buffer->index = index;
  buffer->dtype = DLC_BOOL;
  buffer->size = formula({{1, 0}});
  p.functions[kSums]->buffers.push_back(std::move(buffer));
  loopOf(p).flags |= abi::kLoopWhen;
  loopOf(p).args.insert(loopOf(p).args.begin() + 1, 10);
}

TEST(LoopTest, RunsOnlyWhereItsConditionHolds) {
  if (!canRunSample())
    GTEST_SKIP();
  schema::ProgramT header = loopHeader();
  addCondition(header, abi::BufferKind::Input, 1);
  auto port = std::make_unique<schema::PortT>();
  port->name = "when";
  port->dtype = DLC_BOOL;
  header.functions[kSums]->inputs.push_back(std::move(port));
  Loaded loaded(sampleFile(header));
  ASSERT_EQ(loaded.status, DLC_OK) << loaded.error.text;
  for (bool when : {false, true}) {
    std::vector<float> x = rows(3), all(12, -1);
    float last[4] = {};
    int64_t steps[3] = {-1, -1, -1};
    Call call(loaded, "sums");
    call.input(x.data(), DLC_F32, {3, 4}).input(&when, DLC_BOOL, {});
    call.output(last, DLC_F32, {4}).output(all.data(), DLC_F32, {3, 4}).output(steps, DLC_I64, {3});
    ASSERT_EQ(call.run(), DLC_OK) << call.error.text;
    EXPECT_EQ(last[0], when ? 30.5f : 0.5f);
    EXPECT_EQ(all[8], when ? 30.5f : -1.f);
    EXPECT_EQ(steps[2], when ? 2 : -1);
  }
}

const Lie kLies[] = {
    {"BodyBeyondTheEnd", [](P &p) { loopOf(p).body = 5; }, "does not end where it may"},
    {"BodyFarBeyondTheEnd", [](P &p) { loopOf(p).body = UINT32_MAX; }, "does not end where it may"},
    {"InnerBeyondOuter", [](P &p) { p.functions[kBlocks]->steps[2]->body = 3; }, "does not end where it may"},
    {"ElementOfALaterBuffer", [](P &p) { p.functions[kSums]->buffers[7]->index = 8; }, "refers to number 8 of 7"},
    {"ElementOfItself", [](P &p) { p.functions[kSums]->buffers[7]->index = 7; }, "refers to number 7 of 7"},
    {"ElementOfNoBuffer", [](P &p) { p.functions[kSums]->buffers[7]->index = UINT32_MAX; }, "refers to number"},
    {"MovesABuffer", [](P &p) { loopOf(p).args[1] = 4; }, "moves buffer 4, which is no element"},
    {"MovesNoBuffer", [](P &p) { loopOf(p).args[1] = 10; }, "uses buffer 10 of 10"},
    {"CountsInAFloat", [](P &p) { loopOf(p).args[0] = 4; }, "counts in a buffer that is no i64 of the workspace"},
    {"CountsInAnOutput", [](P &p) { loopOf(p).args[0] = 3; }, "counts in a buffer that is no i64 of the workspace"},
    {"CountsInAnElement", [](P &p) { loopOf(p).args[0] = 9; }, "counts in a buffer that is no i64 of the workspace"},
    {"CountsInNothing", [](P &p) { loopOf(p).args.clear(); }, "has flags 2"},
    {"Flags", [](P &p) { loopOf(p).flags = 8; }, "has flags 8"},
    {"DependsOnANumber", [](P &p) { loopOf(p).flags |= abi::kLoopWhen; }, "depends on a buffer that is no bool"},
    {"DependsOnNothing",
     [](P &p) {
       loopOf(p).flags |= abi::kLoopWhen;
       loopOf(p).args = {5};
     },
     "has flags 6"},
    {"DependsOnAnElementOfAnotherLoop", [](P &p) { addCondition(p, abi::BufferKind::Element, 0); },
     "uses buffer 10 outside of its loop"},
    {"NoCount", [](P &p) { loopOf(p).count.reset(); }, "a loop has no formula"},
    {"CountOfNoSymbol", [](P &p) { loopOf(p).count->terms[0]->symbols = {1}; }, "uses symbol 1 of 1"},
    {"CountOfAnUnboundSymbol",
     [](P &p) {
       p.functions[4]->steps.insert(p.functions[4]->steps.begin(), std::make_unique<schema::StepT>(loopOf(p, kBlocks)));
       p.functions[4]->steps[0]->args.clear();
       p.functions[4]->steps[0]->body = 0;
     },
     "no input's shape gives the symbol batch"},
    {"Guard",
     [](P &p) {
       auto &steps = p.functions[1]->steps; // around the guard of train_step
       steps.insert(steps.begin() + 2, std::make_unique<schema::StepT>(loopOf(p, kBlocks)));
       steps[2]->args.clear();
       steps[2]->body = 1;
     },
     "is in a loop"},
    {"WritesAVariable",
     [](P &p) {
       auto &steps = p.functions[1]->steps; // around its update
       steps.insert(steps.begin() + 3, std::make_unique<schema::StepT>(loopOf(p, kBlocks)));
       steps[3]->args.clear();
       steps[3]->body = 1;
     },
     "changes a variable"},
    {"WritesAnElementOfAnInput", [](P &p) { p.functions[kSums]->steps[3]->args[1] = 7; },
     "writes an input or a constant"},
    {"WritesAnElementOfAnElementOfAnInput", [](P &p) { p.functions[kBlocks]->steps[3]->args = {6, 5}; },
     "writes an input or a constant"},
    {"TooDeep",
     [](P &p) {
       auto &steps = p.functions[kBlocks]->steps;
       for (uint32_t i = 0; i < abi::kMaxLoopDepth; ++i) {
         steps.insert(steps.begin() + 1, std::make_unique<schema::StepT>(*steps[1]));
         steps[1]->args.clear();
         steps[1]->body = uint32_t(steps.size() - 2);
       }
     },
     "does not end where it may"},
};

INSTANTIATE_TEST_SUITE_P(Lies, LoopLieTest, testing::ValuesIn(kLies),
                         nameOfLie);

TEST(LoopTest, DepthHasALimitThatCanBeReached) {
  schema::ProgramT header = loopHeader();
  auto &steps = header.functions[kBlocks]->steps; // two deep
  for (uint32_t i = 2; i < abi::kMaxLoopDepth; ++i) {
    steps.insert(steps.begin() + 1, std::make_unique<schema::StepT>(*steps[1]));
    steps[1]->args.clear();
    steps[1]->count = formula({{1, 0}});
    steps[1]->body = uint32_t(steps.size() - 2);
  }
  Blocks blocks(3, header);
  EXPECT_EQ(blocks.status, DLC_OK) << blocks.text;
  EXPECT_EQ(std::memcmp(blocks.x.data(), blocks.y.data(), 3 * 32), 0);
}

// What only a call shows: sizes that do not fit its symbols. Nothing has run by then.
TEST(LoopTest, CountsMustFitTheStacks) {
  struct {
    const char *what;
    std::function<void(P &)> tell;
  } cases[] = {
      {"one turn too many", [](P &p) { loopOf(p, kBlocks).count = formula({{1, 1}, {1, 0}}); }},
      {"no count that fits", [](P &p) { loopOf(p, kBlocks).count = formula({{INT64_MAX, 0}}); }},
      {"bytes that overflow", [](P &p) { loopOf(p, kBlocks).count = formula({{int64_t(1) << 59, 0}}); }},
      {"a negative count", [](P &p) { loopOf(p, kBlocks).count = formula({{-1, 1}}); }},
      {"an element that is too large", [](P &p) { p.functions[kBlocks]->buffers[4]->size = formula({{64, 0}}); }},
      {"an element behind the start", [](P &p) { p.functions[kBlocks]->buffers[4]->offset = 64; }},
      {"a step that needs more bytes",
       [](P &p) {
         p.functions[kBlocks]->slots[0]->sizes[0] = formula({{4, 0}});
         p.functions[kBlocks]->buffers[7]->size = formula({{4, 0}});
       }},
      {"a stack of a stack that is too small", [](P &p) { p.functions[kBlocks]->steps[2]->count = formula({{3, 0}}); }},
  };
  for (const auto &each : cases) {
    schema::ProgramT header = loopHeader();
    each.tell(header);
    Blocks blocks(3, header);
    EXPECT_NE(blocks.status, DLC_OK) << each.what;
    EXPECT_FALSE(blocks.text.empty()) << each.what;
    EXPECT_EQ(blocks.y[0], -1) << each.what;
    EXPECT_EQ(blocks.last[0], 0) << each.what;
  }
}

/// The reader must refuse \p file or give a program that can be asked everything; whether it loaded.
bool survives(const Bytes &file) {
  Loaded loaded(file, false);
  if (!loaded.status)
    exercise(loaded.program);
  return !loaded.status;
}

// Every byte of the header in turn, hashes made right again.
TEST(LoopTest, SurvivesEveryChangedByte) {
  const Bytes good = sampleFile(loopHeader());
  abi::Preamble preamble;
  std::memcpy(&preamble, good.data(), sizeof preamble);
  const abi::Segment header = preamble.segments[0];
  size_t loadedCount = 0;
  for (uint64_t place = header.offset; place < header.offset + header.size; ++place)
    for (int value : {good[place] ^ 1, good[place] + 1, 0, 0x7F, 0xFF}) {
      Bytes file = good;
      file[place] = uint8_t(value);
      rehash(file);
      loadedCount += survives(file);
    }
  EXPECT_GT(loadedCount, 1000u);
}

TEST(LoopTest, EveryFlippedByteIsFound) {
  const Bytes good = sampleFile(loopHeader());
  for (size_t i = 0; i < good.size(); ++i) {
    Bytes file = good;
    file[i] ^= uint8_t(1 + i % 255);
    ASSERT_NE(Loaded(file, false).status, DLC_OK) << "byte " << i;
  }
}

// Fields of the loops, which gets deeper. The seed is fixed, so a failure comes back.
TEST(LoopTest, SurvivesRandomFields) {
  std::mt19937 random(22);
  const int64_t values[] = {0, 1, 2, 3, 4, 8, 16, 32, 64, 4096, -1, INT32_MAX, INT64_MAX, INT64_MIN, UINT32_MAX};
  auto value = [&] { return values[random() % std::size(values)]; };
  for (int round = 0; round < 8000; ++round) {
    schema::ProgramT p = loopHeader();
    for (uint32_t i = 0, changes = 1 + random() % 3; i < changes; ++i) {
      schema::FunctionT &f = *p.functions[random() % 4 ? kBlocks : kSums];
      schema::BufferT &buffer = *f.buffers[random() % f.buffers.size()];
      schema::StepT &step = *f.steps[random() % f.steps.size()];
      switch (random() % 10) {
      case 0:
        buffer.kind = uint32_t(random() % 7);
        break;
      case 1:
        buffer.index = random() % 3 ? uint32_t(random() % 10) : uint32_t(value());
        break;
      case 2:
        buffer.offset = uint64_t(value());
        break;
      case 3:
        buffer.size = formula({{value(), int(random() % 3)}});
        break;
      case 4:
        step.args.assign(random() % 5, uint32_t(random() % 10));
        break;
      case 5:
        step.kind = random() % 4 ? 3 : uint32_t(random() % 5);
        break;
      case 6:
        step.count = formula({{value(), int(random() % 3)}});
        break;
      case 7:
        step.body = random() % 3 ? uint32_t(random() % 6) : uint32_t(value());
        break;
      case 8:
        step.flags = uint32_t(random() % 5);
        break;
      case 9:
        if (!step.args.empty())
          step.args[random() % step.args.size()] = uint32_t(random() % 10);
        break;
      }
    }
    survives(sampleFile(p));
  }
}

} // namespace
} // namespace dlc::test
