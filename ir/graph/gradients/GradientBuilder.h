// What the gradient rules are written with.
#ifndef DLC_IR_GRAPH_GRADIENTS_GRADIENTBUILDER_H
#define DLC_IR_GRAPH_GRADIENTS_GRADIENTBUILDER_H

#include "ir/graph/GraphOps.h"
#include "mlir/IR/Builders.h"

namespace dlc::graph {

/// Builds ops at one place, with one location; every method returns the new op's result.
class GradientBuilder {
public:
  GradientBuilder(mlir::OpBuilder &builder, mlir::Location location) : builder(builder), location(location) {}

  template <typename Op, typename... Arguments> mlir::Value make(Arguments &&...arguments) {
    return Op::create(builder, location, std::forward<Arguments>(arguments)...);
  }

  mlir::Value add(mlir::Value lhs, mlir::Value rhs) { return make<AddOp>(lhs, rhs); }
  mlir::Value subtract(mlir::Value lhs, mlir::Value rhs) { return make<SubtractOp>(lhs, rhs); }
  mlir::Value multiply(mlir::Value lhs, mlir::Value rhs) { return make<MultiplyOp>(lhs, rhs); }
  mlir::Value divide(mlir::Value lhs, mlir::Value rhs) { return make<DivideOp>(lhs, rhs); }
  mlir::Value neg(mlir::Value input) { return make<NegOp>(input); }
  mlir::Value scale(mlir::Value input, double factor) { return multiply(input, splat(input.getType(), factor)); }

  /// A tensor of one number, or of true where \p number is not 0.
  mlir::Value splat(mlir::Type type, double number);
  mlir::Value compare(mlir::Value lhs, ComparisonDirection direction, mlir::Value rhs) {
    return make<CompareOp>(direction, lhs, rhs);
  }
  mlir::Value select(mlir::Value condition, mlir::Value onTrue, mlir::Value onFalse) {
    return make<SelectOp>(condition, onTrue, onFalse);
  }
  /// \p value where \p condition holds, 0 elsewhere: a product with a mask would turn inf into NaN.
  mlir::Value keepWhere(mlir::Value condition, mlir::Value value) {
    return select(condition, value, splat(value.getType(), 0));
  }
  mlir::Value zeroWhere(mlir::Value condition, mlir::Value value) {
    return select(condition, splat(value.getType(), 0), value);
  }

private:
  mlir::OpBuilder &builder;
  mlir::Location location;
};

/// True for tensors of floats: only they have cotangents.
bool isFloatTensor(mlir::Type type);

template <typename Op>
llvm::LogicalResult buildVjpByOperand(Op op, mlir::OpBuilder &builder, mlir::ValueRange resultCotangents,
                                      llvm::ArrayRef<bool> operandNeeded,
                                      llvm::MutableArrayRef<mlir::Value> operandCotangents) {
  if (!resultCotangents[0])
    return mlir::success();
  GradientBuilder build(builder, op.getLoc());
  for (unsigned operand = 0; operand < op->getNumOperands(); ++operand)
    if (operandNeeded[operand] && isFloatTensor(op->getOperand(operand).getType()))
      operandCotangents[operand] = op.buildCotangent(build, resultCotangents[0], operand);
  return mlir::success();
}

} // namespace dlc::graph

#endif
