#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include "ir/graph/SymbolicSize.h"

using namespace mlir;
namespace dlc::reference {

Interpreter::Interpreter() {
  addElementwiseKernels(table);
  addContractionKernels(table);
  addConvolutionKernels(table);
  addPoolingKernels(table);
  addReductionKernels(table);
  addShapeKernels(table);
  addIndexingKernels(table);
  addRandomKernels(table);
  addControlKernels(table);
}

static auto valueIn(const Symbols &symbols) {
  return [&symbols](StringRef name) -> std::optional<int64_t> {
    auto found = symbols.find(name);
    return found == symbols.end() ? std::nullopt : std::optional<int64_t>(found->second);
  };
}

// From `2*batch*t+1 = 13` with a known t follows batch, if it is linear and the only unknown; else nothing.
static void bindSymbol(const graph::SymbolicSize &formula, int64_t size, Symbols &symbols) {
  std::set<std::string> names;
  formula.collectSymbols(names);
  SmallVector<std::string> unknowns;
  llvm::copy_if(names, std::back_inserter(unknowns), [&](const std::string &name) { return !symbols.contains(name); });
  if (unknowns.size() != 1)
    return;
  const std::string &unknown = unknowns.front();
  int64_t rest = size, factor = 0;
  for (const graph::SymbolicSize::Term &term : formula.terms()) {
    int64_t product = term.coefficient, power = llvm::count(term.symbols, unknown);
    for (const std::string &name : term.symbols)
      product *= name == unknown ? 1 : symbols.lookup(name);
    if (power > 1)
      return;
    if (power == 1)
      factor += product;
    else
      rest -= product;
  }
  if (factor != 0 && rest % factor == 0)
    symbols[unknown] = rest / factor;
}

static LogicalResult checkArgument(func::FuncOp function, unsigned index, const Tensor &tensor,
                                   const Symbols &symbols) {
  auto type = cast<RankedTensorType>(function.getArgumentTypes()[index]);
  for (auto [dim, formula] : llvm::enumerate(graph::sizesOf(type))) {
    std::optional<int64_t> expected = formula.evaluate(valueIn(symbols));
    if (expected != tensor.shape[dim])
      return function.emitError("size ") << dim << " of argument " << index << " must be " << formula << ", got "
                                         << tensor.shape[dim];
  }
  return success();
}

/// Finds the symbols' values from the arguments' shapes, and checks that all shapes agree with them.
static LogicalResult bindSymbols(func::FuncOp function, ArrayRef<Tensor> arguments, Symbols &symbols) {
  for (auto [index, type, tensor] : llvm::enumerate(function.getArgumentTypes(), arguments)) {
    auto ranked = cast<RankedTensorType>(type);
    if (ranked.getRank() != static_cast<int64_t>(tensor.shape.size()) || ranked.getElementType() != tensor.element)
      return function.emitError("argument ")
             << index << " must be " << type << ", got rank " << tensor.shape.size() << " of " << tensor.element;
  }
  // One size may need a symbol that a later one gives: repeat until nothing new is found.
  for (size_t known = ~size_t(0); known != symbols.size();) {
    known = symbols.size();
    for (auto [type, tensor] : llvm::zip_equal(function.getArgumentTypes(), arguments))
      for (auto [dim, formula] : llvm::enumerate(graph::sizesOf(cast<RankedTensorType>(type))))
        bindSymbol(formula, tensor.shape[dim], symbols);
  }
  for (auto [index, tensor] : llvm::enumerate(arguments))
    if (failed(checkArgument(function, index, tensor, symbols)))
      return failure();
  return success();
}

FailureOr<Tensor> emptyTensor(RankedTensorType type, const Symbols &symbols) {
  SmallVector<int64_t> shape;
  for (const graph::SymbolicSize &formula : graph::sizesOf(type)) {
    std::optional<int64_t> size = formula.evaluate(valueIn(symbols));
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
    return op->emitOpError("is not computed by the reference backend");
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

/// Copies step \p from of a stack, or the whole of a step's tensor to step \p to of one.
static void copyStep(Tensor &target, int64_t to, const Tensor &source, int64_t from, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    target.copy(to * count + i, source, from * count + i);
}

LogicalResult Interpreter::runScan(graph::ScanOp scan, ArrayRef<Tensor> operands, SmallVectorImpl<Tensor> &results,
                                   const Symbols &symbols) {
  auto body = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(scan, scan.getBodyAttr());
  std::optional<int64_t> length = scan.lengthSize().evaluate(valueIn(symbols));
  if (!body || !length || *length < 0)
    return scan.emitError("the length ") << scan.getLength() << " is not known here";
  size_t carries = scan.getCarries().size(), sequences = scan.getSequences().size();
  SmallVector<Tensor> arguments{Tensor(IntegerType::get(scan.getContext(), 64), {})};
  llvm::append_range(arguments, operands.take_front(carries));
  for (const Tensor &sequence : operands.slice(carries, sequences))
    arguments.emplace_back(sequence.element, ArrayRef(sequence.shape).drop_front());
  llvm::append_range(arguments, operands.slice(carries + sequences, scan.getInvariants().size()));
  for (auto [index, type] : llvm::enumerate(scan.getResultTypes())) {
    FailureOr<Tensor> result = emptyTensor(cast<RankedTensorType>(type), symbols);
    if (failed(result))
      return scan.emitError("a size of ") << type << " is not known here";
    results.push_back(std::move(*result));
  }
  bool isSkipped = scan.getWhen() && !operands.back().getInt(0);
  for (int64_t turn = 0; turn < (isSkipped ? 0 : *length); ++turn) {
    int64_t step = scan.getReverse() ? *length - 1 - turn : turn;
    arguments[0].setInt(0, step);
    for (size_t i = 0; i < sequences; ++i)
      copyStep(arguments[1 + carries + i], 0, operands[carries + i], step, arguments[1 + carries + i].count());
    FailureOr<SmallVector<Tensor>> returned = run(body, arguments, symbols);
    if (failed(returned))
      return failure();
    for (size_t i = carries; i < returned->size(); ++i)
      copyStep(results[i], step, (*returned)[i], 0, (*returned)[i].count());
    std::move(returned->begin(), returned->begin() + carries, arguments.begin() + 1);
  }
  std::move(arguments.begin() + 1, arguments.begin() + 1 + carries, results.begin());
  return success();
}

FailureOr<SmallVector<Tensor>> Interpreter::run(func::FuncOp function, ArrayRef<Tensor> arguments, Symbols symbols) {
  if (function.isExternal())
    return function.emitError("has no body to run");
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
    } else if (auto scan = dyn_cast<graph::ScanOp>(op)) {
      if (failed(runScan(scan, operands, results, symbols)))
        return failure();
    } else if (failed(evaluate(&op, operands, results, symbols))) {
      return failure();
    }
    for (auto [value, tensor] : llvm::zip_equal(op.getResults(), results))
      values[value] = std::move(tensor);
  }
  return function.emitError("has no return");
}

} // namespace dlc::reference
