// Safetensors files, whole and hostile.
#include "tools/fit/weights/SafetensorsFile.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "test/unit/tools/fit/weights/WeightPrograms.h"

namespace dlc::test {
namespace {

using fit::ElementType;
using fit::SafetensorsFile;
using fit::WeightData;

// A file of this header, padded to nothing, and so many bytes of data.
std::string fileOf(const std::string &header, size_t dataBytes, uint64_t length = 0) {
  length = length ? length : header.size();
  std::string bytes;
  for (int i = 0; i < 8; ++i)
    bytes += static_cast<char>(length >> 8 * i & 255);
  return bytes + header + std::string(dataBytes, '\1');
}

std::string complaintAbout(const std::string &bytes) {
  Complaint found = complaintOf([&] { SafetensorsFile("w.safetensors", bytes); });
  if (!found.text.empty()) {
    EXPECT_EQ(found.place, "w.safetensors");
    EXPECT_EQ(found.code, fit::ExitCode::BadInput);
  }
  return found.text;
}

const std::string kDamaged = "the safetensors file is damaged: ";

std::string sampleBytes() {
  static const std::vector<float> a = {1, 2, 3, 4, 5, 6}, b = {7};
  return fit::safetensorsBytes({{{"dense_1/w", ElementType::F32, {2, 3}}, bytesOfFloats(a)},
                                {{"none", ElementType::I64, {0, 3}}, ""},
                                {{"b", ElementType::F32, {}}, bytesOfFloats(b)}});
}

TEST(SafetensorsFileTest, WhatIsWrittenIsRead) {
  SafetensorsFile file("w.safetensors", sampleBytes());
  std::map<std::string, std::string> contents = contentsOf(file);
  EXPECT_EQ(contents["dense_1/w"], "f32[2, 3]:" + std::string(bytesOfFloats({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(contents["none"], "i64[0, 3]:");
  EXPECT_EQ(contents["b"], "f32:" + std::string(bytesOfFloats({7})));
  EXPECT_EQ(contents.size(), 3u);
}

TEST(SafetensorsFileTest, MetadataAndUnknownTypesAreNoTensors) {
  SafetensorsFile file(
      "w.safetensors",
      fileOf(R"({"__metadata__":{"format":"pt"},"q":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},)"
             R"("a":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}  )",
             6));
  EXPECT_EQ(contentsOf(file).size(), 1u);
  ASSERT_EQ(file.others().size(), 1u);
  EXPECT_EQ(file.others()[0].second, "of type F8_E4M3");
  EXPECT_EQ(file.metadata().at("format"), "pt");
}

TEST(SafetensorsFileTest, AFileCutAnywhereIsAnError) {
  std::string bytes = sampleBytes();
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(complaintAbout(bytes.substr(0, size)), "") << size;
  EXPECT_NE(complaintAbout(bytes + "x"), "");
}

TEST(SafetensorsFileTest, AChangedByteIsAnErrorOrAnotherFile) {
  std::string bytes = sampleBytes();
  for (size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      try {
        contentsOf(SafetensorsFile("w.safetensors", changed));
      } catch (const fit::Problem &) {
      }
    }
}

TEST(SafetensorsFileTest, RefusesHostileHeaders) {
  const std::string u8 = R"("dtype":"U8","shape":[4],)";
  EXPECT_EQ(complaintAbout(fileOf("{}", 0, uint64_t(1) << 60)),
            kDamaged + "its header should have 1152921504606846976 bytes, 2 are left");
  EXPECT_EQ(complaintAbout(fileOf("[]", 0)), kDamaged + "its header is not JSON");
  EXPECT_EQ(complaintAbout(fileOf("{", 0)), kDamaged + "its header is not JSON");
  EXPECT_EQ(complaintAbout(fileOf(R"({"a":4})", 0)), kDamaged + "'a' has no dtype, shape and data_offsets");
  EXPECT_EQ(complaintAbout(fileOf(R"({"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}})", 4)),
            kDamaged + "'a' has no dtype, shape and data_offsets");
  EXPECT_EQ(complaintAbout(fileOf("{\"a\":{" + u8 + R"("data_offsets":[0,5]}})", 5)),
            kDamaged + "'a' is u8[4] at the bytes 0 to 5");
  EXPECT_EQ(complaintAbout(fileOf("{\"a\":{" + u8 + R"("data_offsets":[4,0]}})", 4)),
            kDamaged + "'a' is u8[4] at the bytes 4 to 0");
  EXPECT_EQ(
      complaintAbout(fileOf("{\"a\":{" + u8 + "\"data_offsets\":[0,4]},\"a\":{" + u8 + "\"data_offsets\":[4,8]}}", 8)),
      kDamaged + "its header has the name 'a' twice");
  EXPECT_EQ(
      complaintAbout(fileOf("{\"a\":{" + u8 + "\"data_offsets\":[0,4]},\"b\":{" + u8 + "\"data_offsets\":[2,6]}}", 6)),
      kDamaged + "its tensors overlap or leave a gap at byte 4 of the data");
  EXPECT_EQ(
      complaintAbout(fileOf("{\"a\":{" + u8 + "\"data_offsets\":[0,4]},\"b\":{" + u8 + "\"data_offsets\":[5,9]}}", 9)),
      kDamaged + "its tensors overlap or leave a gap at byte 4 of the data");
  EXPECT_EQ(complaintAbout(fileOf("{\"a\":{" + u8 + "\"data_offsets\":[0,4]}}", 5)),
            kDamaged + "its tensors have 4 bytes, the file has 5");
  EXPECT_EQ(complaintAbout(fileOf(R"({"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", 4)),
            kDamaged + "'a' has an impossible size, f64[4294967296, 4294967296]");
  EXPECT_EQ(complaintAbout(fileOf(std::string(1 << 20, '['), 0)), kDamaged + "its header has lists in lists");
  EXPECT_EQ(complaintAbout(fileOf("{\"a\":" + std::string(1 << 20, '['), 0)),
            kDamaged + "its header has lists in lists");
  std::string axes = "1";
  for (int i = 0; i < 40; ++i)
    axes += ",1";
  EXPECT_EQ(complaintAbout(fileOf("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + axes + "],\"data_offsets\":[0,1]}}", 1)),
            kDamaged + "'a' has 41 axes, at most 32 are possible");
}

TEST(SafetensorsFileTest, TheContentsDecideWhatAFileIs) {
  TemporaryFolder folder;
  auto formatOf = [&](std::string_view bytes) {
    return fit::WeightsFile::open(folder.write("w.bin", bytes))->format();
  };
  EXPECT_EQ(formatOf(sampleBytes()), "safetensors");
  EXPECT_EQ(complaintOf([&] { formatOf(""); }).text, "the file is empty");
  EXPECT_EQ(complaintOf([&] { formatOf("\x80\4\x95"); }).text,
            "is a pickle of Python, which could run any code when read");
  EXPECT_EQ(complaintOf([&] { formatOf("a,b\n1,2\n"); }).text, "is no file of weights, or its beginning is damaged");
  EXPECT_EQ(complaintOf([&] { fit::WeightsFile::open(folder.path("")); }).text, "expected a file, found a directory");
  EXPECT_EQ(complaintOf([&] { fit::WeightsFile::open("/dev/zero"); }).text, "expected a regular file");
  EXPECT_EQ(complaintOf([&] { fit::WeightsFile::open(folder.path("no")); }).code, fit::ExitCode::Io);
}

} // namespace
} // namespace dlc::test
