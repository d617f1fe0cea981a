#include "test/unit/passes/fusion/RandomGraph.h"

#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/unit/passes/fusion/PassRunner.h"
#include <random>

using namespace mlir;
using namespace dlc;
using namespace dlc::graph;

namespace {

class Generator {
public:
  Generator(unsigned seed, OpBuilder &builder) : random(seed), builder(builder), location(builder.getUnknownLoc()) {}

  void addValue(Value value) { values.push_back(value); }
  void addOp();
  Value pick();
  Value pickOf(Type type);
  unsigned below(unsigned limit) { return random() % limit; }

private:
  RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }
  Value addUnary(Value x);
  Value addBinary(Value x);
  Value addMasked(Value x);
  Value addBroadcast(Value x);
  Value addReduction(Value x);
  Value addContraction(Value x);
  Value addShape(Value x);

  std::mt19937 random;
  OpBuilder &builder;
  Location location;
  SmallVector<Value> values;
};

} // namespace

// Often a late value, so that most of the graph is needed in the end.
Value Generator::pick() {
  size_t late = std::min<size_t>(values.size(), 8);
  return below(2) ? values[values.size() - 1 - below(late)] : values[below(values.size())];
}

// A value of the type, an old one if there is one: the graph should have many readers of few values.
Value Generator::pickOf(Type type) {
  SmallVector<Value> fitting;
  for (Value value : values)
    if (value.getType() == type)
      fitting.push_back(value);
  return fitting[below(fitting.size())];
}

Value Generator::addUnary(Value x) {
  switch (below(6)) {
  case 0:
    return NegOp::create(builder, location, x);
  case 1:
    return TanhOp::create(builder, location, x);
  case 2:
    return ReluOp::create(builder, location, x);
  case 3:
    return LogisticOp::create(builder, location, x);
  case 4:
    return AbsOp::create(builder, location, x);
  default:
    return SinOp::create(builder, location, x);
  }
}

Value Generator::addBinary(Value x) {
  Value y = pickOf(x.getType());
  switch (below(4)) {
  case 0:
    return AddOp::create(builder, location, x, y);
  case 1:
    return SubtractOp::create(builder, location, x, y);
  case 2:
    return MaximumOp::create(builder, location, x, y);
  default:
    return MultiplyOp::create(builder, location, x, TanhOp::create(builder, location, y).getResult());
  }
}

Value Generator::addMasked(Value x) {
  Value mask = CompareOp::create(builder, location, ComparisonDirection(below(6)), x, pickOf(x.getType()));
  return SelectOp::create(builder, location, mask, pickOf(x.getType()), pickOf(x.getType()));
}

Value Generator::addBroadcast(Value x) {
  Value wide = pick();
  RankedTensorType from = typeOf(x), to = typeOf(wide);
  SmallVector<int64_t> dims;
  int64_t next = 0;
  for (int64_t dim = 0; dim < from.getRank(); ++dim) {
    while (next < to.getRank() && sizeOfDim(to, next) != sizeOfDim(from, dim))
      ++next;
    if (next == to.getRank())
      return Value();
    dims.push_back(next++);
  }
  return BroadcastOp::create(builder, location, to, x, dims);
}

Value Generator::addReduction(Value x) {
  int64_t rank = typeOf(x).getRank();
  if (rank == 0)
    return Value();
  if (below(3) == 0)
    return ReduceMaxOp::create(builder, location, x, below(rank));
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dims.empty() ? dim + 1 == rank || below(2) : below(2))
      dims.push_back(dim);
  Value sum = ReduceSumOp::create(builder, location, x, dims);
  // Keeps numbers small however deep the graph is.
  return TanhOp::create(builder, location, sum);
}

Value Generator::addContraction(Value x) {
  Value y = pick();
  if (typeOf(x).getRank() != 2 || typeOf(y).getRank() != 2)
    return Value();
  for (int64_t left : {1, 0})
    for (int64_t right : {0, 1})
      if (sizeOfDim(typeOf(x), left) == sizeOfDim(typeOf(y), right)) {
        int64_t m = typeOf(x).getShape()[1 - left], n = typeOf(y).getShape()[1 - right];
        if (ShapedType::isDynamic(m) && ShapedType::isDynamic(n))
          return Value();
        Value product = DotGeneralOp::create(builder, location, x, y, ArrayRef<int64_t>(), ArrayRef<int64_t>(),
                                             ArrayRef<int64_t>{left}, ArrayRef<int64_t>{right});
        return below(2) ? Value(TanhOp::create(builder, location, product)) : product;
      }
  return Value();
}

