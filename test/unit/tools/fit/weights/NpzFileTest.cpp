// NumPy's arrays and archives, whole and hostile.
#include "tools/fit/weights/NpzFile.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "test/unit/tools/fit/weights/WeightPrograms.h"
#include <minizip/zip.h>
#include <zlib.h>

namespace dlc::test {
namespace {

using fit::ElementType;
using fit::NpyFile;
using fit::NpzFile;

std::string npyOf(const std::string &header, const std::string &data) {
  std::string bytes("\x93NUMPY\1\0", 8);
  bytes += static_cast<char>(header.size() & 255);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

std::string npyOf(const std::string &descr, const std::string &fortran, const std::string &shape,
                  const std::string &data) {
  return npyOf("{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n", data);
}

std::string contentOf(const std::string &npy) { return contentsOf(NpyFile("x.npy", npy))["x"]; }
std::string npyComplaint(const std::string &npy) {
  Complaint found = complaintOf([&] { contentOf(npy); });
  if (!found.text.empty())
    EXPECT_EQ(found.place, "x.npy");
  return found.text;
}

std::string sampleArchive() {
  static const std::vector<float> w = {1, 2, 3, 4, 5, 6};
  return fit::npzBytes({{{"dense_1/w", ElementType::F32, {3, 2}}, bytesOfFloats(w)},
                        {{"step", ElementType::I64, {}}, std::string_view("\7\0\0\0\0\0\0\0", 8)},
                        {{"none", ElementType::U8, {0}}, ""}});
}

TEST(NpzFileTest, WhatIsWrittenIsRead) {
  NpzFile file("w.npz", sampleArchive());
  std::map<std::string, std::string> contents = contentsOf(file);
  EXPECT_EQ(contents["dense_1/w"], "f32[3, 2]:" + std::string(bytesOfFloats({1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(contents["step"], "i64:" + std::string("\7\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(contents["none"], "u8[0]:");
  EXPECT_EQ(sampleArchive(), sampleArchive());
}

TEST(NpzFileTest, ColumnMajorAndBigEndianArraysAreTurned) {
  EXPECT_EQ(contentOf(npyOf("|u1", "True", "(2, 3)", {1, 4, 2, 5, 3, 6})), "u8[2, 3]:" + std::string("\1\2\3\4\5\6"));
  EXPECT_EQ(contentOf(npyOf(">i2", "False", "(2,)", {1, 2, 3, 4})), "i16[2]:" + std::string("\2\1\4\3"));
  EXPECT_EQ(contentOf(npyOf(">i2", "True", "(1, 2)", {1, 2, 3, 4})), "i16[1, 2]:" + std::string("\2\1\4\3"));
  EXPECT_EQ(contentOf(npyOf("|u1", "True", "(2, 1, 3)", {1, 4, 2, 5, 3, 6})),
            "u8[2, 1, 3]:" + std::string("\1\2\3\4\5\6"));
  EXPECT_EQ(contentOf(npyOf("|b1", "False", "()", {1})), "bool:" + std::string("\1"));
}

TEST(NpzFileTest, LargeArraysComeInPieces) {
  std::string columns(700 * 1000 * 2, '\0'), wanted;
  for (size_t row = 0; row < 700; ++row)
    for (size_t column = 0; column < 1000; ++column) {
      size_t value = row * 1000 + column, place = 2 * (column * 700 + row);
      columns[place] = static_cast<char>(value >> 8);
      columns[place + 1] = static_cast<char>(value);
      wanted += {static_cast<char>(value), static_cast<char>(value >> 8)};
    }
  NpyFile file("x.npy", npyOf(">u2", "True", "(700, 1000)", columns));
  std::string found;
  size_t pieces = 0;
  file.loadPieces(0, [&](std::string_view piece) {
    found += piece;
    ++pieces;
  });
  EXPECT_EQ(pieces, 2u);
  EXPECT_TRUE(found == wanted);
}

TEST(NpzFileTest, ReadsTheHeadersOfOtherVersions) {
  std::string header = "{'shape': (1L,), 'fortran_order': False, 'descr': \"|u1\"}";
  std::string bytes("\x93NUMPY\2\0", 8);
  bytes += static_cast<char>(header.size());
  EXPECT_EQ(contentOf(bytes + std::string(3, '\0') + header + "\5"), "u8[1]:\5");
}

TEST(NpzFileTest, RefusesWhatIsNoArrayOfNumbers) {
  Complaint found = complaintOf([&] { contentOf(npyOf("|O", "False", "(1,)", "\x80\4.")); });
  EXPECT_EQ(found.text, "holds Python objects (a pickle), which could run any code when read");
  EXPECT_EQ(found.remedy, "save plain arrays of numbers: numpy.asarray(x, dtype = 'float32')");
  EXPECT_EQ(npyComplaint(npyOf("<c8", "False", "(1,)", "12345678")),
            "has elements of type '<c8'; f2, f4, f8, i1 to i8, u1 to u8 and b1 are read");
  EXPECT_EQ(npyComplaint(npyOf("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234")),
            "holds records with fields; only plain arrays of numbers are read");
}

TEST(NpzFileTest, RefusesHostileHeaders) {
  const std::string no = "its header is not that of an array";
  EXPECT_EQ(npyComplaint(npyOf("", "")), no);
  EXPECT_EQ(npyComplaint(npyOf("{", "")), no);
  EXPECT_EQ(npyComplaint(npyOf("{'descr': '<f4", "")), no);
  EXPECT_EQ(npyComplaint(npyOf("{'descr': '<f4', 'descr': '<f4'}", "")), no);
  EXPECT_EQ(npyComplaint(npyOf("{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}", "")), no);
  EXPECT_EQ(npyComplaint(npyOf("{'shape': ()}", "")), "its header has no descr, fortran_order and shape");
  EXPECT_EQ(npyComplaint(npyOf("<f4", "False", "(-1,)", "")), no);
  EXPECT_EQ(npyComplaint(npyOf("<f4", "False", "(99999999999999999999,)", "")), no);
  EXPECT_EQ(npyComplaint(npyOf("<f4", "False", "(4294967296, 4294967296)", "")),
            "has an impossible size: f32[4294967296, 4294967296]");
  EXPECT_EQ(npyComplaint(npyOf("<f4", "False", "(1000000000000,)", "1234")),
            "the npy file is damaged: the array is f32[1000000000000], but the file has 4 bytes of elements");
  EXPECT_EQ(npyComplaint(npyOf("<f4", "False", "(1,)", "12345")),
            "the npy file is damaged: the array is f32[1], but the file has 5 bytes of elements");
}

TEST(NpzFileTest, FilesCutAnywhereAreErrors) {
  std::string npy = npyOf("<f4", "False", "(3,)", std::string(12, '\1')), npz = sampleArchive();
  for (size_t size = 0; size < npy.size(); ++size)
    EXPECT_NE(npyComplaint(npy.substr(0, size)), "") << size;
  for (size_t size = 0; size < npz.size(); ++size)
    EXPECT_NE(complaintOf([&] { contentsOf(NpzFile("w.npz", npz.substr(0, size))); }).text, "") << size;
}

TEST(NpzFileTest, AChangedByteIsAnErrorOrAnotherFile) {
  std::string bytes = sampleArchive();
  size_t errors = 0;
  for (size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
      try {
        contentsOf(NpzFile("w.npz", changed));
      } catch (const fit::Problem &) {
        ++errors;
      }
    }
  EXPECT_GT(errors, 1000u); // checksums and sizes
}

class ZipFile {
public:
  explicit ZipFile(const std::string &path) : zip(zipOpen64(path.c_str(), APPEND_STATUS_CREATE)) {}
  void add(const std::string &name, const std::string &content, int method = Z_DEFLATED) {
    zipOpenNewFileInZip64(zip, name.c_str(), nullptr, nullptr, 0, nullptr, 0, nullptr, method, 9, 0);
    zipWriteInFileInZip(zip, content.data(), unsigned(content.size()));
    zipCloseFileInZip(zip);
  }
  void close() { zipClose(zip, nullptr); }

private:
  zipFile zip;
};

class ZipTest : public testing::Test {
protected:
  std::unique_ptr<fit::WeightsFile> open(const std::vector<std::pair<std::string, std::string>> &members) {
    ZipFile zip(folder.path("w.npz"));
    for (const auto &[name, content] : members)
      zip.add(name, content);
    zip.close();
    return fit::WeightsFile::open(folder.path("w.npz"));
  }
  TemporaryFolder folder;
};

TEST_F(ZipTest, ReadsDeflatedMembers) {
  std::string zeros(100000, '\0');
  auto file = open({{"a.npy", npyOf("|u1", "False", "(100000,)", zeros)}, {"notes.txt", "hello"}});
  EXPECT_EQ(contentsOf(*file)["a"], "u8[100000]:" + zeros);
  ASSERT_EQ(file->others().size(), 1u);
  EXPECT_EQ(file->others()[0].first, "notes.txt");
}

TEST_F(ZipTest, RefusesMembersThatAreNotWhatTheySay) {
  auto textOf = [&](const std::vector<std::pair<std::string, std::string>> &members) {
    return complaintOf([&] { open(members); }).text;
  };
  std::string array = npyOf("|u1", "False", "(4,)", "1234");
  EXPECT_EQ(textOf({{"a.npy", array}, {"a.npy", array}}), "the npz file is damaged: it has 'a' twice");
  EXPECT_EQ(textOf({{"a.npy", npyOf("|u1", "False", "(999999999999,)", "1234")}}),
            "the npz file is damaged: a.npy is u8[999999999999] in 83 bytes");
  EXPECT_EQ(textOf({{"a.npy", npyOf("|O", "False", "(1,)", "\x80.")}}),
            "holds Python objects (a pickle), which could run any code when read");
  EXPECT_EQ(textOf({{"archive/data.pkl", "x"}}), "is a file of PyTorch: it holds a pickle, which could run any code");
  EXPECT_EQ(textOf({{"model.weights.h5", "x"}}), "is a whole model of Keras");
}

// A bomb says that it is small, or that it is larger than deflate can make it.
TEST_F(ZipTest, RefusesSizesThatCannotBe) {
  std::string zeros(1 << 20, '\0'), array = npyOf("|u1", "False", "(1048576,)", zeros);
  open({{"a.npy", array}});
  std::string bytes = folder.read("w.npz"), directory("PK\1\2", 4);
  size_t at = bytes.find(directory);
  ASSERT_NE(at, std::string::npos);
  auto complaintWith = [&](uint32_t declared) {
    std::string changed = bytes;
    for (int i = 0; i < 4; ++i)
      changed[at + 24 + size_t(i)] = static_cast<char>(declared >> 8 * i & 255);
    return complaintOf([&] { contentsOf(NpzFile("w.npz", changed)); }).text;
  };
  EXPECT_EQ(complaintWith(0xfffffff0), "the zip archive is damaged: a.npy cannot have 4294967280 bytes");
  EXPECT_NE(complaintWith(1000), "");
}

} // namespace
} // namespace dlc::test
