// Lines: ends, empty ones, marks, what is no text.
#include "tools/fit/LineReader.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"

namespace dlc::test {
namespace {

std::vector<std::string> linesOf(const std::string &bytes) {
  TemporaryFolder folder;
  fit::LineReader reader(folder.write("x.txt", bytes));
  std::vector<std::string> lines;
  for (std::string_view line; reader.next(line);) {
    lines.emplace_back(line);
    EXPECT_EQ(reader.number(), lines.size());
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReaderTest, GivesEveryLine) {
  EXPECT_EQ(linesOf("a\nb\n"), (Lines{"a", "b"}));
  EXPECT_EQ(linesOf("a\nb"), (Lines{"a", "b"}));
  EXPECT_EQ(linesOf("\xEF\xBB\xBF"
                    "a\r\nb\r\n"),
            (Lines{"a", "b"}));
  EXPECT_EQ(linesOf(""), Lines());
  EXPECT_EQ(linesOf("\n\n"), Lines());
}

TEST(LineReaderTest, EmptyLinesCountOnlyBeforeOthers) {
  EXPECT_EQ(linesOf("\na\n\n\nb\n\n"), (Lines{"", "a", "", "", "b"}));
}

TEST(LineReaderTest, LinesMayBeLongerThanTheBuffer) {
  std::string first(100000, 'a'), second(300000, 'b');
  EXPECT_EQ(linesOf(first + "\n" + second + "\nc"), (Lines{first, second, "c"}));
}

TEST(LineReaderTest, TheLastLineCanBeGivenAgain) {
  TemporaryFolder folder;
  fit::LineReader reader(folder.write("x.txt", "a\nb\n"));
  std::string_view line;
  ASSERT_TRUE(reader.next(line));
  reader.unread();
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "a");
  EXPECT_EQ(reader.place(), folder.path("x.txt") + ":1");
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "b");
}

TEST(LineReaderTest, RefusesBytes) {
  Complaint found = complaintOf([] { linesOf(std::string("a\n\0b", 4)); });
  EXPECT_EQ(found.text, "found a zero byte: this is not a text file");
}

} // namespace
} // namespace dlc::test
