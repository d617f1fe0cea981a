// Files with right hashes and wrong contents. Each claim names the field that lies; random changes come after them.
#include "test/unit/runtime/Exercise.h"
#include "test/unit/runtime/Lie.h"
#include "test/unit/runtime/SampleProgram.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>

namespace dlc::test {
namespace {

class HostileTest : public testing::TestWithParam<Lie> {};

TEST_P(HostileTest, IsRefused) {
  schema::ProgramT header = sampleHeader();
  GetParam().tell(header);
  Loaded loaded(sampleFile(header), false);
  EXPECT_NE(loaded.status, DLC_OK);
  EXPECT_NE(std::strstr(loaded.error.text, GetParam().message), nullptr) << loaded.error.text;
}

using P = schema::ProgramT;

const Lie kLies[] = {
    {"Version", [](P &p) { p.version = 2; }, "the header has version 2"},
    {"NoName", [](P &p) { p.name.clear(); }, "the program's name is missing"},
    {"ZeroInName", [](P &p) { p.name = std::string("a\0b", 3); }, "zero byte"},
    {"TooManySymbols", [](P &p) { p.symbols.resize(65, "s"); }, "65 symbols, at most 64"},
    {"SymbolTwice",
     [](P &p) {
       p.symbols = {"batch", "batch"};
     },
     "two symbols are called batch"},
    {"VariablesBytes", [](P &p) { p.variables_bytes = 64; }, "64 bytes of variables, their segment has 128"},
    {"VariableTwice", [](P &p) { p.variables[1]->name = "w"; }, "two variables are called w"},
    {"VariableKind", [](P &p) { p.variables[0]->kind = 7; }, "variable w has kind 7"},
    {"VariableDtype", [](P &p) { p.variables[0]->dtype = 0; }, "variable w has dtype 0"},
    {"VariableShape", [](P &p) { p.variables[0]->shape = {-4}; }, "negative or too large"},
    {"VariableShapeOverflows",
     [](P &p) {
       p.variables[0]->shape = {INT64_MAX, 4};
     },
     "negative or too large"},
    {"VariableBytes", [](P &p) { p.variables[0]->bytes = 20; }, "has 20 bytes, its shape needs 16"},
    {"VariableOutside", [](P &p) { p.variables[1]->offset = 128; }, "outside the block of variables"},
    {"VariableFarOutside", [](P &p) { p.variables[1]->offset = UINT64_MAX - 63; }, "outside the block of variables"},
    {"VariableMisaligned", [](P &p) { p.variables[1]->offset = 68; }, "misaligned"},
    {"VariablesOverlap", [](P &p) { p.variables[1]->offset = 0; }, "variables w and step overlap"},
    {"VariableRank", [](P &p) { p.variables[0]->shape.assign(17, 1); }, "has rank 17"},
    {"Location", [](P &p) { p.variables[0]->location->source = 1; }, "a location names source 1 of 1"},
    {"KernelNoName", [](P &p) { p.kernels[0]->name.clear(); }, "a kernel's name is missing"},
    {"KernelEntry", [](P &p) { p.kernels[0]->entry = 4000; }, "too short for its table of kernels"},
    {"KernelEntryFar", [](P &p) { p.kernels[0]->entry = UINT32_MAX; }, "too short for its table of kernels"},
    {"KernelEntryNotInTable", [](P &p) { p.kernels[0]->entry = 4; }, "starts outside the code"},
    {"KernelGrain", [](P &p) { p.kernels[0]->grain = 0; }, "grain of 0"},
    {"KernelNoParallel", [](P &p) { p.kernels[0]->parallel.reset(); }, "parallel loop has no formula"},
    {"KernelOutputsFrom", [](P &p) { p.kernels[0]->outputs_from = 4; }, "gives kernel add 3 buffers"},
    {"FormulaSymbol", [](P &p) { p.kernels[0]->flops->terms[0]->symbols = {1}; }, "uses symbol 1 of 1"},
    {"FormulaDegree", [](P &p) { p.kernels[0]->flops->terms[0]->symbols.assign(17, 0); }, "degree 17"},
    {"TargetSegment", [](P &p) { p.targets[0]->segment = 5; }, "names segment 5 of 5"},
    {"TargetWrongSegment", [](P &p) { p.targets[0]->segment = 1; }, "segment 1 is not the code of target"},
    {"NoTarget", [](P &p) { p.targets.clear(); }, "0 targets and 1 code segments"},
    {"FunctionTwice", [](P &p) { p.functions[1]->name = "predict"; }, "two functions are called predict"},
    {"PortRole", [](P &p) { p.functions[0]->inputs[0]->role = 2; }, "port x has role 2"},
    {"OutputRole", [](P &p) { p.functions[0]->outputs[0]->role = 0; }, "port y has role 0"},
    {"PortDtype", [](P &p) { p.functions[0]->inputs[0]->dtype = 10; }, "port x has dtype 10"},
    {"PortDimension",
     [](P &p) {
       p.functions[0]->inputs[0]->dims[1] = formula({{-4, 0}});
     },
     "dimension"},
    {"PortDimensionOverflows",
     [](P &p) {
       p.functions[0]->inputs[0]->dims[1] = formula({{INT64_MAX, 0}, {1, 0}});
     },
     "dimension"},
    {"BufferKind", [](P &p) { p.functions[0]->buffers[0]->kind = 6; }, "buffer 0 has kind 6"},
    {"BufferIndex", [](P &p) { p.functions[0]->buffers[1]->index = 1; }, "refers to number 1 of 1"},
    {"BufferDtype", [](P &p) { p.functions[0]->buffers[1]->dtype = 99; }, "buffer 1 has dtype 99"},
    {"BufferMisaligned", [](P &p) { p.functions[0]->buffers[1]->offset = 4; }, "starts at byte 4"},
    {"BufferBeyondVariable",
     [](P &p) {
       p.functions[1]->buffers[0]->size = formula({{17, 0}});
     },
     "ends outside"},
    {"BufferBeyondConstants", [](P &p) { p.functions[1]->buffers[4]->offset = 64; }, "ends outside"},
    {"BufferNegative",
     [](P &p) {
       p.functions[1]->buffers[0]->size = formula({{-1, 0}});
     },
     "negative or too large"},
    {"StepKind", [](P &p) { p.functions[0]->steps[0]->kind = 4; }, "step 0 has kind 4"},
    {"StepKernel", [](P &p) { p.functions[0]->steps[0]->kernel = 5; }, "launches kernel 5 of 5"},
    {"StepBuffer", [](P &p) { p.functions[0]->steps[0]->args[0] = 3; }, "uses buffer 3 of 3"},
    {"StepTooFew", [](P &p) { p.functions[0]->steps[1]->args.pop_back(); }, "gives kernel add 2 buffers"},
    {"StepNoBuffers", [](P &p) { p.functions[2]->steps[0]->args.clear(); }, "gives kernel mode 0 buffers"},
    {"StepWritesInput", [](P &p) { p.functions[0]->steps[0]->args[2] = 0; }, "writes an input or a constant"},
    {"CopyToConstant",
     [](P &p) {
       p.functions[4]->steps[0]->args = {1, 0};
     },
     "writes an input or a constant"},
    {"CopyOfThree",
     [](P &p) {
       p.functions[4]->steps[0]->args = {0, 1, 1};
     },
     "is a copy of 3 buffers"},
    {"GuardOfFloat", [](P &p) { p.functions[1]->steps[2]->args = {0}; }, "does not look at a bool"},
    {"GuardAfterUpdate", [](P &p) { std::swap(p.functions[1]->steps[2], p.functions[1]->steps[3]); },
     "comes after an update"},
    {"UnboundSymbol",
     [](P &p) {
       p.functions[0]->inputs[0]->dims[0] = formula({{1, 2}});
     },
     "no input's shape gives the symbol batch"},
};

INSTANTIATE_TEST_SUITE_P(Lies, HostileTest, testing::ValuesIn(kLies),
                         nameOfLie);

TEST(HostileFileTest, RefusesWrongPlacesOfSegments) {
  abi::Preamble good, bad;
  const Bytes file = sampleFile();
  std::memcpy(&good, file.data(), sizeof good);
  auto refuses = [&](auto change) {
    bad = good;
    change(bad);
    Bytes changed = file;
    std::memcpy(changed.data(), &bad, sizeof bad);
    rehash(changed);
    return Loaded(changed, false).status == DLC_CORRUPT_FILE;
  };
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segmentCount = 33; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segmentCount = UINT32_MAX; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segmentCount = 4; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.fileSize += 4096; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[0].offset += 4096; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[0].size = UINT64_MAX; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[1].size += 4096; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[2].kind = abi::kSegmentVariables; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[1].kind = 77; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[0].kind = 0; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[3].flags = 1; }));
  EXPECT_TRUE(refuses([](abi::Preamble &p) { p.segments[31].hash = 1; }));
  EXPECT_FALSE(refuses([](abi::Preamble &) {}));
}

