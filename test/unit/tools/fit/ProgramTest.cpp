// Programs, their variables and calls of their functions.
#include "tools/fit/Program.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "tools/fit/TrainingSession.h"
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc::test {
namespace {

using fit::ExitCode;
using fit::Program;
using fit::Variables;

class ProgramTest : public testing::Test {
protected:
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the sample has code for x86-64";
  }
  static schema::ProgramT withMetadata(const char *key, const char *value) {
    schema::ProgramT header = sampleHeader();
    header.metadata.push_back(std::make_unique<schema::MetadataT>());
    header.metadata.back()->key = key;
    header.metadata.back()->value = value;
    return header;
  }
  TemporaryFolder folder;
};

TEST_F(ProgramTest, DescribesItself) {
  Program program = programOf();
  EXPECT_EQ(program.modelName(), "Sample");
  EXPECT_EQ(program.path(), "sample.dlm");
  EXPECT_TRUE(program.has("predict"));
  EXPECT_FALSE(program.has("eval_step"));
  EXPECT_EQ(program.symbols(), (std::vector<std::string>{"batch"}));
  EXPECT_EQ(program.functions().size(), 5u);
  EXPECT_EQ(program.metadata("recipe").dump(), "{\"epochs\":3}");
  EXPECT_TRUE(program.metadata("layers").is_null());
  EXPECT_EQ(program.sourceFile(), "sample.dl");
}

TEST_F(ProgramTest, SaysWhatItLacks) {
  Program program = programOf();
  Complaint step = complaintOf([&] { program.functionIndex("eval_step"); });
  EXPECT_EQ(step.place, "sample.dlm");
  EXPECT_EQ(step.text, "the program has no function eval_step; it has predict, train_step, mode, split, reset");
  EXPECT_EQ(step.remedy, "add a block train Sample(…) { … } with a loss and an optimizer to the model");
  Complaint variable = complaintOf([&] { Variables(program).integer("stop"); });
  EXPECT_EQ(variable.text, "the program has no variable 'stop'");
  EXPECT_EQ(variable.remedy, "did you mean 'step'? it has w, step");
  Program broken = programOf(withMetadata("layers", "{"));
  EXPECT_EQ(complaintOf([&] { broken.metadata("layers"); }).text, "the program's layers is not JSON");
}

TEST_F(ProgramTest, SaysWhyAFileCannotBeLoaded) {
  std::string missing = folder.path("m.dlm"), other = folder.write("o.dlm", "model M { }");
  Complaint found = complaintOf([&] { Program::load(missing); });
  EXPECT_EQ(found.code, ExitCode::Io);
  EXPECT_EQ(found.place, missing);
  EXPECT_EQ(found.text, "cannot open: No such file or directory"); // the path is said once
  found = complaintOf([&] { Program::load(other); });
  EXPECT_EQ(found.code, ExitCode::BadInput);
  EXPECT_EQ(found.text.find(other), std::string::npos) << found.text;
  EXPECT_EQ(found.remedy, "make it again with dlc compile or dlc train, or copy it again");
}

TEST_F(ProgramTest, VariablesReadAndWriteNumbers) {
  Program program = programOf();
  Variables variables(program);
  EXPECT_EQ(variables.integer("step"), 7);
  EXPECT_EQ(variables.number("step"), 7);
  variables.setNumber("step", 8.9);
  EXPECT_EQ(variables.integer("step"), 8);
  EXPECT_EQ(complaintOf([&] { variables.setNumber("w", 1); }).text, "is not a single number");
  EXPECT_FALSE(fit::isUntrained(variables));
  variables.reset();
  EXPECT_EQ(variables.integer("step"), 7);
}

TEST_F(ProgramTest, VariablesGoBackAndIntoFiles) {
  Program program = programOf();
  Variables variables(program);
  std::string before = variables.snapshot();
  variables.setInteger("step", 9);
  variables.save(folder.path("m.dlm"));
  EXPECT_EQ(Variables(Program::load(folder.path("m.dlm"))).integer("step"), 9);
  variables.restore(before);
  EXPECT_EQ(variables.integer("step"), 7);
  Complaint found = complaintOf([&] { variables.save(folder.path("no/m.dlm")); });
  EXPECT_EQ(found.code, ExitCode::Io);
  EXPECT_EQ(found.place, folder.path("no/m.dlm"));
}

TEST_F(ProgramTest, CallsChangeVariables) {
  Program program = programOf();
  Variables variables(program);
  fit::FunctionCall step(program, "train_step");
  fit::AlignedBuffer x(2 * 16), t(2 * 4);
  step.setInput(0, x.data(), {2, 4});
  step.setInput(1, t.data(), {2});
  step.run(variables);
  EXPECT_EQ(step.findOutput("before"), 0u);
  EXPECT_EQ(step.findOutput("after"), std::nullopt);
  EXPECT_EQ(step.outputNumber(0, 3), 4);                            // w before
  EXPECT_EQ(static_cast<const float *>(variables.data())[3], 4.5f); // w += 1/2
}

TEST_F(ProgramTest, AGuardSaysWhere) {
  Program program = programOf();
  Variables variables(program);
  std::string before = variables.snapshot();
  fit::FunctionCall step(program, "train_step");
  fit::AlignedBuffer x(16), t(4);
  reinterpret_cast<float *>(x.data())[0] = INFINITY;
  step.setInput(0, x.data(), {1, 4});
  step.setInput(1, t.data(), {1});
  dlc_error error;
  EXPECT_EQ(step.run(variables, nullptr, error), DLC_NOT_FINITE);
  EXPECT_EQ(error.line, 23u);
  EXPECT_EQ(variables.snapshot(), before);
  Complaint found = complaintOf([&] { step.run(variables); });
  EXPECT_EQ(found.place, "sample.dl:23:5");
}

TEST_F(ProgramTest, AWrongShapeIsAProblem) {
  Program program = programOf();
  Variables variables(program);
  fit::FunctionCall predict(program, "predict");
  fit::AlignedBuffer x(2 * 12);
  predict.setInput(0, x.data(), {2, 3});
  EXPECT_EQ(complaintOf([&] { predict.run(variables); }).code, ExitCode::BadInput);
}

TEST_F(ProgramTest, RandomInputsAreAFunctionOfTheSeed) {
  Program program = programOf();
  Variables variables(program);
  auto firstOutput = [&](int64_t seed) {
    fit::RandomInputs inputs(program, "mse", 3, seed);
    fit::FunctionCall predict(program, "predict");
    inputs.fill(predict);
    predict.run(variables);
    EXPECT_EQ(predict.outputShape(0), (std::vector<int64_t>{3, 4}));
    return std::vector<double>{predict.outputNumber(0, 0), predict.outputNumber(0, 11)};
  };
  EXPECT_EQ(firstOutput(1), firstOutput(1));
  EXPECT_NE(firstOutput(1), firstOutput(2));
}

} // namespace
} // namespace dlc::test
