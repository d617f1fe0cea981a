// Saving: all or nothing, and only the variables change.
#include "test/unit/runtime/SampleProgram.h"

#include <csignal>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::test {
namespace {

Bytes readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void writeFile(const std::string &path, const Bytes &bytes) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char *>(bytes.data()), long(bytes.size()));
}

class SaveTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "dlc-save-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/model.dlm";
  }
  void TearDown() override {
    for (const std::string &name : filesInFolder())
      unlink((folder_ + "/" + name).c_str());
    rmdir(folder_.c_str());
  }
  std::vector<std::string> filesInFolder() {
    std::vector<std::string> names;
    DIR *folder = opendir(folder_.c_str());
    while (dirent *entry = readdir(folder))
      if (entry->d_name[0] != '.')
        names.push_back(entry->d_name);
    closedir(folder);
    return names;
  }
  dlc_status save(const void *variables) { return dlc_save(loaded_.program, variables, path_.c_str(), &error_); }

  Loaded loaded_{sampleFile()};
  Error error_;
  std::string folder_, path_;
};

TEST_F(SaveTest, UnchangedVariablesGiveTheSameBytes) {
  ASSERT_EQ(save(dlc_initial_variables(loaded_.program)), DLC_OK) << error_.text;
  EXPECT_EQ(readFile(path_), sampleFile());
  EXPECT_EQ(filesInFolder().size(), 1u);
}

TEST_F(SaveTest, ChangedVariablesComeBackAndAllElseStays) {
  Bytes variables(128);
  const float weights[4] = {5, 6, 7, 8};
  std::memcpy(variables.data(), weights, sizeof weights);
  ASSERT_EQ(save(variables.data()), DLC_OK) << error_.text;
  Bytes before = sampleFile(), after = readFile(path_);
  Loaded reloaded(after);
  ASSERT_EQ(reloaded.status, DLC_OK) << reloaded.error.text;
  EXPECT_EQ(std::memcmp(dlc_initial_variables(reloaded.program), variables.data(), 128), 0);
  abi::Preamble preamble;
  std::memcpy(&preamble, before.data(), sizeof preamble);
  uint64_t from = preamble.segments[1].offset;
  EXPECT_TRUE(std::equal(before.begin() + abi::kPage, before.begin() + long(from), after.begin() + abi::kPage));
  EXPECT_TRUE(std::equal(before.begin() + long(from) + 128, before.end(), after.begin() + long(from) + 128));
}

TEST_F(SaveTest, ReplacesTheFileItWasLoadedFrom) {
  writeFile(path_, sampleFile());
  chmod(path_.c_str(), 0640);
  dlc_load_options options = {sizeof options, 0};
  dlc_program *program;
  ASSERT_EQ(dlc_load(path_.c_str(), &options, &program, &error_), DLC_OK);
  Bytes variables(128, 9);
  EXPECT_EQ(dlc_save(program, variables.data(), path_.c_str(), &error_), DLC_OK) << error_.text;
  // The program still shows what it loaded.
  EXPECT_EQ(*static_cast<const float *>(dlc_initial_variables(program)), 1.0f);
  dlc_unload(program);
  Loaded reloaded(readFile(path_));
  EXPECT_EQ(*static_cast<const uint8_t *>(dlc_initial_variables(reloaded.program)), 9);
  struct stat status;
  stat(path_.c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0640u);
}

TEST_F(SaveTest, FollowsASymbolicLink) {
  std::string real = folder_ + "/real.dlm";
  writeFile(real, {1, 2, 3});
  ASSERT_EQ(symlink("real.dlm", path_.c_str()), 0);
  ASSERT_EQ(save(dlc_initial_variables(loaded_.program)), DLC_OK) << error_.text;
  struct stat status;
  lstat(path_.c_str(), &status);
  EXPECT_TRUE(S_ISLNK(status.st_mode));
  EXPECT_EQ(readFile(real), sampleFile());
}

// A limit on the size of files fails like a full disk: in the middle of writing.
TEST_F(SaveTest, AFullDiskKeepsTheOldFile) {
  writeFile(path_, {1, 2, 3});
  rlimit old;
  getrlimit(RLIMIT_FSIZE, &old);
  rlimit limit = {10000, old.rlim_max};
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &limit);
  dlc_status status = save(dlc_initial_variables(loaded_.program));
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(status, DLC_IO_ERROR);
  EXPECT_EQ(std::string(error_.text), "cannot write " + path_ + ": File too large");
  EXPECT_EQ(readFile(path_), (Bytes{1, 2, 3}));
  EXPECT_EQ(filesInFolder().size(), 1u);
}

TEST_F(SaveTest, AFolderThatCannotBeWrittenKeepsTheOldFile) {
  writeFile(path_, {1, 2, 3});
  chmod(folder_.c_str(), 0555);
  uid_t user = geteuid();
  bool isRoot = user == 0; // who may write anywhere
  if (isRoot)
    ASSERT_EQ(seteuid(65534), 0);
  dlc_status status = save(dlc_initial_variables(loaded_.program));
  if (isRoot)
    ASSERT_EQ(seteuid(user), 0);
  chmod(folder_.c_str(), 0755);
  EXPECT_EQ(status, DLC_IO_ERROR);
  EXPECT_EQ(readFile(path_), (Bytes{1, 2, 3}));
  EXPECT_EQ(filesInFolder().size(), 1u);
}

TEST_F(SaveTest, NeverReplacesADevice) {
  EXPECT_EQ(dlc_save(loaded_.program, dlc_initial_variables(loaded_.program), "/dev/full", &error_), DLC_IO_ERROR);
  EXPECT_STREQ(error_.text, "cannot write /dev/full: it is not a regular file");
}

TEST_F(SaveTest, NamesAFolderThatIsNotThere) {
  EXPECT_EQ(dlc_save(loaded_.program, dlc_initial_variables(loaded_.program), "/nowhere/x.dlm", &error_), DLC_IO_ERROR);
  EXPECT_STREQ(error_.text, "cannot write /nowhere/x.dlm: No such file or directory");
}

TEST_F(SaveTest, RefusesNull) {
  EXPECT_EQ(dlc_save(nullptr, &error_, "x", &error_), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(save(nullptr), DLC_INVALID_ARGUMENT);
  EXPECT_EQ(dlc_save(loaded_.program, &error_, nullptr, &error_), DLC_INVALID_ARGUMENT);
}

} // namespace
} // namespace dlc::test