TEST(HostileFileTest, RefusesWorkOutOfProportion) {
  // One formula of many terms, shared by many slots: 40 MB of terms out of a file of some KiB.
  flatbuffers::FlatBufferBuilder b;
  std::vector<flatbuffers::Offset<schema::Term>> terms(256, schema::CreateTerm(b, 1));
  auto shared = schema::CreateFormula(b, b.CreateVector(terms));
  std::vector<flatbuffers::Offset<schema::Formula>> sizes(4000, shared);
  auto slot = schema::CreateSlot(b, b.CreateVector(sizes));
  std::vector<flatbuffers::Offset<schema::Slot>> slots(4000, slot);
  auto function = schema::CreateFunction(b, b.CreateString("f"), 0, 0, 0, b.CreateVector(slots));
  auto functions = b.CreateVector(&function, 1);
  auto name = b.CreateString("Bomb");
  schema::ProgramBuilder program(b);
  program.add_version(1);
  program.add_name(name);
  program.add_functions(functions);
  b.Finish(program.Finish(), schema::ProgramIdentifier());
  Bytes header(b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize());
  Loaded loaded(assemble({{abi::kSegmentHeader, 0, header}, {abi::kSegmentVariables, 0, {}}}), false);
  EXPECT_EQ(loaded.status, DLC_CORRUPT_FILE) << loaded.error.text;
}

