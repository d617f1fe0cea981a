// What is inside a program: costs, memory and layers at a batch.
#include "tools/fit/ProgramSummary.h"
#include "test/unit/runtime/LoopProgram.h"
#include "test/unit/tools/fit/Examples.h"
#include "tools/fit/ProgramHeader.h"
#include "tools/fit/StepCosts.h"
#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace dlc::test {
namespace {

using fit::ProgramSummary;
using fit::WorkspaceRow;

class ProgramSummaryTest : public testing::Test {
protected:
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the sample has code for x86-64";
  }
  static schema::ProgramT withLayers(const char *layers) {
    schema::ProgramT header = sampleHeader();
    header.metadata.push_back(std::make_unique<schema::MetadataT>());
    header.metadata.back()->key = "layers";
    header.metadata.back()->value = layers;
    header.variables[0]->name = "encoder/dense_1/w";
    return header;
  }
};

TEST_F(ProgramSummaryTest, CountsParameters) {
  ProgramSummary summary = fit::summarize(programOf(), 10);
  EXPECT_EQ(summary.name, "Sample");
  EXPECT_EQ(summary.batch, 10);
  EXPECT_EQ(summary.parameters, 4);
  EXPECT_EQ(summary.trainable, 4);
  EXPECT_EQ(summary.step, 7);
  EXPECT_EQ(summary.epoch, 0);
  ASSERT_EQ(summary.variables.size(), 2u);
  EXPECT_EQ(summary.variables[0].kind, "parameter");
  EXPECT_EQ(summary.variables[0].type, "f32[4]");
  EXPECT_EQ(summary.variables[0].place, "sample.dl:3");
  EXPECT_EQ(summary.variables[1].kind, "session");
  EXPECT_EQ(summary.variables[1].type, "i64");
  EXPECT_EQ(summary.variables[1].offset, 64u);
}

TEST_F(ProgramSummaryTest, AFrozenParameterIsNotTrainable) {
  schema::ProgramT header = sampleHeader();
  header.variables[0]->trainable = false;
  ProgramSummary summary = fit::summarize(programOf(header), 1);
  EXPECT_EQ(summary.parameters, 4);
  EXPECT_EQ(summary.trainable, 0);
  EXPECT_EQ(summary.variables[0].kind, "frozen");
}

TEST_F(ProgramSummaryTest, CountsWorkAtTheBatch) {
  ProgramSummary summary = fit::summarize(programOf(), 10);
  ASSERT_EQ(summary.functions.size(), 5u);
  EXPECT_EQ(summary.functions[0].name, "predict");
  EXPECT_EQ(summary.functions[0].inputs, "x: f32[batch, 4]");
  EXPECT_EQ(summary.functions[0].launches, 2);
  EXPECT_EQ(summary.functions[0].flops, 80); // two launches of 4*batch
  // 16*batch = 160 in steps of 64 is 192; the rest, which the runtime keeps for itself, is the same for all batches.
  EXPECT_EQ(*fit::summarize(programOf(), 100).functions[0].workspaceBytes - *summary.functions[0].workspaceBytes,
            1600u - 192u);
  EXPECT_EQ(summary.functions[1].inputs, "x: f32[batch, 4], t: f32[batch]");
  EXPECT_EQ(summary.functions[4].launches, 0); // a copy
  EXPECT_EQ(summary.kernels[0].flopsFormula, "4*batch");
  EXPECT_EQ(summary.kernels[0].flops, 40);
  EXPECT_EQ(summary.kernels[0].bytes, 480);
  EXPECT_EQ(summary.kernels[0].launches, 2);
  EXPECT_EQ(summary.kernels[0].place, "sample.dl:5:5");
  EXPECT_EQ(summary.kernels[1].launches, 1);
}

