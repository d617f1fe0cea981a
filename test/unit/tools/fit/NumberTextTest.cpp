// Numbers and foreign text as people read them.
#include "tools/fit/NumberText.h"
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace dlc::fit {
namespace {

TEST(NumberTextTest, RoundsToSignificantDigits) {
  EXPECT_EQ(numberText(0.31239), "0.3124");
  EXPECT_EQ(numberText(1.2e-7), "1.2e-07");
  EXPECT_EQ(numberText(2.0 / 3, 2), "0.67");
  EXPECT_EQ(numberText(INFINITY), "inf");
}

TEST(NumberTextTest, NanHasNoSign) {
  double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(numberText(nan), "nan");
  EXPECT_EQ(numberText(std::copysign(nan, -1.0)), "nan"); // what x86 makes of 0/0
  EXPECT_EQ(exactText(std::copysign(nan, -1.0)), "nan");
}

TEST(NumberTextTest, ExactTextReadsBack) {
  EXPECT_EQ(exactText(0.1), "0.1");
  EXPECT_EQ(exactText(0.1f), "0.1");
  EXPECT_EQ(exactText(double(0.1f)), "0.10000000149011612");
  for (double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0})
    EXPECT_EQ(std::strtod(exactText(value).c_str(), nullptr), value);
}

TEST(NumberTextTest, GroupsDigits) {
  EXPECT_EQ(countText(0), "0");
  EXPECT_EQ(countText(999), "999");
  EXPECT_EQ(countText(1000), "1,000");
  EXPECT_EQ(countText(1234567), "1,234,567");
  EXPECT_EQ(countText(-123), "-123");
  EXPECT_EQ(countText(-1234), "-1,234");
  EXPECT_EQ(countText(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(NumberTextTest, ScalesBytes) {
  EXPECT_EQ(bytesText(0), "0 B");
  EXPECT_EQ(bytesText(1023), "1023 B");
  EXPECT_EQ(bytesText(1024), "1.0 KiB");
  EXPECT_EQ(bytesText(1536), "1.5 KiB");
  EXPECT_EQ(bytesText((1 << 20) - 1), "1.0 MiB"); // not 1024.0 KiB
  EXPECT_EQ(bytesText(UINT64_MAX), "16.0 EiB");
}

TEST(NumberTextTest, ScalesDurations) {
  EXPECT_EQ(durationText(0), "0 ms");
  EXPECT_EQ(durationText(0.0042), "4.2 ms");
  EXPECT_EQ(durationText(0.031), "31 ms");
  EXPECT_EQ(durationText(0.31), "0.31 s");
  EXPECT_EQ(durationText(9.5), "9.50 s");
  EXPECT_EQ(durationText(12.4), "12 s");
  EXPECT_EQ(durationText(59.6), "1 min 0 s");
  EXPECT_EQ(durationText(200), "3 min 20 s");
  EXPECT_EQ(durationText(3599.7), "1 h 0 min");
  EXPECT_EQ(durationText(7500), "2 h 5 min");
}

TEST(NumberTextTest, DurationsNearALimitKeepTheirForm) {
  EXPECT_EQ(durationText(0.0994), "99 ms");
  EXPECT_EQ(durationText(0.0999), "0.10 s"); // not 1e+02 ms
  EXPECT_EQ(durationText(9.999), "10 s");    // not 10.00 s
}

TEST(NumberTextTest, CountsNouns) {
  EXPECT_EQ(plural(1, "row"), "1 row");
  EXPECT_EQ(plural(0, "row"), "0 rows");
  EXPECT_EQ(plural(1200, "row"), "1,200 rows");
  EXPECT_EQ(plural(1, "class"), "1 class");
  EXPECT_EQ(plural(3, "class"), "3 classes");
}

TEST(NumberTextTest, QuotesUtf8AndEscapesTheRest) {
  EXPECT_EQ(quotable("Größe 5 µm, 表"), "Größe 5 µm, 表");
  EXPECT_EQ(quotable("a\tb\n"), "a\\x09b\\x0a");
  EXPECT_EQ(quotable("gr\xFC"
                     "n"),
            "gr\\xfcn");
  EXPECT_EQ(quotable("\xC0\xAF"), "\\xc0\\xaf");                   // '/' in two bytes
  EXPECT_EQ(quotable("\xED\xA0\x80"), "\\xed\\xa0\\x80");          // half of a surrogate pair
  EXPECT_EQ(quotable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"); // beyond U+10FFFF
  EXPECT_EQ(quotable("\xC2\x85"), "\\xc2\\x85");                   // a control character
  EXPECT_EQ(quotable("\xE2\x82"), "\\xe2\\x82");                   // the end is missing
}

TEST(NumberTextTest, CutsBetweenCharacters) {
  EXPECT_EQ(quotable("abcdef", 6), "abcdef");
  EXPECT_EQ(quotable("abcdefg", 6), "abcdef…");
  EXPECT_EQ(quotable("ääää", 3), "ää…");
  EXPECT_EQ(quotable(std::string(1 << 20, 'x')), std::string(40, 'x') + "…");
}

TEST(NumberTextTest, KnowsPrintableText) {
  EXPECT_TRUE(isPrintable(""));
  EXPECT_TRUE(isPrintable("naïve 😀"));
  EXPECT_FALSE(isPrintable("a\nb"));
  EXPECT_FALSE(isPrintable("a\x7F"));
  EXPECT_FALSE(isPrintable("na\xEFve"));
}

} // namespace
} // namespace dlc::fit
