// Examples that are more than memory is meant for lie in a file.
#include "tools/fit/RowStorage.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <cstring>
#include <fstream>
#include <sys/resource.h>
#include <thread>

namespace dlc::test {
namespace {

using fit::RowStorage;

constexpr size_t kChunk = size_t(1) << 20, kChunks = 200; // 200 MiB

size_t anonymousBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.compare(0, 8, "RssAnon:") == 0)
      return std::stoull(line.substr(8)) << 10;
  return 0;
}

// Chunk i is full of i.
void fillUp(RowStorage &storage) {
  for (size_t i = 0; i < kChunks; ++i)
    std::memset(storage.extend(kChunk), static_cast<int>(i), kChunk);
}

bool hasChunk(const RowStorage &storage, size_t i) {
  std::string wanted(kChunk, static_cast<char>(i)), found(kChunk, '\0');
  storage.read(i * kChunk, kChunk, found.data());
  return wanted == found && !std::memcmp(storage.data() + i * kChunk, wanted.data(), kChunk);
}

TEST(RowStorageTest, LittleStaysInMemory) {
  RowStorage storage;
  storage.resize(3);
  std::memcpy(storage.extend(2), "ab", 2);
  EXPECT_EQ(std::string(storage.data(), storage.size()), std::string("\0\0\0ab", 5));
  EXPECT_FALSE(storage.isInFile());
  EXPECT_NE(RowStorage(0).data(), nullptr);
}

TEST(RowStorageTest, MuchIsNoMemoryOfTheProcess) {
  size_t before = anonymousBytes();
  RowStorage storage;
  fillUp(storage);
  EXPECT_TRUE(storage.isInFile());
  EXPECT_EQ(storage.size(), kChunks * kChunk);
  for (size_t i : {size_t(0), size_t(31), size_t(32), size_t(33), size_t(127), kChunks - 1})
    EXPECT_TRUE(hasChunk(storage, i)) << i;
  EXPECT_LT(anonymousBytes(), before + (size_t(16) << 20)); // what was in memory is gone, too
  RowStorage moved(std::move(storage));
  EXPECT_TRUE(hasChunk(moved, 150));
  moved.release();
  EXPECT_TRUE(hasChunk(moved, 150));
}

TEST(RowStorageTest, NewBytesOfAFileAreZero) {
  RowStorage storage(RowStorage::kInMemory + kChunk);
  EXPECT_TRUE(storage.isInFile());
  std::memset(storage.data(), 1, storage.size());
  storage.resize(kChunk);
  storage.resize(RowStorage::kInMemory + kChunk);
  EXPECT_EQ(storage.data()[kChunk - 1], 1);
  EXPECT_TRUE(hasChunk(storage, 0) == false);
  std::string zeros(kChunk, '\0');
  EXPECT_EQ(std::memcmp(storage.data() + kChunk, zeros.data(), kChunk), 0);
  EXPECT_EQ(std::memcmp(storage.data() + RowStorage::kInMemory, zeros.data(), kChunk), 0);
}

TEST(RowStorageTest, ThreadsMayReadWhilePagesAreGivenBack) {
  RowStorage storage;
  fillUp(storage);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 2 * kChunks; ++i) {
        size_t chunk = (i * 7 + t * 31) % kChunks, at = chunk * kChunk + (i * 4099) % kChunk;
        wrong += static_cast<unsigned char>(storage.data()[at]) != (chunk & 255);
        storage.touched(at, kChunk);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(RowStorageTest, AFullDiskAndAMissingFolderAreErrors) {
  rlimit kept, little = {};
  getrlimit(RLIMIT_FSIZE, &kept);
  little = {size_t(100) << 20, kept.rlim_max};
  signal(SIGXFSZ, SIG_IGN); // as in dlc
  setrlimit(RLIMIT_FSIZE, &little);
  RowStorage storage;
  Complaint full = complaintOf([&] { fillUp(storage); });
  setrlimit(RLIMIT_FSIZE, &kept);
  EXPECT_EQ(full.code, fit::ExitCode::Io);
  EXPECT_EQ(full.text.substr(0, 11), "cannot keep");
  EXPECT_NE(full.remedy.find("TMPDIR"), std::string::npos);
  TemporaryFolder folder;
  setenv("TMPDIR", folder.path("absent").c_str(), 1);
  Complaint absent = complaintOf([] { RowStorage(RowStorage::kInMemory + 1); });
  unsetenv("TMPDIR");
  EXPECT_EQ(absent.place, folder.path("absent"));
  EXPECT_THROW(RowStorage(SIZE_MAX / 2), std::bad_alloc);
  EXPECT_THROW(storage.extend(SIZE_MAX), std::bad_alloc);
}

TEST(RowStorageTest, WhatWasThereStaysWhenThereIsNoRoomForMore) {
  RowStorage storage;
  std::memset(storage.extend(kChunk), 0, kChunk);
  std::memset(storage.extend(kChunk), 1, kChunk);
  rlimit kept, little = {};
  getrlimit(RLIMIT_FSIZE, &kept);
  little = {size_t(1) << 20, kept.rlim_max};
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &little);
  Complaint full = complaintOf([&] { storage.extend(RowStorage::kInMemory); });
  setrlimit(RLIMIT_FSIZE, &kept);
  EXPECT_EQ(full.code, fit::ExitCode::Io);
  EXPECT_FALSE(storage.isInFile());
  ASSERT_EQ(storage.size(), 2 * kChunk);
  EXPECT_TRUE(hasChunk(storage, 1));
  storage.extend(RowStorage::kInMemory); // there is room again
  EXPECT_TRUE(storage.isInFile());
  EXPECT_TRUE(hasChunk(storage, 0));
  EXPECT_TRUE(hasChunk(storage, 1));
}

} // namespace
} // namespace dlc::test
