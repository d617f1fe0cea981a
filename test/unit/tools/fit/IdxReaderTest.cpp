// The idx format of MNIST: types, ranks, and files that lie about themselves.
#include "test/unit/tools/fit/ReaderCall.h"
#include <zlib.h>

namespace dlc::test {
namespace {

using Values = std::vector<double>;

std::string bigEndian(uint64_t value, int bytes) {
  std::string text;
  while (bytes--)
    text += static_cast<char>(value >> (8 * bytes));
  return text;
}

std::string idx(int type, const std::vector<uint32_t> &sizes, const std::string &data) {
  std::string bytes = bigEndian(static_cast<uint64_t>(type) << 8 | sizes.size(), 4);
  for (uint32_t size : sizes)
    bytes += bigEndian(size, 4);
  return bytes + data;
}

std::string gzip(const std::string &bytes) {
  TemporaryFolder folder;
  gzFile file = gzopen(folder.path("z").c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return folder.read("z");
}

class IdxReaderTest : public testing::Test {
protected:
  fit::PortData read(const std::string &bytes, const dlc_port *port, const nlohmann::json &options = {}) {
    ReaderCall call(fit::readIdx, "idx", options.is_null() ? nlohmann::json::object() : options);
    return std::move(call.read(folder.write("d.idx", bytes), {port}).ports.at(0));
  }
  Complaint complaint(const std::string &bytes, const dlc_port *port, const nlohmann::json &options = {}) {
    return complaintOf([&] { read(bytes, port, options); });
  }
  const dlc_port *image = portOf("x", DLC_F32, {2, 2});
  const dlc_port *label = portOf("y", DLC_I32, {}, 1);
  TemporaryFolder folder;
};

TEST_F(IdxReaderTest, PixelsStayBytes) {
  fit::PortData port = read(idx(8, {2, 2, 2}, std::string("\x01\x02\x03\xFF\x05\x06\x07\x08")), image);
  EXPECT_EQ(port.values.dtype, DLC_U8);
  EXPECT_EQ(port.values.data.size(), 8u);
  EXPECT_EQ(port.values.rows, 2);
  EXPECT_EQ(rowOf(port, 0), (Values{1, 2, 3, 255}));
  EXPECT_EQ(port.rowShape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(port.rowBytes(), 16u); // of the model's f32
}

TEST_F(IdxReaderTest, TheModelChoosesTheShape) {
  std::string bytes = idx(8, {1, 2, 2}, "abcd");
  EXPECT_EQ(read(bytes, portOf("x", DLC_F32, {4})).rowShape, (std::vector<int64_t>{4}));
  EXPECT_EQ(read(bytes, portOf("x", DLC_F32, {2, 2, 1})).rowShape, (std::vector<int64_t>{2, 2, 1}));
  EXPECT_EQ(read(bytes, portOf("x", DLC_F32, {-1})).rowShape, (std::vector<int64_t>{4}));
  Complaint found = complaint(bytes, portOf("x", DLC_F32, {3}));
  EXPECT_EQ(found.text, "input x: f32[batch, 3] does not take 1 x 2 x 2 numbers, that is 4 numbers for an example");
  EXPECT_EQ(found.remedy, "change the type of x in the model, or give another file");
}

TEST_F(IdxReaderTest, ReadsEveryType) {
  auto number = [&](int type, const std::string &data, dlc_dtype dtype) {
    return read(idx(type, {1}, data), portOf("y", dtype, {}, 1)).values.at(0, 0);
  };
  EXPECT_EQ(number(0x08, "\xFE", DLC_I32), 254);
  EXPECT_EQ(number(0x09, "\xFE", DLC_I32), -2);
  EXPECT_EQ(number(0x0B, "\xFE\x0C", DLC_I32), -500);
  EXPECT_EQ(number(0x0C, bigEndian(100000, 4), DLC_I64), 100000);
  EXPECT_EQ(number(0x0D, bigEndian(0x3FC00000, 4), DLC_F32), 1.5);
  EXPECT_EQ(number(0x0E, bigEndian(0xC004000000000000, 8), DLC_F32), -2.5);
  EXPECT_EQ(number(0x0E, bigEndian(0x3FB999999999999A, 8), DLC_F64), 0.1);
}

TEST_F(IdxReaderTest, ReadsGzipAndRanges) {
  std::string bytes = gzip(idx(8, {5}, "\1\2\3\4\5"));
  EXPECT_EQ(read(bytes, label).values.rows, 5);
  fit::PortData some = read(bytes, label, {{"rows", {1, 3}}});
  ASSERT_EQ(some.values.rows, 2);
  EXPECT_EQ(some.values.at(0, 0), 2);
  EXPECT_EQ(some.values.at(1, 0), 3);
  EXPECT_EQ(complaint(bytes, label, {{"rows", {1, 6}}}).text, "rows = [1, 6], but there are only 5 examples");
  EXPECT_EQ(complaint(bytes, label, {{"rows", {5, 6}}}).text, "rows = [5, 6], but there are only 5 examples");
  EXPECT_EQ(complaint(bytes, label, {{"rows", {3, 3}}}).text,
            "data.rows must be [begin, end] with begin < end, found [3,3]");
  EXPECT_EQ(complaint(bytes.substr(0, bytes.size() - 6), label).text, "the gzip data ends in the middle");
}

TEST_F(IdxReaderTest, RefusesWhatIsNotIdx) {
  EXPECT_EQ(complaint("", label).text, "the file is empty");
  EXPECT_EQ(complaint("a,b\n1,2\n", label).text.substr(0, 23), "this is not an idx file");
  EXPECT_EQ(complaint(bigEndian(0x00000700, 4), label).text.substr(0, 23), "this is not an idx file"); // no such type
  EXPECT_EQ(complaint(bigEndian(0x00000800, 4), label).text.substr(0, 23), "this is not an idx file"); // no axes
  EXPECT_EQ(complaint(bigEndian(0x0801, 4) + "\0", label).text, "the file ends within its header");
}

TEST_F(IdxReaderTest, RefusesFilesThatLie) {
  EXPECT_EQ(complaint(idx(8, {3}, "ab"), label).text, "the file ends after 2 of its 3 examples");
  EXPECT_EQ(complaint(idx(8, {2}, "abc"), label).text,
            "the file goes on behind the 2 examples that its header announces");
  EXPECT_EQ(complaint(idx(8, {0}, ""), label).text, "the file holds no examples");
  EXPECT_EQ(complaint(idx(8, {2, 0}, ""), label).text, "its header says that examples are empty: 2 x 0");
  // Sizes whose product overflows 64 bits, and ones that only ask for all the memory there is.
  EXPECT_EQ(complaint(idx(14, {1, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, "ab"), label).text.substr(0, 54),
            "its header says that an example has more than 2^28 num");
  EXPECT_EQ(complaint(idx(8, {0xFFFFFFFF, 2, 2}, "ab"), image).text,
            "the file ends after 0 of its 4294967295 examples");
}

TEST_F(IdxReaderTest, RefusesValuesThatDoNotFit) {
  EXPECT_EQ(complaint(idx(0x0D, {1}, bigEndian(0x7FC00000, 4)), portOf("y", DLC_F32, {}, 1)).text,
            "example 1 holds nan, expected finite numbers");
  EXPECT_EQ(complaint(idx(0x0D, {1}, bigEndian(0, 4)), label).text,
            "the file holds f32, but y takes whole numbers (i32)");
  EXPECT_EQ(complaint(idx(8, {2}, "\1\xC8"), portOf("y", DLC_I8, {}, 1)).text,
            "example 2 holds 200, which does not fit into y (i8)");
  EXPECT_EQ(complaint(idx(0x0E, {1}, bigEndian(0x7FE0000000000000, 8)), portOf("y", DLC_F32, {}, 1)).text,
            "example 1 holds inf, expected finite numbers"); // 2^1023 as f32
}

} // namespace
} // namespace dlc::test
