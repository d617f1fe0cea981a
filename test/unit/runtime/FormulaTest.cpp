// Formulas: values, overflow, text.
#include "runtime/program/Formula.h"

#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <vector>

namespace dlc::runtime {
namespace {

// A formula that owns its terms.
struct Owned {
  std::vector<std::vector<uint32_t>> symbols;
  std::vector<Term> terms;
  Formula formula;
  Owned(std::initializer_list<std::pair<int64_t, std::vector<uint32_t>>> parts) {
    symbols.reserve(parts.size());
    for (const auto &part : parts) {
      symbols.push_back(part.second);
      terms.push_back({part.first, uint32_t(part.second.size()), symbols.back().data()});
      for (uint32_t symbol : part.second)
        formula.symbols |= uint64_t(1) << symbol;
    }
    formula.termCount = uint32_t(terms.size());
    formula.terms = terms.data();
  }
  std::string text() const {
    const char *names[] = {"batch", "t"};
    std::string result(formula.printedBytes(names), '\0');
    TextBuilder builder(result.data(), result.size());
    formula.print(builder, names);
    return result.c_str();
  }
};

TEST(FormulaTest, Evaluates) {
  const int64_t values[] = {3, 5};
  int64_t result = 0;
  ASSERT_TRUE(Owned({{2, {0, 1}}, {7, {}}}).formula.evaluate(values, &result));
  EXPECT_EQ(result, 37);
  ASSERT_TRUE(Owned({}).formula.evaluate(values, &result));
  EXPECT_EQ(result, 0);
}

TEST(FormulaTest, FindsOverflowAndNegativeSizes) {
  const int64_t values[] = {INT64_MAX, 2};
  int64_t result;
  uint64_t size;
  EXPECT_FALSE(Owned({{2, {0}}}).formula.evaluate(values, &result));
  EXPECT_FALSE(Owned({{1, {0}}, {1, {}}}).formula.evaluate(values, &result));
  EXPECT_FALSE(Owned({{1, {1}}, {-3, {}}}).formula.evaluateSize(values, &size));
  EXPECT_TRUE(Owned({{1, {1}}, {-3, {}}}).formula.evaluate(values, &result));
}

TEST(FormulaTest, PrintsAsTheCompilerDoes) {
  EXPECT_EQ(Owned({}).text(), "0");
  EXPECT_EQ(Owned({{16, {}}}).text(), "16");
  EXPECT_EQ(Owned({{1, {0}}}).text(), "batch");
  EXPECT_EQ(Owned({{2, {0}}}).text(), "2*batch");
  EXPECT_EQ(Owned({{1, {0, 1}}, {1, {}}}).text(), "batch*t+1");
  EXPECT_EQ(Owned({{1, {0}}, {-1, {}}}).text(), "batch-1");
  EXPECT_EQ(Owned({{INT64_MIN, {0, 0}}}).text(), "-9223372036854775808*batch*batch");
}

TEST(FormulaTest, RecognizesOneSymbol) {
  uint32_t symbol;
  int64_t factor, constant;
  ASSERT_TRUE(Owned({{2, {1}}, {1, {}}}).formula.isLinear(&symbol, &factor, &constant));
  EXPECT_EQ(symbol, 1u);
  EXPECT_EQ(factor, 2);
  EXPECT_EQ(constant, 1);
  EXPECT_FALSE(Owned({{1, {0, 0}}}).formula.isLinear(&symbol, &factor, &constant));
  EXPECT_FALSE(Owned({{1, {0}}, {1, {1}}}).formula.isLinear(&symbol, &factor, &constant));
  EXPECT_FALSE(Owned({{5, {}}}).formula.isLinear(&symbol, &factor, &constant));
}

} // namespace
} // namespace dlc::runtime