Value Generator::addShape(Value x) {
  RankedTensorType type = typeOf(x);
  if (type.getRank() == 2 && below(2))
    return TransposeOp::create(builder, location, x, ArrayRef<int64_t>{1, 0});
  if (type.getRank() == 2 && type.hasStaticShape()) {
    auto flat = makeTensorType(builder.getContext(), {elementCount(type)}, type.getElementType());
    return ReshapeOp::create(builder, location, flat, x);
  }
  SmallVector<SymbolicSize> sizes = sizesOf(type);
  sizes.insert(sizes.begin() + below(sizes.size() + 1), 1);
  if (sizes.size() > 2)
    return Value();
  return ReshapeOp::create(builder, location, makeTensorType(builder.getContext(), sizes, type.getElementType()), x);
}

void Generator::addOp() {
  Value x = pick();
  Value made;
  switch (below(14)) {
  case 0:
  case 1:
  case 2:
    made = addUnary(x);
    break;
  case 3:
  case 4:
  case 5:
    made = addBinary(x);
    break;
  case 6:
    made = addMasked(x);
    break;
  case 7:
  case 8:
    made = addBroadcast(x);
    break;
  case 9:
    made = addReduction(x);
    break;
  case 10:
  case 11:
  case 12:
    made = addContraction(x);
    break;
  default:
    made = addShape(x);
    break;
  }
  if (made)
    values.push_back(made);
}

OwningOpRef<ModuleOp> dlc::test::randomModule(unsigned seed, unsigned opCount) {
  MLIRContext *ctx = &context();
  OpBuilder builder(ctx);
  Location location = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module(ModuleOp::create(location));
  SymbolicSize batch = SymbolicSize::symbol("batch");
  auto type = [&](ArrayRef<SymbolicSize> sizes) { return makeTensorType(ctx, sizes, builder.getF64Type()); };
  SmallVector<RankedTensorType> inputs = {type({batch, 4}), type({batch, 6}), type({batch})};
  SmallVector<RankedTensorType> variables = {type({4, 6}), type({6, 6}), type({6}), type({4}), type({}), type({6, 4})};

  SmallVector<Type> types(inputs.begin(), inputs.end());
  types.append(variables.begin(), variables.end());
  builder.setInsertionPointToEnd(module->getBody());
  auto function = func::FuncOp::create(builder, location, "f", builder.getFunctionType(types, {}));
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  Generator generator(seed, builder);
  SmallVector<Attribute> declared;
  for (auto [index, argument] : llvm::enumerate(block->getArguments())) {
    bool isInput = index < inputs.size();
    StringAttr name = builder.getStringAttr((isInput ? "x" : "w") + std::to_string(index));
    function.setArgAttr(index, isInput ? "graph.input" : "graph.variable", name);
    generator.addValue(argument);
    if (!isInput)
      declared.push_back(builder.getDictionaryAttr({builder.getNamedAttr("name", name),
                                                    builder.getNamedAttr("kind", builder.getStringAttr("param")),
                                                    builder.getNamedAttr("type", TypeAttr::get(argument.getType()))}));
  }
  (*module)->setAttr("graph.variables", builder.getArrayAttr(declared));

  for (unsigned i = 0; i < opCount / 2; ++i)
    generator.addOp();
  Value checked = generator.pick();
  Value finite = IsFiniteOp::create(builder, location, checked);
  if (int64_t rank = cast<RankedTensorType>(checked.getType()).getRank())
    finite = ReduceAndOp::create(builder, location, finite, llvm::to_vector(llvm::seq<int64_t>(0, rank)));
  GuardOp::create(builder, location, finite, "not finite");
  for (unsigned i = 0; i < opCount / 2; ++i)
    generator.addOp();

  SmallVector<Value> results;
  SmallVector<NamedAttribute> names;
  for (auto [index, variable] : llvm::enumerate(variables)) {
    if (generator.below(4) == 0)
      continue;
    results.push_back(generator.pickOf(variable));
    names.push_back(
        builder.getNamedAttr("graph.variable", builder.getStringAttr("w" + std::to_string(index + inputs.size()))));
  }
  for (unsigned i = 0; i < 4; ++i) {
    results.push_back(generator.pick());
    names.push_back(builder.getNamedAttr("graph.output", builder.getStringAttr("y" + std::to_string(i))));
  }
  func::ReturnOp::create(builder, location, results);
  function.setFunctionType(builder.getFunctionType(types, llvm::to_vector(ValueRange(results).getTypes())));
  for (auto [index, name] : llvm::enumerate(names))
    function.setResultAttr(index, name.getName(), name.getValue());
  return module;
}
