// Tensors of files find their variables, by name and by the conventions of Keras.
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "test/unit/tools/fit/weights/WeightPrograms.h"
#include "tools/fit/weights/SafetensorsFile.h"
#include "tools/fit/weights/WeightNames.h"
#include <nlohmann/json.hpp>

namespace dlc::test {
namespace {

using fit::ElementType;
using fit::Program;
using fit::Variables;
using Names = std::vector<std::string>;

Names matchOf(const Program &program, const Names &tensors) { return fit::WeightNames(program).match(tensors); }

Program twoLayers() {
  return programWith({{"dense_1/w", {2, 3}}, {"dense_1/b", {3}}, {"dense_2/w", {3, 1}}, {"dense_2/b", {1}}});
}

TEST(WeightNamesTest, EqualNames) {
  EXPECT_EQ(matchOf(twoLayers(), {"dense_2/b", "dense_1/w", "dense_3/w", "w"}),
            (Names{"dense_2/b", "dense_1/w", "", ""}));
}

TEST(WeightNamesTest, DatasetsOfKeras2) {
  EXPECT_EQ(matchOf(twoLayers(), {"model_weights/dense_1/dense_1/kernel:0", "model_weights/dense_1/dense_1/bias:0",
                                  "dense_2/dense_2/kernel:0", "optimizer_weights/adam/dense_1/kernel/m:0"}),
            (Names{"dense_1/w", "dense_1/b", "dense_2/w", ""}));
}

// The first layer of a kind has no number in Keras: then dense_1 is the second.
TEST(WeightNamesTest, LayersThatKerasCountsFromZero) {
  EXPECT_EQ(matchOf(twoLayers(), {"dense/kernel", "dense_1/kernel"}), (Names{"dense_1/w", "dense_2/w"}));
  EXPECT_EQ(matchOf(twoLayers(), {"dense/kernel"}), (Names{"dense_1/w"}));
  EXPECT_EQ(matchOf(twoLayers(), {"dense_7/kernel", "dense_9/kernel"}), (Names{"dense_1/w", "dense_2/w"}));
  EXPECT_EQ(matchOf(twoLayers(), {"dense_7/kernel"}), (Names{""}));
  EXPECT_EQ(matchOf(twoLayers(), {"dense_1/kernel"}), (Names{"dense_1/w"}));
}

TEST(WeightNamesTest, ANameOfTheModelMayStandInFrontOrBehind) {
  EXPECT_EQ(matchOf(twoLayers(), {"sequential/dense_1/kernel", "model_weights/dense_2/sequential/dense_2/bias"}),
            (Names{"dense_1/w", "dense_2/b"}));
}

TEST(WeightNamesTest, NumberedWeightsOfKeras3) {
  Program program = programWith({{"batch_norm_1/moving_mean", {3}, DLC_STATE},
                                 {"batch_norm_1/moving_variance", {3}, DLC_STATE},
                                 {"batch_norm_1/beta", {3}},
                                 {"batch_norm_1/gamma", {3}},
                                 {"dense_1/b", {3}},
                                 {"dense_1/w", {3, 3}}});
  EXPECT_EQ(matchOf(program, {"layers/batch_normalization/vars/0", "layers/batch_normalization/vars/1",
                              "layers/batch_normalization/vars/2", "layers/batch_normalization/vars/3",
                              "layers/batch_normalization/vars/4", "_layer_checkpoint_dependencies\\dense\\vars/0",
                              "layers/dense/vars/1", "optimizer/vars/0"}),
            (Names{"batch_norm_1/gamma", "batch_norm_1/beta", "batch_norm_1/moving_mean",
                   "batch_norm_1/moving_variance", "", "dense_1/w", "dense_1/b", ""}));
}

TEST(WeightNamesTest, Keras3CountsLayersOfAClassWhateverTheirNames) {
  Program program = programWith({{"encoder/w", {2, 2}}, {"head/w", {2, 1}}},
                                R"([{"name":"head","layer":"dense"},{"name":"encoder","layer":"dense"}])");
  EXPECT_EQ(matchOf(program, {"layers/dense/vars/0", "layers/dense_1/vars/0"}), (Names{"head/w", "encoder/w"}));
  EXPECT_EQ(matchOf(program, {"dense/kernel"}), (Names{""}));
}

TEST(WeightNamesTest, LayersWithinLayers) {
  Program program = programWith({{"block_1/dense_1/w", {2}}, {"block_2/dense_1/w", {2}}, {"conv_dw_1_bn/gamma", {2}}});
  EXPECT_EQ(matchOf(program, {"block_2/dense_1/kernel", "block_1/dense/kernel:0", "conv_dw_1_bn/gamma:0"}),
            (Names{"block_2/dense_1/w", "block_1/dense_1/w", "conv_dw_1_bn/gamma"}));
}

TEST(WeightNamesTest, KernelsOfDepthwiseAndSeparableConvolutions) {
  Program program = programWith({{"depthwise_conv2d_1/w", {3, 3, 2, 1}},
                                 {"separable_conv2d_1/depthwise_w", {3, 3, 2, 1}},
                                 {"separable_conv2d_1/pointwise_w", {1, 1, 2, 4}},
                                 {"separable_conv2d_1/b", {4}}});
  EXPECT_EQ(matchOf(program, {"depthwise_conv2d/depthwise_kernel:0", "separable_conv2d/pointwise_kernel:0",
                              "separable_conv2d/depthwise_kernel:0", "layers/separable_conv2d/vars/2"}),
            (Names{"depthwise_conv2d_1/w", "separable_conv2d_1/pointwise_w", "separable_conv2d_1/depthwise_w",
                   "separable_conv2d_1/b"}));
}

TEST(WeightNamesTest, TheExportHasDatasetsOfKeras) {
  EXPECT_EQ(fit::kerasDataset("dense_1/w"), "dense_1/dense_1/kernel:0");
  EXPECT_EQ(fit::kerasDataset("block/dense_1/b"), "block/block/dense_1/bias:0");
  EXPECT_EQ(fit::kerasDataset("batch_norm_1/gamma"), "batch_norm_1/batch_norm_1/gamma:0");
  EXPECT_EQ(fit::kerasDataset("w"), "kernel:0");
}

class WeightImportTest : public testing::Test {
protected:
  struct Tensor {
    std::string name;
    std::vector<uint64_t> shape;
    std::vector<float> values;
  };
  std::unique_ptr<fit::WeightsFile> fileOf(const std::vector<Tensor> &tensors) const {
    std::vector<fit::WeightData> data;
    for (const Tensor &tensor : tensors)
      data.push_back({{tensor.name, ElementType::F32, tensor.shape}, bytesOfFloats(tensor.values)});
    return fit::WeightsFile::open(folder.write("w.safetensors", fit::safetensorsBytes(data)));
  }
  fit::ImportOptions tableOf(const std::string &text) const {
    fit::ImportOptions options;
    options.table = fit::NameTable::read(folder.write("n.tsv", text));
    return options;
  }
  Complaint complaintAbout(const std::vector<Tensor> &tensors, const fit::ImportOptions &options = {}) {
    std::string before = variables.snapshot();
    Complaint found = complaintOf([&] { fit::importWeights(variables, *fileOf(tensors), options); });
    EXPECT_EQ(variables.snapshot(), before);
    return found;
  }
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the sample has code for x86-64";
  }
  TemporaryFolder folder;
  Program program = twoLayers();
  Variables variables{program};
};

TEST_F(WeightImportTest, TakesWhatItCanAndSaysWhatNot) {
  fit::WeightImport done = fit::importWeights(
      variables, *fileOf({{"dense_1/bias", {3}, {1, 2, 3}}, {"dense_2/b", {1}, {4}}, {"other", {1}, {5}}}), {});
  EXPECT_EQ(floatsOf(variables, "dense_1/b"), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(floatsOf(variables, "dense_2/b"), (std::vector<float>{4}));
  EXPECT_EQ(done.missing, (Names{"dense_1/w", "dense_2/w"}));
  ASSERT_EQ(done.leftOver.size(), 1u);
  EXPECT_EQ(done.leftOver[0].tensor, "other");
  EXPECT_FALSE(done.isWhole());
  done.file = "w.safetensors";
  EXPECT_EQ(fit::importText(done), "2 of 4 variables of model.dlm from w.safetensors, 1 tensor left over\n"
                                   "taken\n"
                                   "  dense_1/b  f32[3]  from dense_1/bias\n"
                                   "  dense_2/b  f32[1]\n"
                                   "missing in the file, left as they were\n"
                                   "  dense_1/w\n"
                                   "  dense_2/w\n"
                                   "left over in the file\n"
                                   "  other  no variable has this name\n");
  EXPECT_EQ(fit::importJson(done)["matched"].size(), 2u);
}

TEST_F(WeightImportTest, AWrongShapeIsAnErrorUnlessItIsSkipped) {
  std::vector<Tensor> tensors = {{"dense_1/b", {3}, {1, 2, 3}}, {"dense_1/w", {3, 2}, {1, 2, 3, 4, 5, 6}}};
  EXPECT_EQ(complaintAbout(tensors).text, "'dense_1/w' is f32[3, 2], but dense_1/w is f32[2, 3]");
  fit::ImportOptions options;
  options.skipMismatch = true;
  fit::WeightImport done = fit::importWeights(variables, *fileOf(tensors), options);
  EXPECT_EQ(done.matched.size(), 1u);
  EXPECT_EQ(done.mismatched.size(), 1u);
  EXPECT_EQ(floatsOf(variables, "dense_1/w"), std::vector<float>(6));
  tensors.erase(tensors.begin());
  EXPECT_EQ(complaintAbout(tensors, options).text, "no tensor fits a variable of model.dlm");
}

TEST_F(WeightImportTest, NothingThatMatchesIsAnError) {
  Complaint found = complaintAbout({{"conv/kernel", {1}, {1}}});
  EXPECT_EQ(found.text, "no tensor has the name of a variable of model.dlm");
  EXPECT_EQ(found.remedy,
            "the file has conv/kernel; the program has dense_1/w, dense_1/b, dense_2/w, dense_2/b; a table "
            "of names can say which is which");
}

TEST_F(WeightImportTest, ATableGoesBeforeTheRules) {
  fit::WeightImport done = fit::importWeights(
      variables, *fileOf({{"dense_1/b", {1}, {7}}, {"fc.bias", {3}, {1, 2, 3}}, {"dense_2/b", {1}, {9}}}),
      tableOf("dense_1/b\tdense_2/b\ndense_2/*\t-\nfc.bias\tdense_1/b\nabsent\tdense_1/w\n"));
  EXPECT_EQ(floatsOf(variables, "dense_2/b"), (std::vector<float>{7}));
  EXPECT_EQ(floatsOf(variables, "dense_1/b"), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(done.unusedLines, (std::vector<uint64_t>{4}));
  ASSERT_EQ(done.leftOver.size(), 1u);
  EXPECT_EQ(done.leftOver[0].reason, "left out by the table");
}

TEST_F(WeightImportTest, WrongTablesAreErrors) {
  Complaint found = complaintAbout({{"a", {1}, {7}}}, tableOf("a\tdense_1/c\n"));
  EXPECT_EQ(found.place, folder.path("n.tsv:1"));
  EXPECT_EQ(found.text, "model.dlm has no variable 'dense_1/c' for a");
  found = complaintAbout({{"a", {1}, {7}}, {"b", {1}, {7}}}, tableOf("*\tdense_2/b\n"));
  EXPECT_EQ(found.text, "both 'a' and 'b' belong to dense_2/b");
}

TEST_F(WeightImportTest, AValueThatDoesNotFitChangesNothing) {
  std::vector<double> b = {1, 2, 1e300}, c = {3};
  auto bytesOf = [](const std::vector<double> &v) {
    return std::string_view(reinterpret_cast<const char *>(v.data()), v.size() * 8);
  };
  auto file = fit::WeightsFile::open(
      folder.write("d.safetensors", fit::safetensorsBytes({{{"dense_2/b", ElementType::F64, {1}}, bytesOf(c)},
                                                           {{"dense_1/b", ElementType::F64, {3}}, bytesOf(b)}})));
  std::string before = variables.snapshot();
  EXPECT_EQ(complaintOf([&] { fit::importWeights(variables, *file, {}); }).text,
            "element 2 of 'dense_1/b' does not fit into dense_1/b, f32[3]");
  EXPECT_EQ(variables.snapshot(), before);
}

TEST_F(WeightImportTest, EveryFormatGivesBackTheBits) {
  uint32_t seed = 1;
  for (const char *name : {"dense_1/w", "dense_1/b", "dense_2/w", "dense_2/b"}) {
    dlc_variable variable = variables.describe(name);
    for (uint64_t i = 0; i < variable.bytes; ++i) // any bits, NaN among them
      static_cast<char *>(variables.data())[variable.offset + i] =
          static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
  }
  for (const char *name : {"w.safetensors", "w.npz", "w.h5"}) {
    fit::writeWeights(folder.path(name), fit::weightsOf(variables, true));
    Variables other(program);
    fit::WeightImport done = fit::importWeights(other, *fit::WeightsFile::open(folder.path(name)), {});
    EXPECT_TRUE(done.isWhole()) << name;
    EXPECT_EQ(done.matched.size(), 4u) << name;
    EXPECT_EQ(other.snapshot(), variables.snapshot()) << name;
  }
  variables.save(folder.path("m.dlm"));
  Variables other(program);
  EXPECT_TRUE(fit::importWeights(other, *fit::WeightsFile::open(folder.path("m.dlm")), {}).isWhole());
  EXPECT_EQ(other.snapshot(), variables.snapshot());
}

// With `ema` a parameter is an average, and training goes on with what stands behind it.
TEST_F(WeightImportTest, TrainingGoesOnFromTheFilesWeights) {
  Program averaged = programWith({{"w", {2}}, {"w:ema/raw", {2}, DLC_SLOT}, {"w:adam/m", {2}, DLC_SLOT}});
  Variables into(averaged);
  fit::importWeights(into, *fileOf({{"w", {2}, {1, 2}}}), {});
  EXPECT_EQ(floatsOf(into, "w:ema/raw"), (std::vector<float>{1, 2}));
  EXPECT_EQ(floatsOf(into, "w:adam/m"), (std::vector<float>{0, 0}));
  fit::importWeights(into, *fileOf({{"w:ema/raw", {2}, {5, 6}}, {"w", {2}, {3, 4}}}), {});
  EXPECT_EQ(floatsOf(into, "w"), (std::vector<float>{3, 4}));
  EXPECT_EQ(floatsOf(into, "w:ema/raw"), (std::vector<float>{5, 6}));
  fit::ImportOptions options;
  options.skipMismatch = true;
  fit::importWeights(into, *fileOf({{"w:ema/raw", {3}, {7, 7, 7}}, {"w", {2}, {8, 9}}}), options);
  EXPECT_EQ(floatsOf(into, "w:ema/raw"), (std::vector<float>{8, 9}));
}

TEST_F(WeightImportTest, OnlyASlotOfTheParametersTypeIsWrittenWithIt) {
  for (const VariableSpec &other : {VariableSpec{"w:ema/raw", {1}, DLC_SLOT}, VariableSpec{"w:ema/raw", {2}, DLC_STATE},
                                    VariableSpec{"w:ema/raw", {1}, DLC_SLOT, DLC_F64}}) {
    Program strange = programWith({{"w", {2}}, other});
    Variables into(strange);
    std::string raw = into.snapshot();
    fit::importWeights(into, *fileOf({{"w", {2}, {1, 2}}}), {});
    dlc_variable variable = into.describe("w:ema/raw");
    EXPECT_EQ(into.snapshot().substr(variable.offset, variable.bytes), raw.substr(variable.offset, variable.bytes));
  }
}

TEST_F(WeightImportTest, ASuffixSaysHowToWrite) {
  EXPECT_EQ(complaintOf([&] { fit::writeWeights(folder.path("w.txt"), {}); }).code, fit::ExitCode::Usage);
}

} // namespace
} // namespace dlc::test
