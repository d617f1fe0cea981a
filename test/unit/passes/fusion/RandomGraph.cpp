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
  Generator(unsigned seed, OpBuilder &builder, unsigned depth = 0)
      : depth(depth), random(seed), builder(builder), location(builder.getUnknownLoc()) {}

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
  Value addConvolution(Value x);
  Value addPooling(Value x);
  Value addScan(Value x);
  func::FuncOp createBody(RankedTensorType carry, RankedTensorType element, RankedTensorType invariant);

  unsigned depth = 0; ///< of loops in loops
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

/// A value [n, m] as n examples, or one, of windows over m; the result has rank 2 again.
Value Generator::addConvolution(Value x) {
  RankedTensorType type = typeOf(x);
  if (type.getRank() != 2 || type.isDynamicDim(1) || type.getDimSize(1) < 2)
    return Value();
  MLIRContext *context = builder.getContext();
  int64_t window = 1 + below(std::min<int64_t>(type.getDimSize(1), 4)), features = below(2) ? 1 : 3;
  bool isDilated = window > 1 && (window - 1) * 2 < type.getDimSize(1) && below(3) == 0;
  int64_t stride = isDilated ? 1 : 1 + below(2), dilation = isDilated ? 2 : 1;
  Value images =
      ReshapeOp::create(builder, location,
                        makeTensorType(context, {sizeOfDim(type, 0), type.getDimSize(1), 1}, type.getElementType()), x);
  if (below(2)) {
    Value zero = ConstantOp::create(builder, location,
                                    DenseElementsAttr::get(RankedTensorType::get({}, type.getElementType()), 0.0));
    images = PadOp::create(builder, location, images, zero, ArrayRef<int64_t>{0, 1, 0}, ArrayRef<int64_t>{0, 2, 0},
                           ArrayRef<int64_t>{0, 0, 0});
  }
  std::vector<double> weights;
  for (int64_t i = 0; i < window * features; ++i)
    weights.push_back((int64_t(below(9)) - 4) / 8.0);
  auto filterType = RankedTensorType::get({window, 1, features}, type.getElementType());
  Value filter = ConstantOp::create(builder, location, DenseElementsAttr::get(filterType, ArrayRef<double>(weights)));
  if (below(2))
    filter = ReverseOp::create(builder, location, filter, ArrayRef<int64_t>{0});
  Value y = ConvolutionOp::create(builder, location, images, filter, ArrayRef<int64_t>{stride},
                                  ArrayRef<int64_t>{dilation}, false);
  if (below(2))
    y = TanhOp::create(builder, location, y);
  return ReduceSumOp::create(builder, location, y, ArrayRef<int64_t>{1 + int64_t(below(2))});
}

Value Generator::addPooling(Value x) {
  RankedTensorType type = typeOf(x);
  SmallVector<int64_t> window, strides;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    int64_t size = type.isDynamicDim(dim) ? 1 : type.getDimSize(dim);
    window.push_back(1 + below(std::min<int64_t>(size, 3)));
    strides.push_back(size > 1 ? 1 + below(4) : 1);
  }
  if (type.getRank() == 0)
    return Value();
  if (below(2))
    return TanhOp::create(builder, location, WindowSumOp::create(builder, location, x, window, strides));
  Value greatest = WindowMaxOp::create(builder, location, x, window, strides);
  if (below(2))
    return greatest;
  Value places = WindowArgMaxOp::create(builder, location, x, window, strides);
  if (below(2))
    return WindowGatherOp::create(builder, location, greatest.getType(), pickOf(type), places, window, strides);
  return WindowScatterOp::create(builder, location, type, greatest, places, window, strides);
}

/// A turn of random ops: gives the next carry and something of an element's type.
func::FuncOp Generator::createBody(RankedTensorType carry, RankedTensorType element, RankedTensorType invariant) {
  auto module = builder.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(module.getBody());
  SmallVector<Type> types{RankedTensorType::get({}, builder.getI64Type()), carry, carry, element, invariant};
  std::string name;
  do
    name = "body" + std::to_string(below(1u << 30));
  while (module.lookupSymbol(name));
  auto function = func::FuncOp::create(builder, location, name, builder.getFunctionType(types, {}));
  function.setPrivate();
  function->setAttr("graph.body", builder.getUnitAttr());
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  Generator inner(random(), builder, depth + 1);
  for (Value argument : block->getArguments().drop_front())
    inner.addValue(argument);
  if (below(2)) {
    Value step =
        ConvertOp::create(builder, location, RankedTensorType::get({}, carry.getElementType()), block->getArgument(0));
    inner.addValue(TanhOp::create(builder, location, step));
  }
  for (unsigned count = below(12); count > 0; --count)
    inner.addOp();
  SmallVector<Value> results{inner.pickOf(carry), inner.pickOf(carry), inner.pickOf(element), inner.pick()};
  for (Value &next : MutableArrayRef(results).take_front(2))
    if (next.getDefiningOp()) // keeps carries small however many turns there are
      next = TanhOp::create(builder, location, next);
  func::ReturnOp::create(builder, location, results);
  function.setFunctionType(builder.getFunctionType(types, llvm::to_vector(ValueRange(results).getTypes())));
  return function;
}

/// Runs along the first dimension of \p x with two carries; one of its results.
Value Generator::addScan(Value x) {
  RankedTensorType type = typeOf(x);
  if (type.getRank() == 0 || depth > 1)
    return Value();
  SmallVector<SymbolicSize> sizes = sizesOf(type);
  SymbolicSize length = sizes.front();
  sizes.erase(sizes.begin());
  RankedTensorType element = makeTensorType(builder.getContext(), sizes, type.getElementType());
  Value first = pick(), invariant = pick();
  RankedTensorType carry = typeOf(first);
  func::FuncOp body = createBody(carry, element, typeOf(invariant));
  SmallVector<Type> types{carry, carry};
  for (Type emitted : body.getResultTypes().drop_front(2)) {
    SmallVector<SymbolicSize> stacked = sizesOf(cast<RankedTensorType>(emitted));
    stacked.insert(stacked.begin(), length);
    types.push_back(makeTensorType(builder.getContext(), stacked, type.getElementType()));
  }
  auto scan = ScanOp::create(builder, location, types, body.getSymName(), length.str(), below(2) == 0, below(2),
                             ValueRange{first, pickOf(carry)}, ValueRange{x}, ValueRange{invariant}, Value());
  for (Value result : scan.getResults().drop_back())
    values.push_back(result);
  Value other = scan.getResults().back();
  return typeOf(other).getRank() <= 2 ? other : Value();
}

void Generator::addOp() {
  Value x = pick();
  Value made;
  switch (below(18)) {
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
  case 13:
    made = addConvolution(x);
    break;
  case 14:
    made = addPooling(x);
    break;
  case 15:
    made = below(4) ? addPooling(x) : addScan(x);
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
