// Every vector-Jacobian product differentiated again, reverse over reverse. By its cotangent: it is linear in that, so
// this is the product J v, and the dot test <weights, J v> = <J^T weights, v> holds to the last digits. By the op's
// arguments: second derivatives, against finite differences.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Pass/PassManager.h"
#include "passes/autodiff/Passes.h"
#include "test/unit/backends/reference/OpCases.h"
#include <cmath>
#include <gtest/gtest.h>
#include <set>

using namespace mlir;
using dlc::reference::Tensor;

namespace dlc::test {
namespace {

using Tensors = std::vector<Tensor>;

/// What @second gives.
struct Second {
  double pairing = 0; ///< <J^T weights, directions>
  Tensors gradients;  ///< of the pairing, by each argument that has a cotangent
  Tensor forward;     ///< of the pairing, by the weights: J directions
};

class SecondGradient {
public:
  SecondGradient(const OpCase &opCase, int64_t n)
      : program(opCase, n, "f64"), what(opCase.call + ", size " + std::to_string(n)), random(unsigned(n) + 23) {}

  /// Adds @vjp, @pairing and @second to the program.
  void build();
  Second run(const Tensors &arguments, const Tensor &weights, const Tensors &directions);
  void checkForward(const Tensors &arguments, const Tensor &weights);
  void checkSecondDerivatives(const Tensors &arguments, const Tensor &weights);

  CaseProgram program;
  std::string what;

private:
  Tensors randomDirections(const Tensors &arguments);