TEST_F(ProgramSummaryTest, LoopsCountAsOftenAsTheyTurn) {
  schema::ProgramT header = loopHeader();
  ASSERT_EQ(header.functions[kSums]->steps[1]->body, 3u);
  header.kernels[2]->flops = formula({{7, 0}});
  ProgramSummary summary = fit::summarize(programOf(header), 10);
  EXPECT_EQ(summary.functions[kSums].launches, 10); // one in each turn, `batch` turns
  EXPECT_EQ(summary.functions[kSums].flops, 70);
  EXPECT_EQ(summary.functions[kSums].flopsFormula, "7*batch");
  EXPECT_EQ(summary.functions[kSumsBack].flops, 70);
  EXPECT_EQ(summary.functions[kBlocks].launches, 0);
  EXPECT_EQ(summary.functions[0].flopsFormula, "8*batch"); // two launches of 4*batch, no loop
  EXPECT_EQ(fit::summaryJson(summary)["functions"][kSums]["flops_formula"], "7*batch");
  int64_t ofOthers = fit::summarize(programOf(), 10).kernels[2].launches;
  EXPECT_EQ(summary.kernels[2].launches, ofOthers + 20);
  EXPECT_EQ(fit::summarize(programOf(header), 3).functions[kSums].flops, 21);
}

TEST_F(ProgramSummaryTest, LoopsInLoopsMultiply) {
  fit::Program program = programOf(loopHeader());
  fit::StepCosts costs = fit::stepCosts(program, kBlocks, {{"batch", 5}});
  std::vector<int64_t> turns = costs.turns;
  EXPECT_EQ(turns.front(), 1);
  EXPECT_EQ(*std::max_element(turns.begin(), turns.end()), 10); // 5 examples of 2 blocks
  EXPECT_EQ(fit::stepCosts(program, kBlocks, {{"batch", int64_t(1) << 62}}).turns.back(),
            int64_t(1) << 40); // shown no further
}

TEST_F(ProgramSummaryTest, FormulasAreWrittenAsTheRuntimeWritesThem) {
  for (auto [terms, text] : {std::pair<std::vector<std::pair<int64_t, int>>, std::string>{{{2, 0}, {1, 1}}, "batch+2"},
                             {{{-1, 1}}, "-1*batch"},
                             {{{3, 1}, {-3, 1}}, "0"},
                             {{{3, 1}, {4, 1}, {-5, 0}}, "7*batch-5"},
                             {{{INT64_MAX, 1}, {1, 1}}, ""}}) { // more than can be counted
    auto flops = std::make_unique<schema::FormulaT>();
    for (auto [coefficient, degree] : terms) {
      flops->terms.push_back(std::make_unique<schema::TermT>());
      flops->terms.back()->coefficient = coefficient;
      flops->terms.back()->symbols.assign(static_cast<size_t>(degree), 0);
    }
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(schema::CreateFormula(builder, flops.get()));
    const auto &formula = *flatbuffers::GetRoot<schema::Formula>(builder.GetBufferPointer());
    std::optional<fit::Polynomial> polynomial = fit::polynomialOf(&formula);
    EXPECT_EQ(polynomial ? fit::textOf(*polynomial, {"batch"}) : "", text);
    EXPECT_EQ(polynomial.has_value(), fit::valueOf(&formula, {1}).has_value());
  }
  EXPECT_EQ(fit::valueOf(nullptr, {}), 0);
  EXPECT_EQ(fit::valuesOfSymbols(programOf(), {}), (std::vector<int64_t>{1}));
}

TEST_F(ProgramSummaryTest, AHugeBatchHasNoCosts) {
  ProgramSummary summary = fit::summarize(programOf(), int64_t(1) << 62);
  EXPECT_EQ(summary.functions[0].flops, std::nullopt);
  EXPECT_EQ(summary.functions[0].workspaceBytes, std::nullopt);
  EXPECT_EQ(summary.kernels[0].bytes, std::nullopt);
  EXPECT_TRUE(fit::summaryJson(summary)["functions"][0]["flops"].is_null());
  EXPECT_NE(fit::summaryText(summary).find("y: f32[batch, 4]          2     -          -  8*batch\n"),
            std::string::npos)
      << fit::summaryText(summary);
}

