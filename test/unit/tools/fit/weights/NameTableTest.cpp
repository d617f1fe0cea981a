// Tables of names and their patterns.
#include "tools/fit/weights/NameTable.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"

namespace dlc::test {
namespace {

using fit::matchPattern;
using fit::NameTable;
using Captures = std::optional<std::vector<std::string>>;

TEST(NameTableTest, AStarStandsForAnyText) {
  EXPECT_EQ(matchPattern("a/w", "a/w"), Captures(std::vector<std::string>{}));
  EXPECT_EQ(matchPattern("a/w", "a/w2"), std::nullopt);
  EXPECT_EQ(matchPattern("*", ""), (Captures{{""}}));
  EXPECT_EQ(matchPattern("conv*/kernel", "conv_1/kernel"), (Captures{{"_1"}}));
  EXPECT_EQ(matchPattern("conv*/kernel", "conv_1/kernel:0"), std::nullopt);
  EXPECT_EQ(matchPattern("*/*:0", "a/b/kernel:0"), (Captures{{"a", "b/kernel"}}));
  EXPECT_EQ(matchPattern("*ab", "abab"), (Captures{{"ab"}}));
  EXPECT_EQ(matchPattern("ab*ab", "ab"), std::nullopt); // the halves do not overlap
  EXPECT_EQ(matchPattern("a*b*c", "axbybzc"), (Captures{{"x", "ybz"}}));
  EXPECT_EQ(matchPattern("a*", "b"), std::nullopt);
  EXPECT_EQ(matchPattern(std::string(2000, '*') + "b", std::string(2000, 'a')), std::nullopt); // no search of all ways
}

TEST(NameTableTest, TheFirstLineThatFitsDecides) {
  TemporaryFolder folder;
  NameTable table = NameTable::read(
      folder.write("n.tsv", "# old\tnew\r\n\nfc/weight\t-\r\n*/weight\t*/w\n*.*.bias\tblock_*/dense_*/b\n"));
  ASSERT_EQ(table.lines().size(), 3u);
  EXPECT_EQ(table.find("fc/weight")->variable, "-");
  EXPECT_EQ(table.find("a/weight")->variable, "a/w");
  EXPECT_EQ(table.find("a/weight")->line->number, 4u);
  EXPECT_EQ(table.find("1.2.bias")->variable, "block_1/dense_2/b");
  EXPECT_FALSE(table.find("bias"));
}

TEST(NameTableTest, SaysWhichLineIsWrong) {
  TemporaryFolder folder;
  auto complaintAbout = [&](const std::string &text) {
    Complaint found = complaintOf([&] { NameTable::read(folder.write("n.tsv", text)); });
    return found.place.substr(found.place.rfind('/') + 1) + ": " + found.text;
  };
  EXPECT_EQ(complaintAbout("a\tb\nc d\n"), "n.tsv:2: expected two columns, found 'c d'");
  EXPECT_EQ(complaintAbout("a\t\n"), "n.tsv:1: expected two columns, found 'a\\x09'");
  EXPECT_EQ(complaintAbout("a\tb\tc\n"), "n.tsv:1: expected two columns, found 'a\\x09b\\x09c'");
  EXPECT_EQ(complaintAbout("*\t*/*\n"), "n.tsv:1: '*/*' has more * than '*'");
  EXPECT_EQ(complaintAbout("a\tb\n\na\tc\n"), "n.tsv:3: 'a' is in line 1 already");
  EXPECT_EQ(complaintOf([&] { NameTable::read(folder.path("no.tsv")); }).code, fit::ExitCode::Io);
}

} // namespace
} // namespace dlc::test
