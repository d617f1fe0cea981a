#include "ir/graph/GraphOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;

namespace dlc::graph {

LogicalResult GuardOp::verify() {
  if (getReason().empty())
    return emitOpError("reason must say what is wrong when the guard fails, got \"\"");
  return success();
}

/// Compares what an op passes and gets with a signature. \p what: "argument" or "result".
static LogicalResult verifyTypes(Operation *op, StringRef what, StringRef callee, TypeRange expected, TypeRange found) {
  if (expected.size() != found.size())
    return op->emitOpError() << "@" << callee << " must be used with " << expected.size() << " " << what << "(s), got "
                             << found.size();
  for (auto [index, pair] : llvm::enumerate(llvm::zip(expected, found)))
    if (std::get<0>(pair) != std::get<1>(pair))
      return op->emitOpError() << what << " " << index << " of @" << callee << " must be " << std::get<0>(pair)
                               << ", got " << std::get<1>(pair);
  return success();
}

static FailureOr<FunctionOpInterface> lookUp(Operation *op, FlatSymbolRefAttr name, SymbolTableCollection &tables) {
  Operation *symbol = tables.lookupNearestSymbolFrom(op, name);
  if (auto function = dyn_cast_or_null<FunctionOpInterface>(symbol))
    return function;
  return op->emitOpError() << "there is no function " << name;
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &tables) {
  FailureOr<FunctionOpInterface> kernel = lookUp(*this, getKernelAttr(), tables);
  if (failed(kernel))
    return failure();
  // Lowered kernels keep their name but have memrefs or pointers: their launches are in the plan by then.
  if (!(*kernel)->hasAttr("graph.kernel"))
    return emitOpError() << getKernelAttr() << " must be a kernel, but has no attribute graph.kernel";
  if (failed(verifyTypes(*this, "argument", getKernel(), kernel->getArgumentTypes(), getArgs().getTypes())))
    return failure();
  return verifyTypes(*this, "result", getKernel(), kernel->getResultTypes(), getResultTypes());
}

/// The gradient is taken of a scalar, and by float arguments.
static LogicalResult verifyDifferentiation(ValueAndGradOp op, FunctionOpInterface callee) {
  if (callee.getNumResults() == 0)
    return op.emitOpError() << "result 0 of " << op.getCalleeAttr()
                            << " must be a float of rank 0, but it has no results";
  auto loss = dyn_cast<RankedTensorType>(callee.getResultTypes()[0]);
  if (!loss || loss.getRank() != 0 || !isa<FloatType>(loss.getElementType()))
    return op.emitOpError() << "result 0 of " << op.getCalleeAttr() << " must be a float of rank 0, got "
                            << callee.getResultTypes()[0];
  llvm::SmallSet<int64_t, 8> seen;
  for (int64_t argument : op.getWrt()) {
    if (argument < 0 || argument >= static_cast<int64_t>(callee.getNumArguments()))
      return op.emitOpError("wrt must name arguments below ") << callee.getNumArguments() << ", got " << argument;
    if (!seen.insert(argument).second)
      return op.emitOpError("wrt must name each argument once, got ") << listText(op.getWrt());
    Type type = callee.getArgumentTypes()[argument];
    if (!isa<FloatType>(cast<RankedTensorType>(type).getElementType()))
      return op.emitOpError("argument ") << argument << " of wrt must be a float tensor, got " << type;
  }
  return success();
}

LogicalResult ValueAndGradOp::verifySymbolUses(SymbolTableCollection &tables) {
  FailureOr<FunctionOpInterface> callee = lookUp(*this, getCalleeAttr(), tables);
  if (failed(callee) ||
      failed(verifyTypes(*this, "argument", getCallee(), callee->getArgumentTypes(), getArgs().getTypes())) ||
      failed(verifyDifferentiation(*this, *callee)))
    return failure();
  SmallVector<Type> expected(callee->getResultTypes());
  for (int64_t argument : getWrt())
    expected.push_back(callee->getArgumentTypes()[argument]);
  if (TypeRange(expected) == getResultTypes())
    return success();
  return emitOpError("must have the results of ") << getCalleeAttr() << " and the gradients by wrt, expected "
                                                  << TypeRange(expected) << ", got " << getResultTypes();
}

LogicalResult CheckpointOp::verifySymbolUses(SymbolTableCollection &tables) {
  FailureOr<FunctionOpInterface> callee = lookUp(*this, getCalleeAttr(), tables);
  if (failed(callee) ||
      failed(verifyTypes(*this, "argument", getCallee(), callee->getArgumentTypes(), getArgs().getTypes())))
    return failure();
  return verifyTypes(*this, "result", getCallee(), callee->getResultTypes(), getResultTypes());
}

static void appendFloats(TypeRange types, SmallVectorImpl<Type> &floats) {
  llvm::copy_if(types, std::back_inserter(floats),
                [](Type type) { return isa<FloatType>(getElementTypeOrSelf(type)); });
}

LogicalResult CustomVjpOp::verifySymbolUses(SymbolTableCollection &tables) {
  FailureOr<FunctionOpInterface> callee = lookUp(*this, getCalleeAttr(), tables);
  FailureOr<FunctionOpInterface> backward = lookUp(*this, getBackwardAttr(), tables);
  if (failed(callee) || failed(backward))
    return failure();
  SmallVector<Type> arguments(getArgs().getTypes()), gradients;
  llvm::append_range(arguments, getCaptures().getTypes());
  if (failed(verifyTypes(*this, "argument", getCallee(), callee->getArgumentTypes(), arguments)) ||
      failed(verifyTypes(*this, "result", getCallee(), callee->getResultTypes(), getResultTypes())))
    return failure();
  arguments.assign(getArgs().getTypes().begin(), getArgs().getTypes().end());
  llvm::append_range(arguments, getResultTypes());
  appendFloats(getResultTypes(), arguments);
  llvm::append_range(arguments, getBackwardCaptures().getTypes());
  appendFloats(getArgs().getTypes(), gradients);
  if (failed(verifyTypes(*this, "argument", getBackward(), backward->getArgumentTypes(), arguments)))
    return failure();
  return verifyTypes(*this, "result", getBackward(), backward->getResultTypes(), gradients);
}

SymbolicSize ScanOp::lengthSize() {
  FailureOr<SymbolicSize> size = SymbolicSize::parse(getLength());
  return succeeded(size) ? *size : SymbolicSize(-1);
}

/// A tensor of one step as one of all steps.
static RankedTensorType stacked(RankedTensorType step, const SymbolicSize &length) {
  SmallVector<SymbolicSize> sizes = sizesOf(step);
  sizes.insert(sizes.begin(), length);
  return makeTensorType(step.getContext(), sizes, step.getElementType());
}

LogicalResult ScanOp::verifySymbolUses(SymbolTableCollection &tables) {
  FailureOr<FunctionOpInterface> body = lookUp(*this, getBodyAttr(), tables);
  if (failed(body))
    return failure();
  if (!(*body)->hasAttr("graph.body"))
    return emitOpError() << getBodyAttr() << " must be the body of a scan, but has no attribute graph.body";
  SymbolicSize length = lengthSize();
  if (length.hasOverflowed() || (length.isConstant() && length.constant() < 0))
    return emitOpError("length must be a size, got \"") << getLength() << '"';
  if (int64_t(getRecompute()) < 0 || (getRecompute() > 1 && (!length.isConstant() || getWhen())))
    return emitOpError(
               "recompute must be 0, 1, or, without a condition, the steps in a part of a constant length, got ")
           << int64_t(getRecompute());
  ArrayRef<Type> arguments = body->getArgumentTypes(), results = body->getResultTypes();
  size_t carries = getCarries().size(), sequences = getSequences().size();
  size_t values = carries + sequences + getInvariants().size();
  if (arguments.size() != 1 + values || results.size() < carries)
    return emitOpError() << getBodyAttr() << " must take the step and " << values << " values and give at least "
                         << carries << " carries, but takes " << arguments.size() << " and gives " << results.size();
  for (Type type : llvm::concat<const Type>(arguments, results))
    if (!isa<RankedTensorType>(type))
      return emitOpError() << getBodyAttr() << " must take and give tensors, but has a value of type " << type;
  SmallVector<Type> expected{RankedTensorType::get({}, IntegerType::get(getContext(), 64))}, given;
  llvm::append_range(expected, getCarries().getTypes());
  for (Type type : arguments.slice(1 + carries, sequences))
    expected.push_back(stacked(cast<RankedTensorType>(type), length));
  llvm::append_range(expected, getInvariants().getTypes());
  given.assign(arguments.begin(), arguments.end());
  for (size_t i = 0; i < sequences; ++i) {
    given[1 + carries + i] = getSequences()[i].getType();
  }
  if (failed(verifyTypes(*this, "argument", getBody(), expected, given)) ||
      failed(verifyTypes(*this, "carry", getBody(), getCarries().getTypes(), results.take_front(carries))))
    return failure();
  expected.assign(results.begin(), results.begin() + carries);
  for (Type type : results.drop_front(carries))
    expected.push_back(stacked(cast<RankedTensorType>(type), length));
  return verifyTypes(*this, "result", getBody(), expected, getResultTypes());
}

} // namespace dlc::graph
