// Plain and compressed files, whole and damaged.
#include "tools/fit/ByteSource.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <zlib.h>

namespace dlc::test {
namespace {

using fit::ByteSource;
using fit::ExitCode;

std::string allOf(const std::string &path, size_t chunk = 7) {
  ByteSource source(path);
  std::string text(chunk, '\0'), all;
  while (size_t got = source.read(text.data(), text.size()))
    all.append(text, 0, got);
  return all;
}

std::string longText() {
  std::string text;
  for (int i = 0; i < 20000; ++i)
    text += std::to_string(i * 7919 % 100003) + "\n";
  return text;
}

class ByteSourceTest : public testing::Test {
protected:
  std::string compress(const std::string &name, const std::string &text) {
    gzFile file = gzopen(folder.path(name).c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return folder.path(name);
  }
  TemporaryFolder folder;
};

TEST_F(ByteSourceTest, ReadsPlainAndCompressedFilesAlike) {
  std::string text = longText();
  EXPECT_EQ(allOf(folder.write("plain.gz", text), 1000), text); // the contents decide, not the name
  EXPECT_EQ(allOf(compress("packed.tsv", text), 1000), text);
  EXPECT_EQ(allOf(compress("short.gz", "a\tb\n")), "a\tb\n");
  EXPECT_EQ(allOf(folder.write("empty", "")), "");
}

TEST_F(ByteSourceTest, ReadsSeveralGzipMembers) {
  compress("one.gz", "a\n");
  compress("two.gz", "1\n");
  EXPECT_EQ(allOf(folder.write("both.gz", folder.read("one.gz") + folder.read("two.gz"))), "a\n1\n");
}

TEST_F(ByteSourceTest, FindsDataThatIsCutOffAnywhere) {
  compress("whole.gz", longText());
  std::string bytes = folder.read("whole.gz");
  for (size_t size : {bytes.size() - 1, bytes.size() - 9, bytes.size() / 2, size_t(20)}) {
    std::string path = folder.write("cut.gz", std::string_view(bytes).substr(0, size));
    Complaint found = complaintOf([&] { allOf(path, 1 << 16); });
    EXPECT_EQ(found.code, ExitCode::BadInput) << size;
    EXPECT_EQ(found.place, path);
    EXPECT_EQ(found.text, "the gzip data ends in the middle") << size;
    EXPECT_EQ(found.remedy, "copy or download the file again");
  }
}

TEST_F(ByteSourceTest, FindsDamagedData) {
  compress("whole.gz", longText());
  std::string bytes = folder.read("whole.gz");
  bytes[bytes.size() - 6] ^= 1; // in the checksum
  EXPECT_EQ(complaintOf([&] { allOf(folder.write("bad.gz", bytes)); }).text, "the gzip data is damaged");
}

TEST_F(ByteSourceTest, SaysWhyAFileCannotBeRead) {
  Complaint missing = complaintOf([&] { ByteSource source(folder.path("nothing.tsv")); });
  EXPECT_EQ(missing.code, ExitCode::Io);
  EXPECT_EQ(missing.place, folder.path("nothing.tsv"));
  EXPECT_EQ(missing.text, "cannot read the file: No such file or directory");
  EXPECT_EQ(missing.remedy,
            "paths in a .dl file are relative to that file, on the command line to the working directory");
  Complaint directory = complaintOf([&] { ByteSource source(folder.path("")); });
  EXPECT_EQ(directory.code, ExitCode::Io);
  EXPECT_EQ(directory.text, "expected a table, found a directory");
  EXPECT_EQ(complaintOf([&] { fit::readWhole(folder.path("")); }).text, "expected a file, found a directory");
}

TEST_F(ByteSourceTest, ReadsWholeFilesAsTheyAre) {
  compress("whole.gz", "abc");
  EXPECT_EQ(fit::readWhole(folder.path("whole.gz")), folder.read("whole.gz"));
  std::string path = folder.write("ten", "0123456789");
  EXPECT_EQ(fit::readWhole(path, 10), "0123456789");
  EXPECT_EQ(complaintOf([&] { fit::readWhole(path, 9); }).text, "the file is larger than 9 B");
}

} // namespace
} // namespace dlc::test
