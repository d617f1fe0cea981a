// Records of CIFAR-10: planes become pixels, records are chosen by number.
#include "test/unit/tools/fit/ReaderCall.h"

namespace dlc::test {
namespace {

// Pixel p of record n is (n + p, n + p + 100, n + p + 200) mod 251.
std::string record(int number, int label) {
  std::string bytes(1, static_cast<char>(label));
  for (int channel = 0; channel < 3; ++channel)
    for (int pixel = 0; pixel < 1024; ++pixel)
      bytes += static_cast<char>((number + pixel + 100 * channel) % 251);
  return bytes;
}

class Cifar10ReaderTest : public testing::Test {
protected:
  fit::ReaderOutput read(const std::string &file, const nlohmann::json &options = nlohmann::json::object(),
                         std::vector<std::string> further = {}) {
    return ReaderCall(fit::readCifar10, "cifar10", options).read(file, {x, y}, std::move(further));
  }
  Complaint complaint(const std::string &file, const nlohmann::json &options = nlohmann::json::object()) {
    return complaintOf([&] { read(file, options); });
  }
  static std::vector<double> labels(const fit::ReaderOutput &output) {
    std::vector<double> values;
    for (int64_t row = 0; row < output.ports[1].values.rows; ++row)
      values.push_back(output.ports[1].values.at(row, 0));
    return values;
  }
  const dlc_port *x = portOf("x", DLC_F32, {32, 32, 3}), *y = portOf("y", DLC_I32, {}, 1);
  TemporaryFolder folder;
  std::string file = folder.write("a.bin", record(0, 6) + record(1, 9) + record(2, 3));
  std::string second = folder.write("b.bin", record(3, 0) + record(4, 1));
};

TEST_F(Cifar10ReaderTest, PlanesBecomePixels) {
  fit::ReaderOutput output = read(file);
  const fit::PortData &image = output.ports[0];
  EXPECT_EQ(image.values.rows, 3);
  EXPECT_EQ(image.values.dtype, DLC_U8);
  EXPECT_EQ(image.rowShape, (std::vector<int64_t>{32, 32, 3}));
  EXPECT_EQ(image.values.at(0, 0), 0);
  EXPECT_EQ(image.values.at(0, 1), 100);
  EXPECT_EQ(image.values.at(0, 2), 200);
  EXPECT_EQ(image.values.at(2, 3 * (5 * 32 + 7) + 1), (2 + 5 * 32 + 7 + 100) % 251);
  EXPECT_EQ(labels(output), (std::vector<double>{6, 9, 3}));
}

TEST_F(Cifar10ReaderTest, ChoosesRecords) {
  EXPECT_EQ(labels(read(file, {}, {second})), (std::vector<double>{6, 9, 3, 0, 1}));
  EXPECT_EQ(labels(read(file, {{"rows", {2, 4}}}, {second})), (std::vector<double>{3, 0}));
  fit::ReaderOutput chosen = read(file, {{"records", {4, 0, 4}}}, {second});
  EXPECT_EQ(labels(chosen), (std::vector<double>{1, 6, 1}));
  EXPECT_EQ(chosen.ports[0].values.at(0, 0), 4);
  std::string list = folder.write("list.txt", "3\n1\n");
  EXPECT_EQ(labels(read(file, {{"records", list}}, {second})), (std::vector<double>{0, 9}));
  EXPECT_EQ(labels(read(file, {{"records", list}, {"rows", {1, 2}}}, {second})), (std::vector<double>{9}));
}

TEST_F(Cifar10ReaderTest, RefusesWrongRecords) {
  EXPECT_EQ(complaint(file, {{"records", {3}}}).text, "there is no record 3, only 3 records");
  EXPECT_EQ(complaint(file, {{"records", {-1}}}).text,
            "data.records must be a file or a list of record numbers, which count from 0, found [-1]");
  std::string list = folder.write("bad.txt", "0\nfrog\n");
  Complaint word = complaint(file, {{"records", list}});
  EXPECT_EQ(word.place, list + ":2");
  EXPECT_EQ(word.text, "expected the number of a record, found 'frog'");
  EXPECT_EQ(complaint(file, {{"rows", {0, 4}}}).text, "rows = [0, 4], but there are only 3 examples");
}

TEST_F(Cifar10ReaderTest, RefusesDamagedFiles) {
  Complaint cut = complaint(folder.write("cut.bin", record(0, 1) + record(1, 2).substr(0, 3000)));
  EXPECT_EQ(cut.place, folder.path("cut.bin"));
  EXPECT_EQ(cut.text, "the file ends within record 1 (records have 3073 bytes)");
  EXPECT_EQ(complaint(folder.write("empty.bin", "")).text, "the file is empty");
  EXPECT_EQ(complaint(folder.write("label.bin", record(0, 1) + record(1, 10))).text,
            "record 1 has the label 10, expected 0 to 9");
  Complaint shape =
      complaintOf([&] { ReaderCall(fit::readCifar10, "cifar10").read(file, {portOf("x", DLC_F32, {28, 28})}); });
  EXPECT_EQ(shape.text, "input x: f32[batch, 28, 28] does not take images of 32 x 32 x 3");
}

} // namespace
} // namespace dlc::test
