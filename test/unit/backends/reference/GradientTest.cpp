// Every vector-Jacobian product against finite differences in f64. SecondGradientTest.cpp has the exact dot test.
#include "ir/interfaces/DifferentiableOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/unit/backends/reference/OpCases.h"
#include <cmath>
#include <gtest/gtest.h>
#include <set>

using namespace mlir;
using dlc::reference::Tensor;

namespace dlc::test {
namespace {

/// d <weights, f(arguments + t * direction of argument \p index)> / dt at 0.
double differentiate(CaseProgram &program, std::vector<Tensor> arguments, unsigned index, const Tensor &direction,
                     const Tensor &weights) {
  const double step = 1e-6; // f64: errors of 1e-12 by truncation, 1e-10 by rounding
  Tensor center = arguments[index];
  double values[2];
  for (int side : {0, 1}) {
    for (int64_t i = 0; i < center.count(); ++i)
      arguments[index].setFloat(i, center.getFloat(i) + (side ? step : -step) * direction.getFloat(i));
    values[side] = dot(weights, program.run(arguments)[0]);
  }
  return (values[1] - values[0]) / (2 * step);
}

void checkArgument(CaseProgram &program, const std::vector<Tensor> &arguments, unsigned index, const Tensor &cotangent,
                   const Tensor &weights, const std::string &what) {
  std::mt19937 random(index + 17);
  Tensor direction(cotangent.element, cotangent.shape);
  for (int64_t i = 0; i < direction.count(); ++i) {
    direction.setFloat(i, 1);
    double expected = differentiate(program, arguments, index, direction, weights);
    EXPECT_NEAR(cotangent.getFloat(i), expected, 1e-6 * (1 + std::fabs(expected))) << what << " element " << i;
    direction.setFloat(i, 0);
  }
  if (direction.count() == 0)
    return; // an extreme of no elements is infinite: it has no differences
  // The dot test: <weights, J v> = <J^T weights, v>.
  direction = randomLike(direction, random);
  double forward = differentiate(program, arguments, index, direction, weights);
  EXPECT_NEAR(dot(cotangent, direction), forward, 1e-6 * (1 + std::fabs(forward))) << what;
}

TEST(GradientTest, AgreesWithFiniteDifferences) {
  for (const OpCase &opCase : allCases())
    for (int64_t n : {0, 1, 5}) {
      if (n < opCase.smallest)
        continue;
      CaseProgram program(opCase, n, "f64");
      // Differences need more digits than f32 has.
      if (!program.hasGradient() || opCase.result.find("f32") != std::string::npos)
        continue;
      std::vector<unsigned> differentiated = program.addVjp();
      std::vector<Tensor> arguments = program.arguments(opCase.ranges, unsigned(n) + 3);
      std::mt19937 random(7);
      Tensor weights = randomLike(program.run(arguments)[0], random);
      std::vector<Tensor> inputs = arguments;
      inputs.push_back(weights);
      std::vector<Tensor> cotangents = program.run(inputs, "vjp");
      for (unsigned index = 0; index < arguments.size(); ++index) {
        auto place = llvm::find(differentiated, index);
        EXPECT_EQ(place != differentiated.end(), arguments[index].isFloat()) << opCase.call;
        if (place != differentiated.end())
          checkArgument(program, arguments, index, cotangents[place - differentiated.begin()], weights,
                        opCase.call + ", argument " + std::to_string(index) + ", size " + std::to_string(n));
      }
    }
}

TEST(GradientTest, BuildsOnlyWhatIsNeeded) {
  for (const OpCase &opCase : allCases()) {
    CaseProgram program(opCase, 3, "f64");
    if (!program.hasGradient())
      continue;
    Operation *op = program.op();
    OpBuilder builder(op->getNextNode());
    for (unsigned index = 0; index <= op->getNumOperands(); ++index) {
      SmallVector<bool> needed(op->getNumOperands(), false);
      if (index < needed.size())
        needed[index] = true;
      SmallVector<Value> cotangents(op->getNumOperands());
      size_t before = op->getBlock()->getOperations().size();
      Value dresult = op->getResult(0);
      ASSERT_TRUE(
          succeeded(cast<DifferentiableOpInterface>(op).buildVjp(builder, ValueRange(dresult), needed, cotangents)));
      for (auto [other, cotangent] : llvm::enumerate(cotangents))
        EXPECT_TRUE(!cotangent || other == index) << opCase.call;
      if (index == needed.size())
        EXPECT_EQ(op->getBlock()->getOperations().size(), before) << opCase.call << " builds for nobody";
    }
  }
}

TEST(GradientTest, ZeroCotangentsStayZero) {
  for (const OpCase &opCase : allCases()) {
    CaseProgram program(opCase, 3, "f64");
    Operation *op = program.op();
    OpBuilder builder(op->getNextNode());
    SmallVector<bool> needed(op->getNumOperands(), true);
    SmallVector<Value> cotangents(op->getNumOperands());
    Value zero;
    EXPECT_TRUE(succeeded(cast<DifferentiableOpInterface>(op).buildVjp(builder, ValueRange(zero), needed, cotangents)));
    EXPECT_TRUE(llvm::none_of(cotangents, [](Value value) { return bool(value); })) << opCase.call;
  }
}

TEST(GradientTest, CoversEveryDifferentiableOp) {
  // The last four call functions: scripts/check_gradients.py says where these are tested.
  std::set<std::string> covered, control = {"launch", "guard", "scan", "value_and_grad", "checkpoint", "custom_vjp"};
  for (const OpCase &opCase : allCases()) {
    CaseProgram program(opCase, 3, "f64");
    if (program.hasGradient())
      covered.insert(opCase.op);
  }
  CaseProgram program("", 0, "f64");
  for (RegisteredOperationName name : program.context.getRegisteredOperations()) {
    if (name.getDialectNamespace() != "graph" || name.hasTrait<NoGradient>())
      continue;
    std::string op = name.stripDialect().str();
    EXPECT_TRUE(control.count(op) || covered.count(op)) << "graph." << op << " has no gradient case";
  }
}

} // namespace
} // namespace dlc::test