// Random bytes of the header changed, hashes made right again: whatever loads is asked everything and bound, and only
// functions without native code run. The seed is fixed, so a failure comes back.
TEST(HostileFileTest, SurvivesRandomHeaders) {
  const Bytes good = sampleFile();
  abi::Preamble preamble;
  std::memcpy(&preamble, good.data(), sizeof preamble);
  const abi::Segment header = preamble.segments[0];
  std::mt19937 random(20261121);
  int loadedCount = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes file = good;
    for (uint32_t i = 0, changes = 1 + random() % 4; i < changes; ++i) {
      size_t place = header.offset + random() % header.size;
      uint32_t how = random() % 4;
      file[place] = how == 0 ? uint8_t(random()) : how == 1 ? 0 : how == 2 ? 0xFF : uint8_t(file[place] + 1);
    }
    rehash(file);
    Loaded loaded(file, false);
    if (!loaded.status)
      exercise(loaded.program);
    loadedCount += !loaded.status;
  }
  EXPECT_GT(loadedCount, 1000);
}

// The same with fields changed instead of bytes, which gets deeper.
TEST(HostileFileTest, SurvivesRandomFields) {
  std::mt19937 random(7);
  const int64_t values[] = {0, 1, 2, 4, 16, 63, 64, 65, 4096, -1, INT32_MAX, INT64_MAX, INT64_MIN, UINT32_MAX};
  auto value = [&] { return values[random() % std::size(values)]; };
  for (int round = 0; round < 5000; ++round) {
    schema::ProgramT p = sampleHeader();
    for (uint32_t i = 0, changes = 1 + random() % 3; i < changes; ++i) {
      schema::FunctionT &f = *p.functions[random() % p.functions.size()];
      schema::BufferT &buffer = *f.buffers[random() % f.buffers.size()];
      schema::StepT &step = *f.steps[random() % f.steps.size()];
      switch (random() % 10) {
      case 0:
        buffer.kind = uint32_t(random() % 7);
        break;
      case 1:
        buffer.index = uint32_t(value());
        break;
      case 2:
        buffer.offset = uint64_t(value());
        break;
      case 3:
        buffer.size = formula({{value(), int(random() % 3)}, {value(), int(random() % 3)}});
        break;
      case 4:
        step.args.assign(random() % 5, uint32_t(random() % 6));
        break;
      case 5:
        step.kind = uint32_t(random() % 5);
        break;
      case 6:
        if (!f.slots.empty())
          f.slots[0]->sizes.push_back(formula({{value(), int(random() % 4)}}));
        break;
      case 7:
        p.kernels[random() % 5]->parallel = formula({{value(), int(random() % 3)}});
        break;
      case 8:
        if (!f.inputs.empty())
          f.inputs[0]->dims[0] = formula({{value(), 1}, {value(), 0}});
        break;
      case 9:
        p.variables[random() % 2]->offset = uint64_t(value());
        break;
      }
    }
    Loaded loaded(sampleFile(p), false);
    if (!loaded.status)
      exercise(loaded.program);
  }
}

} // namespace
} // namespace dlc::test
