// Programs as TensorBoard's graphs, byte by byte.
#include "tools/fit/ProgramGraph.h"
#include "test/unit/tools/fit/Examples.h"
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

// A field of bytes: its number, its length, its contents; all below 128.
std::string field(int number, const std::string &contents) {
  return std::string(1, static_cast<char>(number << 3 | 2)) + static_cast<char>(contents.size()) + contents;
}
std::string integer(int number, int value) {
  return std::string(1, static_cast<char>(number << 3)) + static_cast<char>(value);
}
std::string attribute(const char *key, const std::string &value) { return field(5, field(1, key) + field(2, value)); }
const std::string kUnknown = "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"; // size -1, ten bytes
// [batch, 4]: a list of one shape with two dimensions.
std::string shapes() {
  return attribute("_output_shapes", field(1, field(7, field(2, kUnknown) + field(2, integer(1, 4)))));
}
std::string floats() { return attribute("dtype", integer(6, 1)); }

// A node is longer than 127 bytes: the varint of its length has two.
std::string node(const std::string &contents) {
  std::string length;
  size_t size = contents.size();
  for (; size >= 0x80; size >>= 7)
    length += static_cast<char>(size | 0x80);
  return "\x0a" + length + static_cast<char>(size) + contents;
}

std::string kernelNode(const char *name, const std::vector<std::string> &inputs) {
  std::string contents = field(1, name) + field(2, "elementwise");
  for (const std::string &input : inputs)
    contents += field(3, input);
  return node(contents + shapes() + attribute("bytes", field(2, "48*batch")) + floats() +
              attribute("flop", field(2, "4*batch")) + attribute("kernel", field(2, "add")) +
              attribute("source", field(2, "sample.dl:5:5")) + attribute("value", field(2, "sum")));
}

class ProgramGraphTest : public testing::Test {
protected:
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the sample has code for x86-64";
  }
};

TEST_F(ProgramGraphTest, HasTheStepsOfPredictAndWhoWroteWhatTheyRead) {
  std::string wanted = node(field(1, "x") + field(2, "Placeholder") + shapes() + floats());
  wanted += kernelNode("sum", {"x"}) + kernelNode("sum_1", {"sum", "x"});
  wanted += node(field(1, "outputs/y") + field(2, "Identity") + field(3, "sum_1") + shapes() + floats());
  wanted += field(4, integer(1, 1));
  EXPECT_EQ(fit::graphDef(programOf()), wanted);
}

TEST_F(ProgramGraphTest, NamesHaveTheLettersThatAreAllowed) {
  schema::ProgramT header = sampleHeader();
  for (auto [where, name] : {std::pair<const char *, const char *>{"dense_1/x @ w", "dense_1/x_w"},
                             {"a/e / sum(e, axis = -1)", "a/e_sum_e_axis_1"},
                             {"//  ^", "elementwise"},
                             {"x / 255...", "x_255"},
                             {"\xc3\xa4/:1", "1"}}) {
    header.kernels[0]->location->where = where;
    std::string graph = fit::graphDef(programOf(header));
    EXPECT_NE(graph.find(field(1, name) + field(2, "elementwise")), std::string::npos) << where;
    EXPECT_NE(graph.find(field(1, std::string(name) + "_1") + field(2, "elementwise")), std::string::npos) << where;
    EXPECT_NE(graph.find(attribute("value", field(2, where))), std::string::npos) << where;
  }
}

TEST_F(ProgramGraphTest, VariablesAreNodes) {
  schema::ProgramT header = sampleHeader();
  header.functions[0]->buffers[0]->kind = 0; // of the variable w, in place of the input
  header.functions[0]->buffers[0]->size = formula({{16, 0}});
  header.functions[0]->buffers[0]->index = 0;
  header.functions[0]->steps[1]->args[1] = 0;
  std::string graph = fit::graphDef(programOf(header));
  EXPECT_NE(graph.find(field(1, "w") + field(2, "VariableV2")), std::string::npos);
  EXPECT_NE(graph.find(attribute("source", field(2, "sample.dl:3"))), std::string::npos);
}

TEST_F(ProgramGraphTest, AProgramThatCannotPredictHasNone) {
  schema::ProgramT header = sampleHeader();
  header.functions[0]->name = "other";
  EXPECT_EQ(fit::graphDef(programOf(header)), "");
}

} // namespace
} // namespace dlc::test
