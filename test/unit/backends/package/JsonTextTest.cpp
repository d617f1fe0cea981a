// Recipes as JSON.
#include "backends/package/JsonText.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include <gtest/gtest.h>
#include <limits>

using namespace mlir;

namespace dlc::package {
namespace {

class JsonTextTest : public testing::Test {
protected:
  std::string text(Attribute attribute) {
    FailureOr<std::string> result = jsonText(attribute);
    return succeeded(result) ? *result : "failed";
  }
  MLIRContext context;
  Builder b{&context};
};

TEST_F(JsonTextTest, FloatsAreTheShortestTextOfTheirType) {
  EXPECT_EQ(text(b.getF32FloatAttr(0.1f)), "0.1");
  EXPECT_EQ(text(b.getF64FloatAttr(0.1)), "0.1");
  EXPECT_EQ(text(b.getF64FloatAttr(0.1f)), "0.10000000149011612");
  EXPECT_EQ(text(b.getF32FloatAttr(3.0f)), "3.0");
  EXPECT_EQ(text(b.getF64FloatAttr(1e-7)), "1e-07");
}

TEST_F(JsonTextTest, KeepsKindsApart) {
  EXPECT_EQ(text(b.getI64IntegerAttr(-3)), "-3");
  EXPECT_EQ(text(b.getBoolAttr(true)), "true");
  EXPECT_EQ(text(b.getStringAttr("a \"b\"\n\xff")), "\"a \\\"b\\\"\\n\xEF\xBF\xBD\"");
  EXPECT_EQ(text(b.getArrayAttr({b.getStringAttr("accuracy"), b.getI64IntegerAttr(1)})), "[\"accuracy\",1]");
  EXPECT_EQ(
      text(b.getDictionaryAttr({b.getNamedAttr("b", b.getI64IntegerAttr(2)), b.getNamedAttr("a", b.getArrayAttr({}))})),
      "{\"a\":[],\"b\":2}");
}

TEST_F(JsonTextTest, RefusesWhatJsonHasNot) {
  EXPECT_EQ(text(b.getUnitAttr()), "failed");
  EXPECT_EQ(text(b.getF32FloatAttr(std::numeric_limits<float>::infinity())), "failed");
  EXPECT_EQ(text(b.getArrayAttr({b.getUnitAttr()})), "failed");
}

} // namespace
} // namespace dlc::package
