// Every op at sizes around vector widths, and at 0, against loops written by hand.
#include "mlir/IR/MLIRContext.h"
#include "test/unit/backends/reference/OpCases.h"
#include <cmath>
#include <gtest/gtest.h>
#include <set>

using namespace mlir;
using dlc::reference::Tensor;

namespace dlc::test {
namespace {

void expectEqual(const Tensor &found, const Tensor &expected, double tolerance, const std::string &what) {
  ASSERT_EQ(found.shape, expected.shape) << what;
  for (int64_t i = 0; i < expected.count(); ++i) {
    if (!expected.isFloat()) {
      ASSERT_EQ(found.getInt(i), expected.getInt(i)) << what << " at " << i;
      continue;
    }
    double x = found.getFloat(i), y = expected.getFloat(i);
    bool isClose = x == y || (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= tolerance * (1 + std::fabs(y));
    ASSERT_TRUE(isClose) << what << " at " << i << ": " << x << " instead of " << y;
  }
}

TEST(OpTest, ComputesWhatLoopsCompute) {
  for (const OpCase &opCase : allCases())
    for (const char *type : {"f32", "f64"})
      for (int64_t n : {0, 1, 7, 33, 100}) {
        if (n < opCase.smallest)
          continue;
        CaseProgram program(opCase, n, type);
        ASSERT_TRUE(program.module);
        std::vector<Tensor> arguments = program.arguments(opCase.ranges, unsigned(n) + 1);
        std::vector<Tensor> results = program.run(arguments);
        ASSERT_EQ(results.size(), 1u);
        Tensor expected(results[0].element, results[0].shape);
        opCase.loops(arguments, expected, n);
        expectEqual(results[0], expected, opCase.tolerance, opCase.call + " " + type + " " + std::to_string(n));
      }
}

// Control ops have no elements to compute. InterpreterTest runs the first three; the others are gone after autodiff.
TEST(OpTest, CoversTheWholeDialect) {
  std::set<std::string> covered = {"launch", "guard", "scan", "value_and_grad", "checkpoint", "custom_vjp"};
  for (const OpCase &opCase : allCases())
    covered.insert(opCase.op);
  CaseProgram program("", 0, "f32");
  for (RegisteredOperationName name : program.context.getRegisteredOperations())
    if (name.getDialectNamespace() == "graph") {
      EXPECT_TRUE(covered.count(name.stripDialect().str())) << name.getStringRef().str() << " has no case";
    }
}

} // namespace
} // namespace dlc::test
