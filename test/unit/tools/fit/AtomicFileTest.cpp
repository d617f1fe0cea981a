// Files that are whole or not there, also when the disk is full.
#include "tools/fit/AtomicFile.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::test {
namespace {

using fit::checkDistinct;
using fit::checkWritable;
using fit::ExitCode;
using fit::writeAtomically;

// Files cannot grow beyond a size while it lives, as if the disk were full.
class FullDisk {
public:
  explicit FullDisk(rlim_t bytes) {
    before = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    rlimit smaller = {bytes, limit.rlim_max};
    setrlimit(RLIMIT_FSIZE, &smaller);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, before);
  }

private:
  void (*before)(int);
  rlimit limit;
};

class AtomicFileTest : public testing::Test {
protected:
  TemporaryFolder folder;
};

TEST_F(AtomicFileTest, WritesAndReplaces) {
  std::string bytes("a\0b", 3);
  writeAtomically(folder.path("f"), bytes);
  EXPECT_EQ(folder.read("f"), bytes);
  writeAtomically(folder.path("f"), "");
  EXPECT_EQ(folder.read("f"), "");
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"f"}));
}

TEST_F(AtomicFileTest, AFailingWriteLeavesTheOldFile) {
  folder.write("f", "old");
  Complaint found;
  {
    FullDisk full(1000);
    found = complaintOf([&] { writeAtomically(folder.path("f"), std::string(5000, 'x')); });
  }
  EXPECT_EQ(found.code, ExitCode::Io);
  EXPECT_EQ(found.place, folder.path("f"));
  EXPECT_EQ(found.text, "cannot write the file: File too large");
  EXPECT_EQ(folder.read("f"), "old");
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"f"})); // nothing temporary is left
}

TEST_F(AtomicFileTest, KeepsThePermissions) {
  folder.write("f", "old");
  chmod(folder.path("f").c_str(), 0640);
  writeAtomically(folder.path("f"), "new");
  struct stat status;
  ASSERT_EQ(stat(folder.path("f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(AtomicFileTest, NewFilesFollowTheMask) {
  mode_t before = umask(027);
  writeAtomically(folder.path("f"), "new");
  umask(before);
  struct stat status;
  ASSERT_EQ(stat(folder.path("f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(AtomicFileTest, WritesThroughDevices) {
  writeAtomically("/dev/null", "gone");
  struct stat status;
  ASSERT_EQ(stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode)); // not replaced
  Complaint full = complaintOf([] { writeAtomically("/dev/full", "x"); });
  EXPECT_EQ(full.text, "cannot write the file: No space left on device");
  EXPECT_EQ(full.remedy, "make room on the disk, or choose another one");
}

TEST_F(AtomicFileTest, SaysWhyAFileCannotBeWritten) {
  for (auto *function : {+[](const std::string &path) { writeAtomically(path, "x"); },
                         +[](const std::string &path) { checkWritable(path); }}) {
    Complaint missing = complaintOf([&] { function(folder.path("no/f")); });
    EXPECT_EQ(missing.code, ExitCode::Io);
    EXPECT_EQ(missing.text, "cannot write the file: No such file or directory");
    EXPECT_EQ(missing.remedy, "the folder " + folder.path("no") + " does not exist; create it first");
    EXPECT_EQ(complaintOf([&] { function(folder.path("")); }).text, "cannot write the file: Is a directory");
  }
}

TEST_F(AtomicFileTest, RefusesWhatMayNotBeWritten) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may write everywhere";
  folder.write("f", "old");
  chmod(folder.path("f").c_str(), 0444);
  EXPECT_EQ(complaintOf([&] { checkWritable(folder.path("f")); }).text, "cannot write the file: Permission denied");
  Complaint found = complaintOf([&] { writeAtomically(folder.path("f"), "new"); });
  EXPECT_EQ(found.remedy, "choose a file and a folder that you may write to");
  EXPECT_EQ(folder.read("f"), "old");
}

TEST_F(AtomicFileTest, ChecksWithoutWriting) {
  checkWritable(folder.path("new"));
  checkWritable("/dev/null");
  EXPECT_TRUE(folder.names().empty());
}

TEST_F(AtomicFileTest, OutputsAreDistinct) {
  std::string a = folder.write("a", "1"), again = folder.path("./a"), b = folder.path("b");
  checkDistinct({a, b, "", "", "/dev/null", "/dev/null"}, {folder.path("c")});
  Complaint input = complaintOf([&] { checkDistinct({again}, {a}); });
  EXPECT_EQ(input.code, ExitCode::Usage);
  EXPECT_EQ(input.place, again);
  EXPECT_EQ(input.text, "this file is read, writing it would destroy it");
  Complaint twice = complaintOf([&] { checkDistinct({b, folder.path("./b")}, {}); }); // none of them exists yet
  EXPECT_EQ(twice.text, "two results cannot go into one file");
  EXPECT_EQ(twice.remedy, "give another name");
  std::string relative = std::filesystem::proximate(b).string();
  EXPECT_EQ(complaintOf([&] { checkDistinct({b, relative}, {}); }).place, relative);
  checkDistinct({std::string(5000, 'a'), std::string(5000, 'b')}, {}); // no files, but not the same one either
}

} // namespace
} // namespace dlc::test
