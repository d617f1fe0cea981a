// Where examples come from: the recipe's form, the options of the command line, the folders.
#include "tools/fit/DataSpec.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <nlohmann/json.hpp>

namespace dlc::test {
namespace {

using fit::DataSpec;
using fit::ExitCode;
using fit::parseDataSpec;
using nlohmann::json;
using Columns = std::vector<std::string>;

Complaint parseComplaint(const json &entry) {
  return complaintOf([&] { parseDataSpec("data", entry); });
}

DataSpec overridden(const std::vector<std::string> &options) {
  DataSpec spec = parseDataSpec("data", {{"x", "X.tsv"}, {"y", {{"file", "Y.tsv"}, {"columns", {"class"}}}}});
  fit::overrideDataSpec(spec, options, {"x", "y"});
  return spec;
}

Complaint optionComplaint(const std::string &option) {
  return complaintOf([&] { overridden({option}); });
}

TEST(DataSpecTest, ReadsTables) {
  DataSpec spec =
      parseDataSpec("data", {{"reader", "table"}, {"x", "X.tsv"}, {"y", {{"file", "Y.tsv"}, {"columns", "c"}}}});
  EXPECT_EQ(spec.name, "data");
  EXPECT_EQ(spec.ports["x"].file, "X.tsv");
  EXPECT_TRUE(spec.ports["x"].columns.empty());
  EXPECT_FALSE(spec.ports["x"].fromHere);
  EXPECT_EQ(spec.ports["y"].file, "Y.tsv");
  EXPECT_EQ(spec.ports["y"].columns, (Columns{"c"}));
  EXPECT_TRUE(parseDataSpec("test", nullptr).empty());
}

TEST(DataSpecTest, WhatTheModelCallsAnInputIsOne) {
  for (const char *reader : {"text", "sequences", "letters", "images", "idx", "npy", "npz", "cifar10", "table"})
    for (const char *name : {"words", "classes", "where"}) {
      json entry = {{"reader", reader}, {name, "X.tsv"}, {"y", "y.tsv"}, {fit::kLearnedClasses, {"n", "p"}}};
      DataSpec spec = parseDataSpec("data", entry, {name, "y"});
      ASSERT_EQ(spec.ports.size(), 2u) << reader << ", " << name;
      EXPECT_EQ(spec.ports[name].file, "X.tsv");
      EXPECT_FALSE(spec.options.contains(name));
      EXPECT_TRUE(spec.options.contains(fit::kLearnedClasses));
    }
  Complaint complaint =
      complaintOf([] { parseDataSpec("data", {{"reader", "idx"}, {"y", "y.idx"}}, {"reader", "y"}); });
  EXPECT_EQ(complaint.text, "data: an input or target cannot be called 'reader' where the recipe has data");
  EXPECT_EQ(complaint.remedy, "rename it in the model");
}

TEST(DataSpecTest, ReadsColumnsOfOneFile) {
  DataSpec spec = parseDataSpec(
      "data",
      {{"reader", "columns"}, {"file", "d.csv"}, {"x", {"a..c", "-b"}}, {"y", "class"}, {"classes", {"n", "p"}}});
  EXPECT_EQ(spec.ports.size(), 2u);
  EXPECT_EQ(spec.ports["x"].file, "d.csv");
  EXPECT_EQ(spec.ports["x"].columns, (Columns{"a..c", "-b"}));
  EXPECT_EQ(spec.ports["y"].columns, (Columns{"class"}));
}

TEST(DataSpecTest, FilesWithoutNamesAreInTheOrderOfThePorts) {
  DataSpec spec = overridden({"one.tsv", "two.tsv"});
  EXPECT_EQ(spec.ports["x"].file, "one.tsv");
  EXPECT_EQ(spec.ports["y"].file, "two.tsv");
  EXPECT_TRUE(spec.ports["x"].fromHere);
  EXPECT_EQ(spec.ports["y"].columns, (Columns{"class"})); // the recipe's
  Complaint three = complaintOf([] { overridden({"a", "b", "c"}); });
  EXPECT_EQ(three.code, ExitCode::Usage);
  EXPECT_EQ(three.text, "found 3 files without a name, and the model takes x, y");
  EXPECT_EQ(three.remedy, "say what is for what: x=FILE");
  EXPECT_NE(complaintOf([] { overridden({"a", "b", "x=c"}); }).text, "");
}

TEST(DataSpecTest, RefusesOtherForms) {
  Complaint reader = parseComplaint({{"reader", "tabel"}});
  EXPECT_EQ(reader.place, "recipe");
  EXPECT_EQ(reader.text, "data: the reader 'tabel' is not known");
  EXPECT_EQ(reader.remedy.substr(0, 48), "did you mean 'table'? there are cifar10, columns");
  EXPECT_EQ(parseComplaint("d.csv").text, "data: expected table(…), found \"d.csv\"");
  EXPECT_EQ(parseComplaint({{"x", 3}}).text, "data.x: expected a file or a list of columns, found 3");
  EXPECT_EQ(parseComplaint({{"x", {"a"}}}).text, "data.x: no file is named");
  EXPECT_EQ(parseComplaint({{"file", "d.csv"}, {"x", {1}}}).text, "data.x: expected names of columns, found 1");
}

TEST(DataSpecTest, RefusesNamesThatAreNumbers) {
  EXPECT_EQ(parseComplaint({{"reader", 3}}).text, "data.reader: expected a name, found 3");
  EXPECT_EQ(parseComplaint({{"file", 3}, {"x", "a"}}).text, "data.file: expected a name, found 3");
  EXPECT_EQ(parseComplaint({{"x", {{"file", 3}}}}).text, "data.x: expected a name, found 3");
}

TEST(DataSpecTest, AnOptionReplacesAFile) {
  DataSpec spec = overridden({"x=new.tsv"});
  EXPECT_EQ(spec.ports["x"].file, "new.tsv");
  EXPECT_TRUE(spec.ports["x"].fromHere);
  EXPECT_EQ(spec.ports["y"].file, "Y.tsv");
  EXPECT_FALSE(spec.ports["y"].fromHere);
}

TEST(DataSpecTest, AnOptionNamesColumns) {
  DataSpec spec = overridden({"x=new.csv:a,b..c", "y=:label"});
  EXPECT_EQ(spec.ports["x"].columns, (Columns{"a", "b..c"}));
  EXPECT_EQ(spec.ports["y"].file, "Y.tsv"); // the same file
  EXPECT_EQ(spec.ports["y"].columns, (Columns{"label"}));
  EXPECT_FALSE(spec.ports["y"].fromHere);
  EXPECT_TRUE(overridden({"y=new.tsv"}).ports["y"].columns.empty()); // another file has other columns
}

TEST(DataSpecTest, AFileAloneFeedsEveryPort) {
  DataSpec spec = overridden({"all.csv"});
  EXPECT_EQ(spec.ports["x"].file, "all.csv");
  EXPECT_EQ(spec.ports["y"].file, "all.csv");
  EXPECT_EQ(spec.ports["y"].columns, (Columns{"class"}));
}

TEST(DataSpecTest, AFileMayBeNamedLikeAnOption) {
  TemporaryFolder folder;
  std::string odd = folder.write("x=a:b.csv", "");
  EXPECT_EQ(overridden({odd}).ports["y"].file, odd);
  std::string colon = folder.write("a:b.csv", "");
  EXPECT_EQ(overridden({"x=" + colon}).ports["x"].file, colon);
}

TEST(DataSpecTest, AnOptionMayNameManyColumns) {
  std::string option = "x=new.csv:";
  for (int i = 0; i < 300; ++i)
    option += "column" + std::to_string(i) + ","; // longer than any name of a file
  EXPECT_EQ(overridden({option}).ports["x"].columns.size(), 300u);
}

TEST(DataSpecTest, RefusesOptionsOfNoMeaning) {
  Complaint port = optionComplaint("z=a.csv");
  EXPECT_EQ(port.code, ExitCode::Usage);
  EXPECT_EQ(port.place, "--data z=a.csv");
  EXPECT_EQ(port.text, "the model has no input or target 'z'");
  EXPECT_EQ(port.remedy, "it has x, y");
  EXPECT_EQ(optionComplaint("").text, "expected the name of a file");
  EXPECT_EQ(optionComplaint("x=").text, "expected the name of a file");
  EXPECT_EQ(optionComplaint("x=a.csv:").text, "expected x=FILE:column,column");
  EXPECT_EQ(optionComplaint("x=a.csv:,").text, "expected x=FILE:column,column");
}

TEST(DataSpecTest, LooksForFilesInFolders) {
  TemporaryFolder folder;
  std::string path = folder.write("X.tsv", "");
  std::filesystem::create_directory(folder.path("sub"));
  DataSpec spec = parseDataSpec("data", {{"x", "X.tsv"}});
  fit::resolveFiles(spec, {folder.path("no"), folder.path("sub/..")});
  EXPECT_EQ(spec.ports["x"].file, path);
  DataSpec here = overridden({"x=nowhere.tsv", "y=-"});
  fit::resolveFiles(here, {folder.path("")});
  EXPECT_EQ(here.ports["x"].file, "nowhere.tsv"); // as the command line says; whoever reads it will complain
}

// link/../X.tsv is the file beside the folder that the link leads to.
TEST(DataSpecTest, FollowsLinksToFolders) {
  TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("real/model"));
  std::filesystem::create_directory_symlink(folder.path("real/model"), folder.path("link"));
  folder.write("real/X.tsv", "right");
  folder.write("X.tsv", "wrong");
  DataSpec spec = parseDataSpec("data", {{"x", "../X.tsv"}});
  fit::resolveFiles(spec, {folder.path("link")});
  EXPECT_TRUE(std::filesystem::equivalent(spec.ports["x"].file, folder.path("real/X.tsv"))) << spec.ports["x"].file;
}

TEST(DataSpecTest, SaysWhereItLooked) {
  for (const std::string &name : {std::string("X.tsv"), std::string(300, 'X')}) {
    DataSpec spec = parseDataSpec("validation", {{"x", name}});
    Complaint found = complaintOf([&] { fit::resolveFiles(spec, {"/no/a", "/no/b/../c"}); });
    EXPECT_EQ(found.code, ExitCode::Io);
    EXPECT_EQ(found.place, name);
    EXPECT_EQ(found.text, "validation, x: there is no such file; looked for /no/a/" + name + " and /no/c/" + name);
    EXPECT_EQ(found.remedy, "paths in a .dl file are relative to it; give another file with --validation x=FILE");
  }
}

} // namespace
} // namespace dlc::test
