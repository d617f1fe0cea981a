// Memory and text that are aligned.
#include "tools/fit/AlignedBuffer.h"
#include "tools/fit/AlignedTable.h"
#include <cstdint>
#include <gtest/gtest.h>

namespace dlc::fit {
namespace {

TEST(AlignedBufferTest, KeepsItsBytesWhenItGrows) {
  AlignedBuffer buffer;
  for (int i = 0; i < 1000; ++i)
    std::memcpy(buffer.extend(sizeof i), &i, sizeof i);
  EXPECT_EQ(buffer.size(), 4000u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0u);
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(reinterpret_cast<const int *>(buffer.data())[i], i);
}

TEST(AlignedBufferTest, NewBytesAreZero) {
  AlignedBuffer buffer(8);
  std::memset(buffer.data(), 1, 8);
  buffer.resize(4);
  buffer.resize(8);
  const char expected[8] = {1, 1, 1, 1, 0, 0, 0, 0};
  EXPECT_EQ(std::memcmp(buffer.data(), expected, 8), 0);
}

TEST(AlignedBufferTest, AnEmptyOneHasAnAddress) {
  AlignedBuffer buffer(0);
  EXPECT_NE(buffer.data(), nullptr);
  EXPECT_EQ(buffer.size(), 0u);
}

TEST(AlignedBufferTest, RefusesMoreThanThereIs) {
  AlignedBuffer buffer;
  EXPECT_THROW(buffer.resize(size_t(1) << 60), std::bad_alloc);
  EXPECT_THROW(buffer.resize(SIZE_MAX), std::bad_alloc);
}

TEST(AlignedBufferTest, Moves) {
  AlignedBuffer first(4);
  first.data()[0] = 'x';
  AlignedBuffer second(std::move(first));
  EXPECT_EQ(second.data()[0], 'x');
  EXPECT_EQ(second.size(), 4u);
}

TEST(AlignedTableTest, ColumnsAreAsWideAsTheirWidestCell) {
  AlignedTable table("lrl");
  table.row({"name", "rows", "note"});
  table.row({"Größe", "5", ""});
  table.row({"x", "1,234", "long"});
  EXPECT_EQ(table.text(2), "  name    rows  note\n"
                           "  Größe      5\n"
                           "  x      1,234  long\n");
}

TEST(AlignedTableTest, AcceptsShortRows) {
  AlignedTable table("ll");
  EXPECT_TRUE(table.empty());
  table.row({"a"});
  table.row({});
  EXPECT_EQ(table.text(), "a\n\n");
}

} // namespace
} // namespace dlc::fit