  std::mt19937 random;
  std::vector<unsigned> differentiated; ///< arguments that have cotangents
};

/// sum(lhs * rhs)
Value dotOf(OpBuilder &builder, Location at, Value lhs, Value rhs) {
  Value products = graph::MultiplyOp::create(builder, at, lhs, rhs);
  auto type = cast<RankedTensorType>(products.getType());
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  auto scalar = RankedTensorType::get({}, type.getElementType());
  return graph::ReduceSumOp::create(builder, at, scalar, products, dims);
}

void SecondGradient::build() {
  differentiated = program.addVjp();
  func::FuncOp vjp = program.function("vjp");
  OpBuilder builder = OpBuilder::atBlockEnd(program.module->getBody());
  Location at = builder.getUnknownLoc();
  auto scalar = RankedTensorType::get({}, builder.getF64Type());
  SmallVector<Type> inputs(vjp.getArgumentTypes());
  llvm::append_range(inputs, vjp.getResultTypes());
  auto pairing = func::FuncOp::create(builder, at, "pairing", builder.getFunctionType(inputs, {scalar}));
  pairing.setPrivate();
  Block *body = pairing.addEntryBlock();
  builder.setInsertionPointToStart(body);
  IRMapping mapping;
  mapping.map(vjp.getArguments(), body->getArguments().take_front(vjp.getNumArguments()));
  for (Operation &op : vjp.getBody().front().without_terminator())
    builder.clone(op, mapping);
  Value sum;
  for (auto [cotangent, direction] : llvm::zip(vjp.getBody().front().getTerminator()->getOperands(),
                                               body->getArguments().drop_front(vjp.getNumArguments()))) {
    Value term = dotOf(builder, at, mapping.lookup(cotangent), direction);
    sum = sum ? graph::AddOp::create(builder, at, sum, term).getResult() : term;
  }
  func::ReturnOp::create(builder, at, sum);

  builder.setInsertionPointToEnd(program.module->getBody());
  SmallVector<int64_t> wrt(differentiated.begin(), differentiated.end());
  wrt.push_back(vjp.getNumArguments() - 1);
  SmallVector<Type> results = {scalar};
  for (int64_t index : wrt)
    results.push_back(inputs[index]);
  auto second = func::FuncOp::create(builder, at, "second", builder.getFunctionType(inputs, results));
  builder.setInsertionPointToStart(second.addEntryBlock());
  auto request = graph::ValueAndGradOp::create(builder, at, results, "pairing", second.getArguments(), wrt);
  func::ReturnOp::create(builder, at, request.getResults());
  PassManager manager(&program.context);
  manager.addPass(createDifferentiatePass());
  ASSERT_TRUE(succeeded(manager.run(*program.module))) << what;
}

Second SecondGradient::run(const Tensors &arguments, const Tensor &weights, const Tensors &directions) {
  Tensors inputs = arguments;
  inputs.push_back(weights);
  inputs.insert(inputs.end(), directions.begin(), directions.end());
  Tensors results = program.run(inputs, "second");
  Second second;
  second.pairing = results.front().getFloat(0);
  second.forward = results.back();
  second.gradients.assign(results.begin() + 1, results.end() - 1);
  return second;
}

Tensors SecondGradient::randomDirections(const Tensors &arguments) {
  Tensors directions;
  for (unsigned index : differentiated)
    directions.push_back(randomLike(arguments[index], random));
  return directions;
}

/// The arguments moved by amount * direction.
Tensors moved(Tensors arguments, ArrayRef<unsigned> indices, const Tensors &directions, double amount) {
  for (auto [index, direction] : llvm::zip(indices, directions))
    for (int64_t i = 0; i < direction.count(); ++i)
      arguments[index].setFloat(i, arguments[index].getFloat(i) + amount * direction.getFloat(i));
  return arguments;
}

constexpr double kStep = 1e-6; // f64: errors of 1e-12 by truncation, 1e-10 by rounding

void SecondGradient::checkForward(const Tensors &arguments, const Tensor &weights) {
  Tensors directions = randomDirections(arguments);
  Second first = run(arguments, weights, directions);
  Second other = run(arguments, randomLike(weights, random), directions);
  double size = 0;
  for (int64_t i = 0; i < weights.count(); ++i)
    size += std::fabs(weights.getFloat(i) * first.forward.getFloat(i));
  EXPECT_NEAR(dot(weights, first.forward), first.pairing, 1e-12 * size) << what;
  Tensor above = program.run(moved(arguments, differentiated, directions, kStep))[0];
  Tensor below = program.run(moved(arguments, differentiated, directions, -kStep))[0];
  for (int64_t i = 0; i < weights.count(); ++i) {
    double value = first.forward.getFloat(i), difference = (above.getFloat(i) - below.getFloat(i)) / (2 * kStep);
    EXPECT_NEAR(value, other.forward.getFloat(i), 1e-12 * std::fabs(value)) << what << ": not linear, element " << i;
    EXPECT_NEAR(value, difference, 1e-6 * (1 + std::fabs(difference))) << what << ", element " << i;
  }
}

void SecondGradient::checkSecondDerivatives(const Tensors &arguments, const Tensor &weights) {
  Tensors directions = randomDirections(arguments), turns = randomDirections(arguments);
  Second at = run(arguments, weights, directions), turned = run(arguments, weights, turns);
  double along = 0, back = 0, size = 0;
  for (auto [place, index] : llvm::enumerate(differentiated)) {
    double analytic = dot(at.gradients[place], turns[place]);
    double difference = (run(moved(arguments, {index}, {turns[place]}, kStep), weights, directions).pairing -
                         run(moved(arguments, {index}, {turns[place]}, -kStep), weights, directions).pairing) /
                        (2 * kStep);
    EXPECT_NEAR(analytic, difference, 1e-6 * (1 + std::fabs(difference))) << what << ", argument " << index;
    along += analytic;
    back += dot(turned.gradients[place], directions[place]);
    for (int64_t i = 0; i < turns[place].count(); ++i)
      size += std::fabs(at.gradients[place].getFloat(i) * turns[place].getFloat(i)) +
              std::fabs(turned.gradients[place].getFloat(i) * directions[place].getFloat(i));
  }
  // The second derivatives of <weights, f> are symmetric.
  EXPECT_NEAR(along, back, 1e-11 * size) << what;
}

TEST(SecondGradientTest, AgreesWithTheDotTestAndFiniteDifferences) {
  std::set<std::string> wanted, checked;
  for (const OpCase &opCase : allCases())
    for (int64_t n : {0, 1, 5}) {
      if (n < opCase.smallest)
        continue;
      SecondGradient second(opCase, n);
      if (!second.program.hasGradient())
        continue;
      wanted.insert(opCase.op);
      // Differences need more digits than f32 has.
      if (opCase.result.find("f32") != std::string::npos)
        continue;
      Tensors arguments = second.program.arguments(opCase.ranges, unsigned(n) + 3);
      std::mt19937 random(7);
      Tensor weights = randomLike(second.program.run(arguments)[0], random);
      second.build();
      if (HasFatalFailure())
        continue;
      // An extreme of no elements is infinite: it has no differences.
      bool isEmpty = llvm::all_of(arguments, [](const Tensor &tensor) { return tensor.count() == 0; });
      if (isEmpty)
        continue;
      checked.insert(opCase.op);
      second.checkForward(arguments, weights);
      second.checkSecondDerivatives(arguments, weights);
    }
  EXPECT_EQ(checked, wanted);
}

} // namespace
} // namespace dlc::test
