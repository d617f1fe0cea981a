// Rows and cells of tables: delimiters, quotes, ends of lines, and what is no table.
#include "tools/fit/TableReader.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"

namespace dlc::test {
namespace {

using Row = std::vector<std::string>;
using fit::TableReader;

class TableReaderTest : public testing::Test {
protected:
  // Header and rows.
  std::vector<Row> read(const std::string &name, std::string_view text) {
    TableReader reader(folder.write(name, text));
    std::vector<Row> rows = {reader.header()};
    std::vector<std::string_view> cells;
    while (reader.nextRow(cells))
      rows.emplace_back(cells.begin(), cells.end());
    return rows;
  }
  Complaint complaint(const std::string &name, std::string_view text) {
    return complaintOf([&] { read(name, text); });
  }
  TemporaryFolder folder;
};

const std::vector<Row> kSmall = {{"a", "b"}, {"1", "2"}};

TEST_F(TableReaderTest, TakesTheDelimiterFromTheSuffixOrTheHeader) {
  EXPECT_EQ(read("t.tsv", "a\tb\n1\t2\n"), kSmall);
  EXPECT_EQ(read("t.csv", "a,b\n1,2\n"), kSmall);
  EXPECT_EQ(read("t.csv", "a;b\n1;2\n"), kSmall);
  EXPECT_EQ(read("t.csv", "a\tb\n1\t2\n"), kSmall);
  EXPECT_EQ(read("t.tsv", "a,b\n1,2\n"), kSmall);
  EXPECT_EQ(read("t.txt", "a,b\n1,2\n"), kSmall);
  // One of its own decides, however many of the others there are.
  EXPECT_EQ(read("t.tsv", "a,b,c,d\te\n1\t2\n"), (std::vector<Row>{{"a,b,c,d", "e"}, {"1", "2"}}));
  EXPECT_EQ(read("t.csv", "a;b;c;d,e\n1,2\n"), (std::vector<Row>{{"a;b;c;d", "e"}, {"1", "2"}}));
}

TEST_F(TableReaderTest, ReadsQuotedCells) {
  EXPECT_EQ(read("t.csv", "\"a\",\"b,c\"\n\"say \"\"no\"\"\",\"\"\n\"two\nlines\",3\n"),
            (std::vector<Row>{{"a", "b,c"}, {"say \"no\"", ""}, {"two\nlines", "3"}}));
  EXPECT_EQ(read("t.csv", "a,b\n\"\"\"\",\"\"\"\"\"\"\n"), (std::vector<Row>{{"a", "b"}, {"\"", "\"\""}}));
}

TEST_F(TableReaderTest, CountsLinesInsideOfQuotes) {
  TableReader reader(folder.write("t.csv", "a\n\"x\ny\nz\"\n1\n"));
  std::vector<std::string_view> cells;
  ASSERT_TRUE(reader.nextRow(cells));
  EXPECT_EQ(reader.line(), 2u);
  ASSERT_TRUE(reader.nextRow(cells));
  EXPECT_EQ(reader.line(), 5u);
  EXPECT_FALSE(reader.nextRow(cells));
}

TEST_F(TableReaderTest, AcceptsWhatWindowsWrites) {
  EXPECT_EQ(read("t.csv", "\xEF\xBB\xBF"
                          "a,b\r\n1,2\r\n\r\n"),
            kSmall);
  EXPECT_EQ(read("t.csv", "\xEF\xBB\xBF\"a\",b\r\n1,\"2\"\r\n"), kSmall);
}

TEST_F(TableReaderTest, AcceptsAMissingLastNewlineAndEmptyLinesAtTheEnd) {
  EXPECT_EQ(read("t.tsv", "a\tb\n1\t2"), kSmall);
  EXPECT_EQ(read("t.tsv", "a\tb\n1\t2\n\n\n"), kSmall);
  EXPECT_EQ(read("t.tsv", "a\tb\n1\t\n"), (std::vector<Row>{{"a", "b"}, {"1", ""}}));
}

TEST_F(TableReaderTest, AcceptsNamesThatCountTheColumns) {
  EXPECT_EQ(read("t.csv", "0,1\n5,6\n"), (std::vector<Row>{{"0", "1"}, {"5", "6"}}));
  EXPECT_EQ(read("t.csv", "1,2\n5,6\n"), (std::vector<Row>{{"1", "2"}, {"5", "6"}}));
}

TEST_F(TableReaderTest, ReadsLinesLongerThanItsBuffer) {
  std::string header, row, wide(300000, 'w');
  for (int i = 0; i < 60000; ++i) {
    header += (i ? "\tg" : "g") + std::to_string(i);
    row += (i ? "\t" : "") + std::to_string(i);
  }
  std::vector<Row> rows = read("t.tsv", header + "\n" + row + "\n" + row + "\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[2][59999], "59999");
  rows = read("u.csv", "a,b\n\"" + wide + "\n" + wide + "\",2\n3,4\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1][0], wide + "\n" + wide);
  EXPECT_EQ(rows[2], (Row{"3", "4"}));
}

TEST_F(TableReaderTest, NamesTheLineOfARaggedRow) {
  Complaint few = complaint("t.csv", "a,b,c\n1,2,3\n1,2\n");
  EXPECT_EQ(few.place, folder.path("t.csv") + ":3");
  EXPECT_EQ(few.text, "expected 3 cells as in the header, found 2");
  EXPECT_EQ(few.remedy, "a quote or a delimiter inside a cell must be quoted");
  EXPECT_EQ(few.code, fit::ExitCode::BadInput);
  Complaint rowNames = complaint("t.csv", "a,b\nr1,2,3\n");
  EXPECT_EQ(rowNames.text, "expected 2 cells as in the header, found 3");
  EXPECT_EQ(rowNames.remedy,
            "if the rows have names (R's write.table), write them with col.names = NA or leave them out");
}

TEST_F(TableReaderTest, NamesTheFirstEmptyLineBeforeARow) {
  Complaint found = complaint("t.csv", "a,b\n1,2\n\n\n3,4\n");
  EXPECT_EQ(found.place, folder.path("t.csv") + ":3");
  EXPECT_EQ(found.text, "expected 2 cells as in the header, found an empty line");
  EXPECT_EQ(found.remedy, "remove the line");
}

TEST_F(TableReaderTest, RefusesAFileWithoutAHeader) {
  Complaint empty = complaint("t.csv", "");
  EXPECT_EQ(empty.place, folder.path("t.csv"));
  EXPECT_EQ(empty.text, "the file is empty");
  EXPECT_EQ(empty.remedy, "expected a header line with column names, then one row per example");
  EXPECT_EQ(complaint("t.csv", "\na,b\n").text, "the first line is empty");
  Complaint numbers = complaint("t.csv", "5.1,3.5\n4.9,3.0\n");
  EXPECT_EQ(numbers.place, folder.path("t.csv") + ":1");
  EXPECT_EQ(numbers.text, "the first line holds numbers (5.1, …), not names");
  EXPECT_EQ(numbers.remedy, "add a header line with one name per column");
}

TEST_F(TableReaderTest, RefusesNamesThatComeTwice) {
  Complaint found = complaint("t.csv", "a,b,a\n");
  EXPECT_EQ(found.text, "columns 1 and 3 are both named 'a'");
  EXPECT_EQ(found.remedy, "rename one of them in the header");
}

TEST_F(TableReaderTest, RefusesWhatIsNotText) {
  EXPECT_EQ(complaint("t.csv", std::string_view("a,b\n1,\0\n", 8)).text,
            "found a zero byte: this is not a table of text");
  EXPECT_EQ(complaint("t.csv", std::string_view("a,b\n1,\0\n", 8)).place, folder.path("t.csv") + ":2");
  EXPECT_EQ(complaint("t.csv", "a,gr\xF6\xDF"
                               "e\n")
                .text,
            "column 2 has a name that is not UTF-8 text: 'gr\\xf6\\xdfe'");
  EXPECT_EQ(complaint("t.csv", "a,b\r1,2\r").text, "the lines end in carriage returns alone");
  EXPECT_EQ(complaint("t.csv", "a,b\r1,2\r").remedy, "write them with newlines: tr '\\r' '\\n'");
}

TEST_F(TableReaderTest, RefusesQuotesThatDoNotClose) {
  Complaint open = complaint("t.csv", "a,b\n1,\"2\n3,4\n");
  EXPECT_EQ(open.place, folder.path("t.csv") + ":2");
  EXPECT_EQ(open.text, "a quote (\") is opened and never closed");
  Complaint behind = complaint("t.csv", "a,b\n\"x\"y,2\n");
  EXPECT_EQ(behind.place, folder.path("t.csv") + ":2");
  EXPECT_EQ(behind.text, "found 'y,2' behind a closing quote");
  EXPECT_EQ(behind.remedy, "double the quotes inside a cell");
}

} // namespace
} // namespace dlc::test
