// Files that were damaged by chance: the hashes must catch every byte.
#include "test/unit/runtime/SampleProgram.h"

#include <gtest/gtest.h>

namespace dlc::test {
namespace {

TEST(DamageTest, EveryFlippedByteIsFound) {
  const Bytes good = sampleFile();
  for (size_t i = 0; i < good.size(); ++i) {
    Bytes file = good;
    file[i] ^= uint8_t(1 + i % 255);
    Loaded loaded(file);
    ASSERT_NE(loaded.status, DLC_OK) << "byte " << i;
    ASSERT_EQ(loaded.program, nullptr);
    ASSERT_NE(loaded.error.text[0], '\0');
  }
}

TEST(DamageTest, EveryTruncationIsFound) {
  const Bytes good = sampleFile();
  for (size_t size = 1; size < good.size(); ++size) {
    Loaded loaded(Bytes(good.begin(), good.begin() + long(size)));
    ASSERT_EQ(loaded.status, DLC_CORRUPT_FILE) << size << " bytes";
  }
}

TEST(DamageTest, AFileThatGoesOnIsFound) {
  Bytes file = sampleFile();
  file.resize(file.size() + abi::kPage);
  EXPECT_EQ(Loaded(file).status, DLC_CORRUPT_FILE);
}

TEST(DamageTest, NamesTheSegmentThatChanged) {
  Bytes file = sampleFile();
  abi::Preamble preamble;
  memcpy(&preamble, file.data(), sizeof preamble);
  file[preamble.segments[1].offset] ^= 1;
  EXPECT_STREQ(Loaded(file).error.text,
               "the program in memory: segment 1 (variables) does not match its hash; the file was changed or damaged");
}

} // namespace
} // namespace dlc::test
