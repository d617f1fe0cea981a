// A long loop that may keep the carries of every k-th step only becomes a loop over parts of k steps: the outer loop
// keeps its carries, the inner one is run again for the gradient and keeps what it needs of its k steps.
#include "passes/autodiff/Backward.h"

using namespace mlir;
using namespace dlc;

namespace {

class ScanParts {
public:
  explicit ScanParts(graph::ScanOp scan)
      : scan(scan), module(scan->getParentOfType<ModuleOp>()), location(scan.getLoc()),
        length(scan.lengthSize().constant()), steps(std::min<int64_t>(scan.getRecompute(), length)),
        whole(length / steps * steps), carries(scan.getCarries().size()) {}

  func::FuncOp build();

private:
  func::FuncOp createStep(func::FuncOp body);
  func::FuncOp createPart(func::FuncOp step);
  SmallVector<Value> runRest(OpBuilder &builder, func::FuncOp step, ValueRange carried, ValueRange sequences,
                             ValueRange invariants);
  SmallVector<Value> runParts(OpBuilder &builder, func::FuncOp part, ValueRange carried, ValueRange sequences,
                              ValueRange invariants);
  /// Rows \p start to \p limit.
  Value rows(OpBuilder &builder, Value sequence, int64_t start, int64_t limit);
  Value scalar(OpBuilder &builder, int64_t number);
  /// Types of a scan's results, \p length elements of every emit.
  SmallVector<Type> resultTypes(int64_t length);
  RankedTensorType withLeading(Type type, ArrayRef<int64_t> sizes, unsigned drop);

  graph::ScanOp scan;
  ModuleOp module;
  Location location;
  int64_t length, steps, whole; // whole: the steps of all whole parts
  size_t carries;
};

} // namespace

static void finish(func::FuncOp function, OpBuilder &builder, ValueRange results) {
  func::ReturnOp::create(builder, function.getLoc(), results);
  function.setFunctionType(builder.getFunctionType(function.getArgumentTypes(), results.getTypes()));
}

Value ScanParts::scalar(OpBuilder &builder, int64_t number) {
  auto type = RankedTensorType::get({}, builder.getI64Type());
  return graph::ConstantOp::create(builder, location, DenseElementsAttr::get(type, builder.getI64IntegerAttr(number)));
}

RankedTensorType ScanParts::withLeading(Type type, ArrayRef<int64_t> sizes, unsigned drop) {
  SmallVector<graph::SymbolicSize> all(sizes.begin(), sizes.end());
  SmallVector<graph::SymbolicSize> rest = graph::sizesOf(cast<RankedTensorType>(type));
  all.append(rest.begin() + drop, rest.end());
  return graph::makeTensorType(type.getContext(), all, getElementTypeOrSelf(type));
}

SmallVector<Type> ScanParts::resultTypes(int64_t length) {
  SmallVector<Type> types(scan.getResultTypes());
  for (Type &type : MutableArrayRef<Type>(types).drop_front(carries))
    type = withLeading(type, {length}, 1);
  return types;
}

Value ScanParts::rows(OpBuilder &builder, Value sequence, int64_t start, int64_t limit) {
  size_t rank = cast<RankedTensorType>(sequence.getType()).getRank();
  SmallVector<int64_t> starts(rank, 0), limits(rank, -1), strides(rank, 1);
  starts[0] = start;
  limits[0] = limit;
  return graph::SliceOp::create(builder, location, sequence, starts, limits, strides);
}

/// The body with the number of the part's first step as one more invariant.
func::FuncOp ScanParts::createStep(func::FuncOp body) {
  SmallVector<Type> types(body.getArgumentTypes());
  types.push_back(types.front());
  func::FuncOp step = createCallee(scan, "_step", types, /*isBody=*/true);
  OpBuilder builder = OpBuilder::atBlockEnd(&step.getBody().front());
  IRMapping mapping;
  mapping.map(body.getArguments(), step.getArguments().drop_back());
  mapping.map(body.getArgument(0),
              graph::AddOp::create(builder, location, step.getArgument(0), step.getArguments().back()).getResult());
  Block &block = body.getBody().front();
  for (Operation &op : block.without_terminator())
    builder.clone(op, mapping);
  SmallVector<Value> results = llvm::map_to_vector(block.getTerminator()->getOperands(),
                                                   [&](Value value) { return mapping.lookupOrDefault(value); });
  finish(step, builder, results);
  return step;
}

