#include "ir/graph/SymbolicSize.h"
#include "ir/graph/GraphDialect.h"
#include "mlir/IR/MLIRContext.h"
#include <gtest/gtest.h>

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace {

SymbolicSize parsed(llvm::StringRef text) {
  llvm::FailureOr<SymbolicSize> size = SymbolicSize::parse(text);
  EXPECT_TRUE(succeeded(size)) << text.str();
  return succeeded(size) ? *size : SymbolicSize(-77);
}

std::optional<int64_t> valueOf(llvm::StringRef name) {
  if (name == "batch")
    return 5;
  if (name == "t")
    return 3;
  if (name == "huge")
    return std::numeric_limits<int64_t>::max() / 2;
  return std::nullopt;
}

TEST(SymbolicSizeTest, PrintsTermsByDegreeThenName) {
  EXPECT_EQ(parsed("1 + t*batch + 3*batch*2 + t").str(), "batch*t+6*batch+t+1");
  EXPECT_EQ(parsed("-batch + 4").str(), "-batch+4");
  EXPECT_EQ(parsed("t*t*t - 2*t").str(), "t*t*t-2*t");
}

TEST(SymbolicSizeTest, DropsTermsThatCancel) {
  EXPECT_EQ(parsed("batch - batch").str(), "0");
  EXPECT_EQ((parsed("2*batch+t") - parsed("batch*2")).str(), "t");
  EXPECT_TRUE(parsed("batch+7-batch").isConstant());
  EXPECT_EQ(parsed("batch+7-batch").constant(), 7);
}

TEST(SymbolicSizeTest, ReadsItsOwnText) {
  for (const char *text : {"0", "-3", "batch", "2*batch*t-1", "-batch*t*t+batch+t", "a.b_1"})
    EXPECT_EQ(parsed(text).str(), text);
}

TEST(SymbolicSizeTest, RefusesWhatIsNoPolynomial) {
  for (const char *text : {"", " ", "+", "2*", "*batch", "batch t", "2 batch", "batch/2", "(batch)", "1e3", "2x", ".a",
                           "batch++1", "1.5", "batch+", "-", "bätch", "9223372036854775808", "9223372036854775807*2"})
    EXPECT_TRUE(failed(SymbolicSize::parse(text))) << text;
}

TEST(SymbolicSizeTest, MultipliesOut) {
  EXPECT_EQ((parsed("batch+1") * parsed("batch-1")).str(), "batch*batch-1");
  EXPECT_EQ((parsed("batch+t") * parsed("2*t")).str(), "2*batch*t+2*t*t");
  EXPECT_EQ((parsed("batch") * SymbolicSize(0)).str(), "0");
}

TEST(SymbolicSizeTest, EqualPolynomialsCompareEqual) {
  EXPECT_EQ(parsed("t*batch"), parsed("batch*t"));
  EXPECT_NE(parsed("batch"), parsed("t"));
  EXPECT_NE(parsed("batch"), parsed("2*batch"));
  EXPECT_EQ(SymbolicSize(4), parsed("2+2"));
}

TEST(SymbolicSizeTest, DividesOnlyExactly) {
  EXPECT_EQ(parsed("6*batch*t").dividedBy(parsed("2*t"))->str(), "3*batch");
  EXPECT_EQ(parsed("batch*batch-1").dividedBy(parsed("batch+1"))->str(), "batch-1");
  EXPECT_EQ(parsed("0").dividedBy(parsed("batch"))->str(), "0");
  EXPECT_FALSE(parsed("batch+1").dividedBy(parsed("batch")));
  EXPECT_FALSE(parsed("3*batch").dividedBy(SymbolicSize(2)));
  EXPECT_FALSE(parsed("batch").dividedBy(parsed("t")));
  EXPECT_FALSE(parsed("batch").dividedBy(SymbolicSize(0)));
}

TEST(SymbolicSizeTest, ProductsDivideBackToTheirFactors) {
  const char *factors[] = {"3", "batch", "batch+t", "batch*t-4", "2*t*t+batch-1", "-t+7"};
  for (const char *lhs : factors)
    for (const char *rhs : factors) {
      std::optional<SymbolicSize> quotient = (parsed(lhs) * parsed(rhs)).dividedBy(parsed(rhs));
      ASSERT_TRUE(quotient) << lhs << " / " << rhs;
      EXPECT_EQ(*quotient, parsed(lhs));
    }
}

TEST(SymbolicSizeTest, EvaluatesWithGivenSymbols) {
  EXPECT_EQ(parsed("2*batch*t+1").evaluate(valueOf), 31);
  EXPECT_EQ(parsed("12").evaluate(valueOf), 12);
  EXPECT_EQ(parsed("batch-t*t").evaluate(valueOf), -4);
  EXPECT_EQ(parsed("batch+unknown").evaluate(valueOf), std::nullopt);
}

TEST(SymbolicSizeTest, EvaluatesAnOverflowToNothing) {
  EXPECT_EQ(parsed("4*huge").evaluate(valueOf), std::nullopt);
  EXPECT_EQ(parsed("huge*huge").evaluate(valueOf), std::nullopt);
  EXPECT_EQ(parsed("2*huge+batch").evaluate(valueOf), std::nullopt);
}

TEST(SymbolicSizeTest, OverflowedCoefficientsAreEqualToNothing) {
  SymbolicSize large = SymbolicSize(int64_t(1) << 62);
  SymbolicSize product = large * SymbolicSize(4);
  EXPECT_TRUE(product.hasOverflowed());
  EXPECT_TRUE((product + SymbolicSize(1)).hasOverflowed());
  EXPECT_NE(product, product);
  EXPECT_FALSE(product.isConstant());
  EXPECT_EQ(product.evaluate(valueOf), std::nullopt);
  EXPECT_TRUE((large + large).hasOverflowed());
  EXPECT_FALSE(SymbolicSize(std::numeric_limits<int64_t>::min()).dividedBy(SymbolicSize(-1)));
}

TEST(SymbolicSizeTest, CollectsEachSymbolOnce) {
  std::set<std::string> symbols;
  parsed("batch*t+batch+1").collectSymbols(symbols);
  EXPECT_EQ(symbols, (std::set<std::string>{"batch", "t"}));
}

TEST(SymbolicSizeTest, TensorTypesCarryNamesForDynamicSizesOnly) {
  MLIRContext context;
  context.loadDialect<dlc::graph::GraphDialect>();
  Type element = Float32Type::get(&context);
  RankedTensorType type = dlc::graph::makeTensorType(&context, {parsed("2*batch"), SymbolicSize(4)}, element);
  EXPECT_EQ(type.getShape(), ArrayRef<int64_t>({ShapedType::kDynamic, 4}));
  EXPECT_EQ(dlc::graph::sizeOfDim(type, 0), parsed("2*batch"));
  EXPECT_EQ(dlc::graph::sizeOfDim(type, 1), SymbolicSize(4));
  EXPECT_EQ(dlc::graph::elementCount(type), parsed("8*batch"));
  EXPECT_FALSE(dlc::graph::makeTensorType(&context, {SymbolicSize(3)}, element).getEncoding());
  EXPECT_EQ(dlc::graph::withElementType(type, Float64Type::get(&context)).getEncoding(), type.getEncoding());
}

} // namespace