TEST_F(ProgramSummaryTest, PlansTheWorkspace) {
  std::vector<WorkspaceRow> rows = fit::workspaceRows(programOf(), {{"batch", 10}});
  ASSERT_EQ(rows.size(), 2u); // of predict and train_step
  EXPECT_EQ(rows[0].function, "predict");
  EXPECT_EQ(rows[0].bytes, 160u);
  EXPECT_EQ(rows[0].offset, 0u);
  EXPECT_EQ(rows[0].firstStep, 0u);
  EXPECT_EQ(rows[0].lastStep, 1u);
  EXPECT_EQ(rows[0].value, "loss"); // the step's place, not that of its kernel, which others may launch, too
  EXPECT_EQ(rows[0].place, "sample.dl:11");
  EXPECT_FALSE(rows[0].kept);
  EXPECT_EQ(rows[1].function, "train_step");
  EXPECT_EQ(rows[1].firstStep, 1u); // is_finite writes it, the guard reads it
  EXPECT_EQ(rows[1].lastStep, 2u);
  EXPECT_EQ(fit::workspaceRows(programOf(), {})[0].bytes, 16u); // a symbol without a value is 1
}

TEST_F(ProgramSummaryTest, GivesVariablesToTheInnermostLayer) {
  ProgramSummary summary = fit::summarize(
      programOf(withLayers(R"([{"name": "encoder", "layer": "mlp"}, {"name": "encoder/dense", "layer": "dense"},
        {"name": "encoder/dense_1", "layer": "dense", "output": "f32[batch, 4]", "file": "sample.dl", "line": 4}])")),
      1);
  ASSERT_EQ(summary.layers.size(), 3u);
  EXPECT_EQ(summary.layers[0].parameters, 0);
  EXPECT_EQ(summary.layers[1].parameters, 0); // "encoder/dense" is not a part of "encoder/dense_1"
  EXPECT_EQ(summary.layers[2].parameters, 4);
  EXPECT_EQ(fit::layersText(summary), "  layer            kind   output         parameters  source\n"
                                      "  encoder          mlp                            0\n"
                                      "  encoder/dense    dense                          0\n"
                                      "  encoder/dense_1  dense  f32[batch, 4]           4  sample.dl:4\n"
                                      "  4 parameters, 4 of them trainable\n");
}

TEST_F(ProgramSummaryTest, TakesOddLayers) {
  EXPECT_TRUE(fit::summarize(programOf(withLayers("3")), 1).layers.empty());
  ProgramSummary summary = fit::summarize(programOf(withLayers(R"([7, {"name": 5, "line": "x"}])")), 1);
  ASSERT_EQ(summary.layers.size(), 2u);
  EXPECT_EQ(summary.layers[1].name, "");
}

TEST_F(ProgramSummaryTest, WritesTablesAndJson) {
  ProgramSummary summary = fit::summarize(programOf(), 10);
  std::string text = fit::summaryText(summary);
  EXPECT_EQ(text.substr(0, text.find('\n')), "model Sample, trained for 7 steps, 0 epochs");
  EXPECT_NE(text.find("functions, at batch 10\n"), std::string::npos);
  EXPECT_NE(text.find("  add        elementwise         2      40  480 B  sample.dl:5:5  sum\n"), std::string::npos)
      << text;
  nlohmann::json json = fit::summaryJson(summary);
  EXPECT_EQ(json["parameters"], 4);
  EXPECT_EQ(json["functions"][0]["workspace_bytes"], *summary.functions[0].workspaceBytes);
  EXPECT_EQ(json["segments"]["portable IR"], 4);
  EXPECT_EQ(json["workspace"][1]["last_step"], 2);
}

} // namespace
} // namespace dlc::test