/// One turn of the outer loop.
func::FuncOp ScanParts::createPart(func::FuncOp step) {
  SmallVector<Type> types(step.getArgumentTypes().drop_back());
  for (auto [index, sequence] : llvm::enumerate(scan.getSequences()))
    types[1 + carries + index] = withLeading(sequence.getType(), {steps}, 1);
  func::FuncOp part = createCallee(scan, "_part", types, /*isBody=*/true);
  OpBuilder builder = OpBuilder::atBlockEnd(&part.getBody().front());
  Value start = graph::MultiplyOp::create(builder, location, part.getArgument(0), scalar(builder, steps));
  ValueRange arguments = part.getArguments();
  SmallVector<Value> invariants(arguments.drop_front(1 + carries + scan.getSequences().size()));
  invariants.push_back(start);
  auto inner =
      graph::ScanOp::create(builder, location, resultTypes(steps), step.getSymName(), std::to_string(steps),
                            scan.getReverse(), /*recompute=*/0, arguments.slice(1, carries),
                            arguments.slice(1 + carries, scan.getSequences().size()), invariants, /*when=*/Value());
  finish(part, builder, inner.getResults());
  return part;
}

SmallVector<Value> ScanParts::runParts(OpBuilder &builder, func::FuncOp part, ValueRange carried, ValueRange sequences,
                                       ValueRange invariants) {
  SmallVector<Value> parts;
  for (Value sequence : sequences)
    parts.push_back(graph::ReshapeOp::create(builder, location,
                                             withLeading(sequence.getType(), {whole / steps, steps}, 1),
                                             rows(builder, sequence, 0, whole)));
  SmallVector<Type> types(scan.getResultTypes());
  for (Type &type : MutableArrayRef<Type>(types).drop_front(carries))
    type = withLeading(type, {whole / steps, steps}, 1);
  auto outer = graph::ScanOp::create(builder, location, types, part.getSymName(), std::to_string(whole / steps),
                                     scan.getReverse(), /*recompute=*/1, carried, parts, invariants,
                                     /*when=*/Value());
  SmallVector<Value> results(outer.getResults());
  for (Value &emitted : MutableArrayRef<Value>(results).drop_front(carries))
    emitted = graph::ReshapeOp::create(builder, location, withLeading(emitted.getType(), {whole}, 2), emitted);
  return results;
}

SmallVector<Value> ScanParts::runRest(OpBuilder &builder, func::FuncOp step, ValueRange carried, ValueRange sequences,
                                      ValueRange invariants) {
  SmallVector<Value> rest, withStart(invariants);
  for (Value sequence : sequences)
    rest.push_back(rows(builder, sequence, whole, length));
  withStart.push_back(scalar(builder, whole));
  auto loop = graph::ScanOp::create(builder, location, resultTypes(length - whole), step.getSymName(),
                                    std::to_string(length - whole), scan.getReverse(), /*recompute=*/0, carried, rest,
                                    withStart, /*when=*/Value());
  return SmallVector<Value>(loop.getResults());
}

func::FuncOp ScanParts::build() {
  auto body = module.lookupSymbol<func::FuncOp>(scan.getBody());
  if (!body || body.isDeclaration())
    return {};
  func::FuncOp step = createStep(body), part = createPart(step);
  func::FuncOp all = createCallee(scan, "_parts", scan->getOperandTypes(), /*isBody=*/false);
  OpBuilder builder = OpBuilder::atBlockEnd(&all.getBody().front());
  ValueRange arguments = all.getArguments();
  ValueRange sequences = arguments.slice(carries, scan.getSequences().size());
  ValueRange invariants = arguments.drop_front(carries + scan.getSequences().size());
  ValueRange carried = arguments.take_front(carries);
  SmallVector<Value> fromRest, fromParts;
  if (scan.getReverse() && whole < length) {
    fromRest = runRest(builder, step, carried, sequences, invariants);
    carried = ValueRange(fromRest).take_front(carries);
  }
  fromParts = runParts(builder, part, carried, sequences, invariants);
  if (!scan.getReverse() && whole < length)
    fromRest = runRest(builder, step, ValueRange(fromParts).take_front(carries), sequences, invariants);
  SmallVector<Value> results(fromRest.empty() || scan.getReverse() ? fromParts : fromRest);
  if (!fromRest.empty())
    for (size_t index = carries; index < results.size(); ++index)
      results[index] =
          graph::ConcatenateOp::create(builder, location, ValueRange{fromParts[index], fromRest[index]}, /*dim=*/0);
  finish(all, builder, results);
  return all;
}

func::FuncOp dlc::createScanParts(graph::ScanOp scan) { return ScanParts(scan).build(); }
