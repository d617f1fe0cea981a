// Cells as numbers: what is read, and what is refused for which reason.
#include "tools/fit/CellValue.h"
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <ostream>

namespace dlc::fit {

// For the messages of failing tests.
static void PrintTo(CellFault fault, std::ostream *out) {
  const char *const names[] = {"None", "Missing", "NotFinite", "NotANumber", "NotWhole", "OutOfRange"};
  *out << names[static_cast<int>(fault)];
}

namespace {

template <typename Number> Number numberOf(std::string_view cell, dlc_dtype dtype) {
  Number value = 99;
  EXPECT_EQ(parseCell(cell, dtype, &value), CellFault::None) << cell;
  return value;
}

CellFault faultOf(std::string_view cell, dlc_dtype dtype) {
  int64_t storage[1];
  return parseCell(cell, dtype, storage);
}

TEST(CellValueTest, ReadsNumbersOfFloats) {
  EXPECT_EQ(numberOf<float>("0.1", DLC_F32), 0.1f);
  EXPECT_EQ(numberOf<double>("0.1", DLC_F64), 0.1);
  EXPECT_EQ(numberOf<float>(" +1.5e3 ", DLC_F32), 1500.0f);
  EXPECT_EQ(numberOf<float>("-2.", DLC_F32), -2.0f);
  EXPECT_EQ(numberOf<float>(".5", DLC_F32), 0.5f);
  EXPECT_EQ(numberOf<float>("16777217", DLC_F32), 16777216.0f); // 2^24 + 1, to even
  EXPECT_TRUE(std::signbit(numberOf<float>("-0", DLC_F32)));
}

TEST(CellValueTest, TakesWhatIsTooSmallAsNearlyZero) {
  EXPECT_EQ(numberOf<float>("1e-60", DLC_F32), 0.0f);
  EXPECT_EQ(numberOf<double>("-1e-999", DLC_F64), 0.0);
  EXPECT_EQ(numberOf<float>("1e-45", DLC_F32), std::numeric_limits<float>::denorm_min());
}

TEST(CellValueTest, RefusesWhatIsTooLarge) {
  EXPECT_EQ(faultOf("1e39", DLC_F32), CellFault::OutOfRange);
  EXPECT_EQ(faultOf("-1e39", DLC_F32), CellFault::OutOfRange);
  EXPECT_EQ(faultOf("1e309", DLC_F64), CellFault::OutOfRange);
  EXPECT_EQ(faultOf(std::string(400, '9'), DLC_F64), CellFault::OutOfRange);
}

TEST(CellValueTest, KnowsTheMarksOfMissingValues) {
  for (const char *mark : {"", "  ", "NA", "N/A", "na", "n/a", "null", "NULL", "None", "?", "-", " - "}) {
    float value = 0;
    EXPECT_EQ(parseCell(mark, DLC_F32, &value), CellFault::Missing) << "'" << mark << "'";
    EXPECT_TRUE(std::isnan(value)) << "'" << mark << "'";
    EXPECT_EQ(faultOf(mark, DLC_I32), CellFault::Missing) << "'" << mark << "'";
  }
}

TEST(CellValueTest, StoresInfinitiesAndNan) {
  float value = 0;
  EXPECT_EQ(parseCell("nan", DLC_F32, &value), CellFault::NotFinite);
  EXPECT_TRUE(std::isnan(value));
  EXPECT_EQ(parseCell("NaN", DLC_F32, &value), CellFault::NotFinite);
  EXPECT_EQ(parseCell("-inf", DLC_F32, &value), CellFault::NotFinite);
  EXPECT_EQ(value, -std::numeric_limits<float>::infinity());
  EXPECT_EQ(faultOf("inf", DLC_I32), CellFault::NotFinite);
}

TEST(CellValueTest, RefusesText) {
  for (const char *text : {"male", "1,5", "1.5.2", "0x10", "1e", "--1", "+-1", "+", "1 2", "12abc", "\t1"})
    EXPECT_EQ(faultOf(text, DLC_F32), CellFault::NotANumber) << text;
  EXPECT_EQ(faultOf("yes", DLC_I64), CellFault::NotANumber);
}

TEST(CellValueTest, ReadsWholeNumbers) {
  EXPECT_EQ(numberOf<int8_t>("-128", DLC_I8), -128);
  EXPECT_EQ(numberOf<uint8_t>("255", DLC_U8), 255);
  EXPECT_EQ(numberOf<int32_t>("+7", DLC_I32), 7);
  EXPECT_EQ(numberOf<int32_t>("3.0", DLC_I32), 3);
  EXPECT_EQ(numberOf<int32_t>("1e3", DLC_I32), 1000);
  EXPECT_EQ(numberOf<int64_t>("9223372036854775807", DLC_I64), INT64_MAX);
  EXPECT_EQ(numberOf<int64_t>("-9223372036854775808", DLC_I64), INT64_MIN);
  EXPECT_EQ(numberOf<uint8_t>("1", DLC_BOOL), 1);
}

TEST(CellValueTest, RefusesWholeNumbersThatDoNotFit) {
  EXPECT_EQ(faultOf("1.5", DLC_I32), CellFault::NotWhole);
  EXPECT_EQ(faultOf("128", DLC_I8), CellFault::OutOfRange);
  EXPECT_EQ(faultOf("-1", DLC_U8), CellFault::OutOfRange);
  EXPECT_EQ(faultOf("2147483648", DLC_I32), CellFault::OutOfRange);
  EXPECT_EQ(faultOf("9223372036854775808", DLC_I64), CellFault::OutOfRange);
  EXPECT_EQ(faultOf("1e16", DLC_I64), CellFault::OutOfRange); // 1e16 + 1 reads as the same double
  EXPECT_EQ(faultOf("2", DLC_BOOL), CellFault::OutOfRange);
  EXPECT_EQ(faultOf("1", DLC_F16), CellFault::OutOfRange);
}

TEST(CellValueTest, NamesTheTypes) {
  EXPECT_STREQ(nameOf(DLC_F32), "f32");
  EXPECT_STREQ(nameOf(DLC_BOOL), "bool");
  EXPECT_STREQ(nameOf(dlc_dtype(77)), "?");
  EXPECT_EQ(bytesOf(DLC_F64), 8u);
  EXPECT_EQ(bytesOf(DLC_BF16), 2u);
  EXPECT_EQ(bytesOf(DLC_BOOL), 1u);
  EXPECT_FALSE(isFloat(DLC_F16)); // tables cannot fill it
}

} // namespace
} // namespace dlc::fit
