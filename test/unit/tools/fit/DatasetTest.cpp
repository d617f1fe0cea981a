// Datasets: tables that feed the ports of a program, and what does not fit.
#include "tools/fit/Dataset.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "tools/fit/TrainingSession.h"
#include <csignal>
#include <sys/resource.h>

namespace dlc::test {
namespace {

using fit::Dataset;
using fit::DataSpec;

constexpr const char *kTable = "a,b,c,d,t\n1,2,3,4,0\n5,6,7,8,1\n9,10,11,12,0\n";

class DatasetTest : public testing::Test {
protected:
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the sample has code for x86-64";
  }
  static DataSpec spec(std::map<std::string, fit::PortSource> ports) { return {"data", std::move(ports)}; }
  Dataset read(const DataSpec &spec, const schema::ProgramT &header = sampleHeader(),
               const std::string &function = "train_step") {
    return Dataset::read(programOf(header), function, spec, {});
  }
  Complaint complaint(const DataSpec &spec) {
    return complaintOf([&] { read(spec); });
  }
  TemporaryFolder folder;
};

TEST_F(DatasetTest, ReadsOneFileForSeveralPorts) {
  std::string file = folder.write("d.csv", kTable);
  Dataset data = read(spec({{"x", {file, {}}}, {"t", {file, {"t"}}}}));
  EXPECT_EQ(data.rows(), 3);
  EXPECT_EQ(data.find("x")->values.at(1, 2), 7);
  EXPECT_EQ(data.find("x")->rowShape, (std::vector<int64_t>{4}));
  EXPECT_EQ(data.find("x")->rowBytes(), 16u);
  EXPECT_EQ(data.target()->name, "t");
  EXPECT_EQ(data.target()->values.at(1, 0), 1);
  EXPECT_EQ(data.find("z"), nullptr);
  EXPECT_TRUE(data.classNames().empty());
  EXPECT_EQ(data.description(), "3 rows of d.csv");
}

TEST_F(DatasetTest, ReadsAFileForEachPort) {
  std::string x = folder.write("X.csv", "a,b,c,d\n1,2,3,4\n"), t = folder.write("t.tsv", "class\nAML\n");
  Dataset data = read(spec({{"x", {x, {}}}, {"t", {t, {}}}}), sampleWithTarget(DLC_I32));
  EXPECT_EQ(data.description(), "1 row of X.csv and t.tsv");
  EXPECT_EQ(data.classNames(), (std::vector<std::string>{"AML"}));
}

TEST_F(DatasetTest, TheTargetsColumnsAreNotLeftToTheInputs) {
  std::string file = folder.write("d.csv", kTable);
  Dataset data = read(spec({{"x", {file, {}}}, {"t", {file, {"t..t"}}}}), sampleHeader(), "predict");
  EXPECT_EQ(data.ports().size(), 1u);
  EXPECT_EQ(data.find("x")->values.columns, (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(data.target(), nullptr);
}

TEST_F(DatasetTest, RefusesAnotherNumberOfColumns) {
  std::string file = folder.write("d.csv", kTable);
  Complaint many = complaint(spec({{"x", {file, {"a..t"}}}, {"t", {file, {"t"}}}}));
  EXPECT_EQ(many.place, file);
  EXPECT_EQ(many.text, "input x: f32[batch, 4] takes 4 columns, the table gives 5");
  EXPECT_EQ(many.remedy,
            "name the columns: x=FILE:first..last or x=FILE:-column for all but one; the columns are a, b, "
            "c, d, t");
  Complaint few = complaint(spec({{"x", {file, {"a", "b"}}}, {"t", {file, {"t"}}}}));
  EXPECT_EQ(few.text, "input x: f32[batch, 4] takes 4 columns, the table gives 2");
  EXPECT_EQ(few.remedy, "the columns are a, b");
  std::string rowNames = folder.write("r.csv", ",a,b,c,d\n1,1,2,3,4\n");
  EXPECT_EQ(complaint(spec({{"x", {rowNames, {}}}, {"t", {file, {"t"}}}})).remedy,
            "the first column has no name: it looks like row names, leave it out when the table is written");
}

TEST_F(DatasetTest, RefusesAnotherNumberOfRows) {
  std::string x = folder.write("X.csv", "a,b,c,d\n1,2,3,4\n"), t = folder.write("t.csv", "t\n0\n1\n");
  Complaint found = complaint(spec({{"x", {x, {}}}, {"t", {t, {}}}}));
  EXPECT_EQ(found.place, t);
  EXPECT_EQ(found.text, "t has 2 rows, but x (" + x + ") has 1");
  EXPECT_EQ(found.remedy, "row i of both files must be the same example");
}

TEST_F(DatasetTest, SaysWhichPortHasNoSource) {
  Complaint target = complaint(spec({{"x", {"X.tsv", {}}}}));
  EXPECT_EQ(target.place, "sample.dlm");
  EXPECT_EQ(target.text, "data: nothing says where target t (f32[batch]) comes from");
  EXPECT_EQ(target.remedy, "give it with --data t=FILE, or in the recipe: data = table(t = \"FILE\")");
  Complaint wrong = complaint(spec({{"X", {"X.tsv", {}}}}));
  EXPECT_EQ(wrong.text, "data: the model has no input or target 'X'");
  EXPECT_EQ(wrong.remedy, "did you mean 'x'? it has x, t");
  // Tables to predict from must be given.
  Complaint predict = complaintOf([&] { read({"", {{"x", {"X.tsv", {}}}}}, sampleHeader(), "predict"); });
  EXPECT_EQ(predict.text, "nothing says where input x (f32[batch, 4]) comes from");
  EXPECT_EQ(predict.remedy, "give it as x=FILE");
}

TEST_F(DatasetTest, GathersRowsIntoACall) {
  std::string file = folder.write("d.csv", kTable);
  fit::Program program = programOf();
  Dataset data = Dataset::read(program, "predict", spec({{"x", {file, {"a..d"}}}}), {});
  fit::Variables variables(program);
  fit::BatchRunner runner(program, "predict");
  const int64_t rows[] = {2, 0, 2};
  runner.run(data, rows, 3, variables, nullptr);
  EXPECT_EQ(runner.call().outputShape(0), (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(runner.call().outputNumber(0, 0), 27); // y = 3 x
  EXPECT_EQ(runner.call().outputNumber(0, 4), 3);
  EXPECT_EQ(runner.call().outputNumber(0, 11), 36);
  runner.run(data, rows + 1, 1, variables, nullptr); // a smaller batch in the same buffers
  EXPECT_EQ(runner.call().outputShape(0), (std::vector<int64_t>{1, 4}));
  EXPECT_EQ(runner.call().outputNumber(0, 3), 12);
}

TEST_F(DatasetTest, PredictsRowsInBatches) {
  std::string text = "a,b,c,d\n";
  for (int i = 0; i < 600; ++i) // more than two batches of 256
    text += std::to_string(i) + ",0,0,0\n";
  fit::Program program = programOf();
  Dataset data = Dataset::read(program, "predict", spec({{"x", {folder.write("d.csv", text), {}}}}), {});
  fit::Variables variables(program);
  fit::Predictions found = fit::predict(program, data, {1, 600}, variables, nullptr).at(0);
  EXPECT_EQ(found.name, "y");
  EXPECT_EQ(found.rows, 599);
  for (int64_t row = 0; row < found.rows; ++row)
    ASSERT_EQ(found.at(row, 0), 3.0 * double(row + 1));
}

TEST_F(DatasetTest, AnOrderIsOfAllPortsOrOfNone) {
  constexpr int64_t kRows = 3, kColumns = 4 << 20; // y is larger than what stays in memory
  std::vector<fit::PortData> ports;
  ports.push_back(targetOf(DLC_F32, {"t"}, {0, 1, 2}));
  ports.push_back(targetOf(DLC_F32, {"y"}, {0}));
  ports[1].rowShape = {kColumns};
  ports[1].values.columns.clear();
  ports[1].values.unnamed = kColumns;
  ports[1].values.rows = kRows;
  ports[1].values.data.resize(kRows * kColumns * sizeof(float));
  reinterpret_cast<float *>(ports[1].values.data.data())[2 * kColumns] = 7;
  Dataset data(std::move(ports), kRows);
  rlimit kept, little = {};
  getrlimit(RLIMIT_FSIZE, &kept);
  little = {size_t(1) << 20, kept.rlim_max};
  signal(SIGXFSZ, SIG_IGN); // as in dlc
  setrlimit(RLIMIT_FSIZE, &little);
  Complaint full = complaintOf([&] { data.reorder({2, 1, 0}); });
  setrlimit(RLIMIT_FSIZE, &kept);
  EXPECT_EQ(full.code, fit::ExitCode::Io);
  EXPECT_EQ(data.ports()[0].values.at(0, 0), 0);
  EXPECT_EQ(data.ports()[0].values.origin(0), 0);
  EXPECT_EQ(data.ports()[1].values.at(2, 0), 7);
  data.reorder({2, 1, 0});
  EXPECT_EQ(data.ports()[0].values.at(0, 0), 2);
  EXPECT_EQ(data.ports()[1].values.at(0, 0), 7);
  EXPECT_EQ(data.ports()[1].values.origin(0), 2);
}

TEST_F(DatasetTest, TheLastRowsValidate) {
  std::string file = folder.write("d.csv", kTable);
  Dataset data = read(spec({{"x", {file, {"a..d"}}}, {"t", {file, {"t"}}}}));
  fit::TrainingData split = fit::splitData(data, nullptr, 0.5); // floor(3 * 0.5)
  EXPECT_EQ(split.trainRows.end, 1);
  EXPECT_EQ(split.validationRows.begin, 1);
  EXPECT_EQ(split.validationRows.count(), 2);
  EXPECT_EQ(fit::splitData(data, &data, 0.5).trainRows.count(), 3);
  EXPECT_EQ(fit::splitData(data, nullptr, 0).validation, nullptr);
  Complaint found = complaintOf([&] { fit::splitData(data, nullptr, 0.9); });
  EXPECT_EQ(found.text, "validation_split = 0.9 of 3 rows leaves no row to train on");
  EXPECT_EQ(found.remedy, "change it with --set validation_split=0.2");
}

} // namespace
} // namespace dlc::test
