// Formulas of sizes: values, overflow, and text that is no formula.
#include "tools/fit/SizeFormula.h"
#include <gtest/gtest.h>

namespace dlc::fit {
namespace {

const SymbolValues kSymbols = {{"batch", 10}, {"t", 3}, {"huge", INT64_MAX}, {"below", -2}};

std::optional<int64_t> value(std::string_view formula) { return evaluateFormula(formula, kSymbols); }

TEST(SizeFormulaTest, AddsProducts) {
  EXPECT_EQ(value("64"), 64);
  EXPECT_EQ(value("batch"), 10);
  EXPECT_EQ(value("228128*batch+64"), 2281344);
  EXPECT_EQ(value("2 * batch * t - 7"), 53);
  EXPECT_EQ(value("batch*batch"), 100);
  EXPECT_EQ(value("-batch+t"), -7);
  EXPECT_EQ(value("0*huge"), 0);
}

TEST(SizeFormulaTest, FindsOverflow) {
  EXPECT_EQ(value("huge"), INT64_MAX);
  EXPECT_EQ(value("huge+1"), std::nullopt);
  EXPECT_EQ(value("2*huge"), std::nullopt);
  EXPECT_EQ(value("0-huge"), -INT64_MAX);
  EXPECT_EQ(value("0-huge-t"), std::nullopt);
  EXPECT_EQ(value("huge*below"), std::nullopt);
  EXPECT_EQ(value("9223372036854775808"), std::nullopt);
}

TEST(SizeFormulaTest, RefusesWhatIsNoFormula) {
  for (const char *text : {"",    " ",  "+",    "-",   "*",      "2+",      "2*",  "*2",      "2**3",   "2--3",
                           "1.5", "2x", "0x10", "seq", "batch)", "batch/2", "1e3", "batch\n", "ba tch", "1 2"})
    EXPECT_EQ(value(text), std::nullopt) << "'" << text << "'";
  EXPECT_EQ(value(std::string(100000, '*')), std::nullopt);
  EXPECT_EQ(value(std::string_view("2\0", 2)), std::nullopt);
}

TEST(SizeFormulaTest, TakesLongSums) {
  std::string text = "1";
  for (int i = 1; i < 10000; ++i)
    text += "+1";
  EXPECT_EQ(value(text), 10000);
}

} // namespace
} // namespace dlc::fit
