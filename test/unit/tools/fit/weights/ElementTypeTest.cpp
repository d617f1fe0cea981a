// Elements of files as elements of variables.
#include "tools/fit/weights/ElementType.h"
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>

namespace dlc::test {
namespace {

using fit::ElementType;

template <typename T> std::string_view bytesOfValues(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

TEST(ElementTypeTest, EveryHalfIsTheFloatOfItsFormula) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    int exponent = int(bits >> 10 & 31), fraction = int(bits & 1023);
    double sign = bits & 0x8000 ? -1 : 1;
    float found = fit::floatOfHalf(uint16_t(bits));
    if (exponent == 31 && fraction)
      EXPECT_TRUE(std::isnan(found)) << bits;
    else if (exponent == 31)
      EXPECT_EQ(found, sign * INFINITY) << bits;
    else if (exponent)
      EXPECT_EQ(found, sign * std::ldexp(1024 + fraction, exponent - 25)) << bits;
    else
      EXPECT_EQ(found, sign * std::ldexp(fraction, -24)) << bits;
    EXPECT_EQ(std::signbit(found), (bits & 0x8000) != 0) << bits;
  }
}

TEST(ElementTypeTest, NamesGoBothWays) {
  for (int i = 0; i <= int(ElementType::Bool); ++i) {
    ElementType type = ElementType(i);
    EXPECT_EQ(fit::fromSafetensorsName(fit::safetensorsName(type)), type);
    if (fit::numpyName(type))
      EXPECT_EQ(fit::fromNumpyName(fit::numpyName(type) + 1), type);
  }
  EXPECT_FALSE(fit::fromSafetensorsName("F8_E4M3"));
  EXPECT_FALSE(fit::fromNumpyName("c8"));
  EXPECT_EQ(fit::tensorType(ElementType::BF16, {3, 4}), "bf16[3, 4]");
  EXPECT_EQ(fit::tensorType(ElementType::F32, {}), "f32");
}

TEST(ElementTypeTest, SizesThatOverflowAreNoSizes) {
  EXPECT_EQ(fit::tensorBytes(ElementType::F32, {3, 4}), 48u);
  EXPECT_EQ(fit::tensorBytes(ElementType::F32, {}), 4u);
  EXPECT_EQ(fit::tensorBytes(ElementType::F32, {0, 4}), 0u);
  EXPECT_FALSE(fit::tensorBytes(ElementType::U8, {uint64_t(1) << 63}));
  EXPECT_FALSE(fit::tensorBytes(ElementType::F64, {uint64_t(1) << 32, uint64_t(1) << 32}));
  EXPECT_FALSE(fit::tensorBytes(ElementType::F64, {0, uint64_t(1) << 32, uint64_t(1) << 32}));
}

TEST(ElementTypeTest, EqualTypesKeepTheirBits) {
  std::vector<uint32_t> bits = {0x7fc12345, 0xff800001, 1, 0x80000000};
  std::vector<float> values(4);
  EXPECT_FALSE(fit::convertWeights(bytesOfValues(bits), ElementType::F32, DLC_F32, values.data()));
  EXPECT_EQ(std::memcmp(values.data(), bits.data(), 16), 0);
}

TEST(ElementTypeTest, FloatsBecomeFloats) {
  float values[3] = {};
  EXPECT_FALSE(
      fit::convertWeights(bytesOfValues<uint16_t>({0x3c00, 0xc000, 0x7c00}), ElementType::F16, DLC_F32, values));
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[1], -2);
  EXPECT_EQ(values[2], INFINITY);
  EXPECT_FALSE(
      fit::convertWeights(bytesOfValues<uint16_t>({0x3f80, 0xc000, 0x7f80}), ElementType::BF16, DLC_F32, values));
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[1], -2);
  EXPECT_EQ(fit::convertWeights(bytesOfValues<double>({0.1, 1e39}), ElementType::F64, DLC_F32, values), 1u);
  EXPECT_EQ(values[0], 0.1f);
}

TEST(ElementTypeTest, WholeNumbersMustFit) {
  int32_t whole[2] = {};
  EXPECT_FALSE(fit::convertWeights(bytesOfValues<int64_t>({-5, 7}), ElementType::I64, DLC_I32, whole));
  EXPECT_EQ(whole[0], -5);
  EXPECT_EQ(fit::convertWeights(bytesOfValues<int64_t>({1, int64_t(1) << 31}), ElementType::I64, DLC_I32, whole), 1u);
  int64_t wide = 0;
  EXPECT_EQ(fit::convertWeights(bytesOfValues<uint64_t>({UINT64_MAX}), ElementType::U64, DLC_I64, &wide), 0u);
  uint8_t truth[2] = {};
  EXPECT_FALSE(fit::convertWeights(std::string_view("\1\0", 2), ElementType::Bool, DLC_BOOL, truth));
  EXPECT_EQ(fit::convertWeights("\2", ElementType::Bool, DLC_BOOL, truth), 0u);
}

TEST(ElementTypeTest, FloatsAndWholeNumbersDoNotMix) {
  EXPECT_TRUE(fit::isConvertible(ElementType::BF16, DLC_F64));
  EXPECT_TRUE(fit::isConvertible(ElementType::U8, DLC_I64));
  EXPECT_FALSE(fit::isConvertible(ElementType::I32, DLC_F32));
  EXPECT_FALSE(fit::isConvertible(ElementType::F32, DLC_I32));
}

} // namespace
} // namespace dlc::test
