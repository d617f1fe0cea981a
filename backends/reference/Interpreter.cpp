#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include "ir/graph/SymbolicSize.h"

using namespace mlir;
namespace dlc::reference {

Interpreter::Interpreter() {
  addElementwiseKernels(table);
  addContractionKernels(table);
  addReductionKernels(table);
  addShapeKernels(table);
  addIndexingKernels(table);
  addRandomKernels(table);
  addControlKernels(table);
}

// Sizes that are one plain symbol bind it; everything else is checked when the results are shaped.
static LogicalResult bindSymbols(func::FuncOp function, ArrayRef<Tensor> arguments, Symbols &symbols) {
  for (auto [index, pair] : llvm::enumerate(llvm::zip_equal(function.getArgumentTypes(), arguments))) {
    auto [type, tensor] = pair;
    auto ranked = cast<RankedTensorType>(type);
    if (ranked.getRank() != static_cast<int64_t>(tensor.shape.size()) || ranked.getElementType() != tensor.element)
      return function.emitError("argument ") << index << " must be " << type;
    for (int64_t dim = 0; dim < ranked.getRank(); ++dim) {
      graph::SymbolicSize size = graph::sizeOfDim(ranked, dim);
      if (size.isConstant()) {
        if (size.constant() != tensor.shape[dim])
          return function.emitError("argument ") << index << " must be " << type << ", got size " << tensor.shape[dim]
                                                 << " in dimension " << dim;
        continue;
      }
      auto [found, fresh] = symbols.try_emplace(size.str(), tensor.shape[dim]);
      if (!fresh && found->second != tensor.shape[dim])
        return function.emitError("argument ") << index << ": " << size.str() << " is " << found->second << ", got "
                                               << tensor.shape[dim];
    }
  }
  return success();
}

FailureOr<Tensor> emptyTensor(RankedTensorType type, const Symbols &symbols) {
  SmallVector<int64_t> shape;
  for (const graph::SymbolicSize &formula : graph::sizesOf(type)) {
    std::optional<int64_t> size = formula.evaluate([&](StringRef name) -> std::optional<int64_t> {
      auto found = symbols.find(name);
      return found == symbols.end() ? std::nullopt : std::optional<int64_t>(found->second);
    });
    if (!size || *size < 0)
      return failure();
    shape.push_back(*size);
  }
  return Tensor(type.getElementType(), shape);
}

LogicalResult Interpreter::evaluate(Operation *op, ArrayRef<Tensor> operands, SmallVectorImpl<Tensor> &results,
                                    const Symbols &symbols, bool scalar) {
  auto kernel = table.find(op->getName().getStringRef());
  if (kernel == table.end())
    return op->emitError("the reference backend does not compute this operation");
  for (Type type : op->getResultTypes()) {
    auto ranked = cast<RankedTensorType>(type);
    if (scalar)
      ranked = RankedTensorType::get({}, ranked.getElementType());
    FailureOr<Tensor> result = emptyTensor(ranked, symbols);
    if (failed(result))
      return op->emitError("a size of ") << type << " is not known here";
    results.push_back(std::move(*result));
  }
  return kernel->second({op, operands, results, symbols});
}

FailureOr<SmallVector<Tensor>> Interpreter::run(func::FuncOp function, ArrayRef<Tensor> arguments, Symbols symbols) {
  if (function.getNumArguments() != arguments.size())
    return function.emitError("expected ") << function.getNumArguments() << " arguments, got " << arguments.size();
  if (failed(bindSymbols(function, arguments, symbols)))
    return failure();
  llvm::DenseMap<Value, Tensor> values;
  for (auto [argument, tensor] : llvm::zip_equal(function.getArguments(), arguments))
    values[argument] = tensor;
  for (Operation &op : function.getBody().front()) {
    SmallVector<Tensor> operands, results;
    for (Value operand : op.getOperands())
      operands.push_back(values.at(operand));
    if (isa<func::ReturnOp>(op))
      return operands;
    if (auto launch = dyn_cast<graph::LaunchOp>(op)) {
      auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(&op, launch.getKernelAttr());
      FailureOr<SmallVector<Tensor>> returned = run(callee, operands, symbols);
      if (failed(returned))
        return failure();
      results = std::move(*returned);
    } else if (failed(evaluate(&op, operands, results, symbols))) {
      return failure();
    }
    for (auto [value, tensor] : llvm::zip_equal(op.getResults(), results))
      values[value] = std::move(tensor);
  }
  return function.emitError("has no return");
}

} // namespace dlc::reference
