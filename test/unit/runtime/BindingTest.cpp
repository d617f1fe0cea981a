// Shapes, symbols and memory of a call: what is accepted, and what the errors say.
#include "test/unit/runtime/SampleProgram.h"

#include <cstring>
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

class BindingTest : public testing::Test {
protected:
  Call predict(std::vector<int64_t> inputShape, std::vector<int64_t> outputShape) {
    Call call(loaded_, "predict");
    call.input(x_, DLC_F32, std::move(inputShape)).output(y_, DLC_F32, std::move(outputShape));
    return call;
  }
  Loaded loaded_{sampleFile()};
  alignas(64) float x_[64] = {}, y_[64] = {};
};

TEST_F(BindingTest, SaysWhatWasExpectedOfAnInput) {
  Call call = predict({4, 5}, {4, 4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "input x: expected f32[batch, 4], got f32[4, 5]");
}

TEST_F(BindingTest, SaysWhatWasExpectedOfARank) {
  Call call = predict({4}, {4, 4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "input x: expected f32[batch, 4], got f32[4]");
}

TEST_F(BindingTest, SaysWhatWasExpectedOfADtype) {
  Call call(loaded_, "predict");
  call.input(x_, DLC_F64, {4, 4}).output(y_, DLC_F32, {4, 4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "input x: expected f32[batch, 4], got f64[4, 4]");
}

TEST_F(BindingTest, ShowsTheSymbolThatDiffers) {
  Call call(loaded_, "train_step");
  call.input(x_, DLC_F32, {4, 4}).input(x_, DLC_F32, {3}).output(y_, DLC_F32, {4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "target t: expected f32[batch] where batch = 4, got f32[3]");
}

TEST_F(BindingTest, ChecksOutputs) {
  Call call = predict({4, 4}, {3, 4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "output y: expected f32[batch, 4] where batch = 4, got f32[3, 4]");
}

TEST_F(BindingTest, CountsTensors) {
  Call call(loaded_, "train_step");
  call.input(x_, DLC_F32, {4, 4}).output(y_, DLC_F32, {4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "function train_step: expected 2 inputs (x, t), got 1");
}

TEST_F(BindingTest, RefusesNegativeAndEnormousShapes) {
  EXPECT_EQ(predict({-1, 4}, {-1, 4}).run(), DLC_INVALID_ARGUMENT);
  Call call = predict({INT64_MAX / 8, 4}, {INT64_MAX / 8, 4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "input x: its shape is too large");
  Call split(loaded_, "split");
  split.input(x_, DLC_F32, {INT64_MAX / 4}).output(y_, DLC_I64, {INT64_MAX / 4});
  EXPECT_EQ(split.run(), DLC_INVALID_ARGUMENT);
}

TEST_F(BindingTest, RefusesAWorkspaceThatOverflows) {
  schema::ProgramT header = sampleHeader();
  header.functions[0]->slots[0]->sizes.push_back(formula({{INT64_MAX, 1}}));
  Loaded loaded(sampleFile(header));
  Call call(loaded, "predict");
  call.input(x_, DLC_F32, {2, 4}).output(y_, DLC_F32, {2, 4});
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(call.error.text, "function predict: the inputs are too large, the size of a buffer overflows");
}

TEST_F(BindingTest, RefusesABufferThatIsLargerThanItsSlot) {
  schema::ProgramT header = sampleHeader();
  header.functions[0]->slots[0]->sizes[0] = formula({{64, 0}});
  Loaded loaded(sampleFile(header));
  Call call(loaded, "predict");
  call.input(x_, DLC_F32, {5, 4}).output(y_, DLC_F32, {5, 4});
  EXPECT_EQ(call.run(), DLC_CORRUPT_FILE);
  EXPECT_STREQ(call.error.text, "function predict: buffer 1 ends outside the memory that the plan gives it");
}

TEST_F(BindingTest, SolvesAMultipleOfASymbol) {
  schema::ProgramT header = sampleHeader();
  header.functions[3]->inputs[0]->dims[0] = formula({{2, 1}, {1, 0}});
  Loaded loaded(sampleFile(header));
  int64_t shape = 0;
  Error error;
  Call odd(loaded, "split"), even(loaded, "split");
  odd.input(x_, DLC_F32, {7});
  EXPECT_EQ(dlc_output_shape(loaded.program, 3, &odd.call, 0, &shape, &error), DLC_OK) << error.text;
  EXPECT_EQ(shape, 3);
  even.input(x_, DLC_F32, {8});
  EXPECT_EQ(dlc_output_shape(loaded.program, 3, &even.call, 0, &shape, &error), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(error.text, "input x: expected f32[2*batch+1] where batch = 3, got f32[8]");
}

TEST_F(BindingTest, RefusesNullAndMisalignedMemory) {
  auto fails = [&](auto change, const char *message) {
    Call call = predict({4, 4}, {4, 4});
    call.prepare();
    dlc_tensor input = call.call.inputs[0], output = call.call.outputs[0];
    call.call.inputs = &input;
    call.call.outputs = &output;
    change(call.call, input, output);
    EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
    EXPECT_NE(std::strstr(call.error.text, message), nullptr) << call.error.text;
  };
  using C = dlc_call;
  using T = dlc_tensor;
  auto shift = [](void *pointer, int bytes) { return static_cast<void *>(static_cast<char *>(pointer) + bytes); };
  fails([](C &c, T &, T &) { c.variables = nullptr; }, "dlc_call.variables is null");
  fails([&](C &c, T &, T &) { c.variables = shift(c.variables, 8); }, "dlc_call.variables is not aligned to 64");
  fails([](C &c, T &, T &) { c.workspace = nullptr; }, "dlc_call.workspace is null");
  fails([&](C &c, T &, T &) { c.workspace = shift(c.workspace, 32); }, "dlc_call.workspace is not aligned to 64");
  fails([](C &c, T &, T &) { c.workspace_bytes -= 1; }, "expected a workspace of");
  fails([](C &, T &in, T &) { in.data = nullptr; }, "input x: its data is null");
  fails([&](C &, T &in, T &) { in.data = shift(in.data, 2); },
        "input x: its data is not aligned to the 4 bytes of f32");
  fails([](C &, T &in, T &) { in.bytes = 63; }, "input x: its shape needs 64 bytes, got 63");
  fails([](C &, T &in, T &) { in.shape = nullptr; }, "input x: its shape is null");
  fails([](C &, T &, T &out) { out.data = nullptr; }, "output y: its data is null");
  fails([](C &, T &, T &out) { out.dtype = 0; }, "output y: expected f32[batch, 4], got ?[4, 4]");
  fails([](C &c, T &, T &) { c.inputs = nullptr; }, "dlc_call.inputs is null");
  fails([](C &c, T &, T &) { c.outputs = nullptr; }, "dlc_call.outputs is null");
  fails([](C &c, T &, T &) { c.struct_size = 8; }, "dlc_call.struct_size is 8");
  fails([](C &, T &in, T &out) { out.data = in.data; }, "input x and output y share memory");
  fails([](C &c, T &, T &out) { out.data = c.workspace; }, "output y and dlc_call.workspace share memory");
  fails([](C &c, T &in, T &) { in.data = c.variables; }, "input x and dlc_call.variables share memory");
}

TEST_F(BindingTest, RefusesAHostWithoutItsSize) {
  Call call = predict({4, 4}, {4, 4});
  dlc_host host = {};
  call.call.host = &host;
  EXPECT_EQ(call.run(), DLC_INVALID_ARGUMENT);
  EXPECT_NE(std::strstr(call.error.text, "dlc_host.struct_size is 0"), nullptr) << call.error.text;
}

TEST_F(BindingTest, RefusesWhatIsNotThere) {
  Call call = predict({4, 4}, {4, 4});
  Error error;
  uint64_t bytes;
  EXPECT_EQ(dlc_run(nullptr, 0, &call.call, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_run(loaded_.program, 0, nullptr, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_run(loaded_.program, 5, &call.call, &error), DLC_INVALID_ARGUMENT);
  EXPECT_STREQ(error.text, "there is no function number 5, the program has 5 functions");
  EXPECT_EQ(dlc_workspace_bytes(loaded_.program, 0, &call.call, nullptr, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_workspace_bytes(loaded_.program, 99, &call.call, &bytes, &error), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_output_shape(loaded_.program, 0, &call.call, 1, nullptr, &error), DLC_INVALID_ARGUMENT);
}

TEST_F(BindingTest, WorkspaceBytesReadsShapesOnly) {
  Call call(loaded_, "predict");
  call.input(nullptr, DLC_F32, {100, 4});
  uint64_t bytes = 0;
  EXPECT_EQ(dlc_workspace_bytes(loaded_.program, 0, &call.call, &bytes, &call.error), DLC_OK) << call.error.text;
  EXPECT_GE(bytes, 1600u);
  EXPECT_EQ(bytes % 64, 0u);
}

} // namespace
} // namespace dlc::test
