// Runs linalg.generic loops over single elements. Floats are computed in double precision, so that the result is a
// reference for any order of rounding; integers wrap at their own width.
#include "ir/graph/SymbolicSize.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "test/unit/passes/kernel/KernelRunner.h"
#include <cmath>

using namespace mlir;

namespace dlc::test {

namespace {
struct Scalar {
  double real = 0;
  int64_t integer = 0;
};

class Interpreter {
public:
  Interpreter(const SymbolValues &symbols) : symbols(symbols) {}
  std::vector<Buffer> run(func::FuncOp kernel, const std::vector<Buffer> &inputs);

private:
  struct Tensor {
    const Buffer *outside = nullptr;
    std::shared_ptr<Buffer> own;
    std::vector<double> values; ///< floats, unrounded
    const Buffer &buffer() const { return outside ? *outside : *own; }
  };
  void runTop(Operation &op);
  void runGeneric(linalg::GenericOp generic);
  void runBody(linalg::GenericOp generic, ArrayRef<int64_t> loops);
  std::vector<Scalar> compute(Operation &op, ArrayRef<int64_t> loops);
  Scalar computeFloat(Operation &op);
  Scalar computeInteger(Operation &op);
  Scalar get(Value value);
  Scalar load(Value tensor, ArrayRef<int64_t> indices);
  void store(Value tensor, ArrayRef<int64_t> indices, Scalar value);
  int64_t offset(const Buffer &buffer, ArrayRef<int64_t> indices);
  void allocate(Value value);

  const SymbolValues &symbols;
  DenseMap<Value, Tensor> tensors;
  DenseMap<Value, Scalar> scalars;
};
} // namespace

static Scalar wrap(int64_t value, Type type) {
  unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  if (width == 1)
    return {0, value & 1};
  return {0, width == 64 ? value : static_cast<int64_t>(static_cast<uint64_t>(value) << (64 - width)) >> (64 - width)};
}

static uint64_t unsignedOf(int64_t value, Type type) {
  unsigned width = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
  return width == 64 ? value : static_cast<uint64_t>(value) & ((uint64_t(1) << width) - 1);
}

Scalar Interpreter::get(Value value) {
  if (auto found = scalars.find(value); found != scalars.end())
    return found->second;
  Operation *op = value.getDefiningOp(); // a scalar of the function's top level
  return scalars[value] = compute(*op, {})[cast<OpResult>(value).getResultNumber()];
}

int64_t Interpreter::offset(const Buffer &buffer, ArrayRef<int64_t> indices) {
  int64_t result = 0;
  for (auto [index, extent] : llvm::zip_equal(indices, buffer.shape)) {
    if (index < 0 || index >= extent)
      llvm::report_fatal_error("the kernel reads outside a tensor");
    result = result * extent + index;
  }
  return result;
}

Scalar Interpreter::load(Value tensor, ArrayRef<int64_t> indices) {
  Tensor &source = tensors[tensor];
  int64_t at = offset(source.buffer(), indices);
  if (isa<FloatType>(source.buffer().element))
    return {source.values.empty() ? source.buffer().at(at) : source.values[at], 0};
  return {0, source.buffer().integerAt(at)};
}

void Interpreter::store(Value tensor, ArrayRef<int64_t> indices, Scalar value) {
  Tensor &target = tensors[tensor];
  int64_t at = offset(*target.own, indices);
  if (!isa<FloatType>(target.own->element))
    return target.own->setInteger(at, value.integer);
  target.values[at] = value.real;
  target.own->set(at, value.real);
}

void Interpreter::allocate(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  std::vector<int64_t> shape(type.getShape());
  Value origin = value;
  while (auto generic = origin.getDefiningOp<linalg::LinalgOp>())
    origin = generic.getDpsInits()[cast<OpResult>(origin).getResultNumber()];
  auto sizes = origin.getDefiningOp<tensor::EmptyOp>().getDynamicSizes().begin();
  for (int64_t &extent : shape)
    if (ShapedType::isDynamic(extent))
      extent = get(*sizes++).integer;
  Tensor &tensor = tensors[value];
  tensor.own = std::make_shared<Buffer>(type.getElementType(), shape);
  tensor.values.assign(isa<FloatType>(type.getElementType()) ? tensor.own->count() : 0, 0.0);
}

Scalar Interpreter::computeFloat(Operation &op) {
  double a = get(op.getOperand(0)).real, b = op.getNumOperands() > 1 ? get(op.getOperand(1)).real : 0;
  StringRef name = op.getName().getStringRef();
  auto nan = [&](double value) { return std::isnan(a) || std::isnan(b) ? NAN : value; };
  double value = llvm::StringSwitch<double>(name)
                     .Case("arith.addf", a + b)
                     .Case("arith.subf", a - b)
                     .Case("arith.mulf", a * b)
                     .Case("arith.divf", a / b)
                     .Case("arith.negf", -a)
                     .Case("arith.maximumf", nan(std::fmax(a, b)))
                     .Case("arith.minimumf", nan(std::fmin(a, b)))
                     .Case("math.exp", std::exp(a))
                     .Case("math.expm1", std::expm1(a))
                     .Case("math.log", std::log(a))
                     .Case("math.sqrt", std::sqrt(a))
                     .Case("math.rsqrt", 1 / std::sqrt(a))
                     .Case("math.tanh", std::tanh(a))
                     .Case("math.absf", std::fabs(a))
                     .Case("arith.truncf", a)
                     .Case("arith.extf", a)
                     .Default(NAN);
  return {value, 0};
}

static bool compareFloat(arith::CmpFPredicate predicate, double a, double b) {
  switch (predicate) {
  case arith::CmpFPredicate::OGT:
    return a > b;
  case arith::CmpFPredicate::OLT:
    return a < b;
  case arith::CmpFPredicate::OGE:
    return a >= b;
  case arith::CmpFPredicate::OEQ:
    return a == b;
  case arith::CmpFPredicate::UNO:
    return std::isnan(a) || std::isnan(b);
  case arith::CmpFPredicate::ORD:
    return !std::isnan(a) && !std::isnan(b);
  default:
    llvm::report_fatal_error("comparison is not interpreted");
  }
}

Scalar Interpreter::computeInteger(Operation &op) {
  Type type = op.getOperand(0).getType();
  int64_t a = get(op.getOperand(0)).integer, b = op.getNumOperands() > 1 ? get(op.getOperand(1)).integer : 0;
  uint64_t ua = unsignedOf(a, type), ub = unsignedOf(b, type);
  if (auto compare = dyn_cast<arith::CmpIOp>(op))
    return {0, arith::applyCmpPredicate(compare.getPredicate(), APInt(64, a, true), APInt(64, b, true))};
  int64_t value = llvm::StringSwitch<int64_t>(op.getName().getStringRef())
                      .Case("arith.addi", static_cast<int64_t>(ua + ub))
                      .Case("arith.subi", static_cast<int64_t>(ua - ub))
                      .Case("arith.muli", static_cast<int64_t>(ua * ub))
                      .Case("arith.andi", a & b)
                      .Case("arith.ori", a | b)
                      .Case("arith.xori", a ^ b)
                      .Case("arith.maxsi", std::max(a, b))
                      .Case("arith.minsi", std::min(a, b))
                      .Case("arith.shrui", b < 64 ? static_cast<int64_t>(ua >> (b & 63)) : 0)
                      .Cases({"arith.index_cast", "arith.trunci", "arith.extsi"}, a)
                      .Case("arith.extui", static_cast<int64_t>(ua))
                      .Default(INT64_MIN);
  return wrap(value, op.getResult(0).getType());
}

std::vector<Scalar> Interpreter::compute(Operation &op, ArrayRef<int64_t> loops) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto real = dyn_cast<FloatAttr>(constant.getValue()))
      return {{real.getValueAsDouble(), 0}};
    return {{0, cast<IntegerAttr>(constant.getValue()).getValue().getSExtValue()}};
  }
  if (auto index = dyn_cast<linalg::IndexOp>(op))
    return {{0, loops[index.getDim()]}};
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    SmallVector<int64_t> at;
    for (Value index : extract.getIndices())
      at.push_back(get(index).integer);
    return {load(extract.getTensor(), at)};
  }
  if (auto select = dyn_cast<arith::SelectOp>(op))
    return {get(select.getCondition()).integer & 1 ? get(select.getTrueValue()) : get(select.getFalseValue())};
  if (auto compare = dyn_cast<arith::CmpFOp>(op))
    return {{0, compareFloat(compare.getPredicate(), get(compare.getLhs()).real, get(compare.getRhs()).real)}};
  if (isa<arith::SIToFPOp>(op))
    return {{static_cast<double>(get(op.getOperand(0)).integer), 0}};
  if (isa<arith::UIToFPOp>(op))
    return {{static_cast<double>(unsignedOf(get(op.getOperand(0)).integer, op.getOperand(0).getType())), 0}};
  if (auto product = dyn_cast<arith::MulUIExtendedOp>(op)) {
    Type type = product.getLhs().getType();
    uint64_t wide = unsignedOf(get(product.getLhs()).integer, type) * unsignedOf(get(product.getRhs()).integer, type);
    return {wrap(static_cast<int64_t>(wide), type), wrap(static_cast<int64_t>(wide >> 32), type)};
  }
  return {isa<FloatType>(op.getResult(0).getType()) ? computeFloat(op) : computeInteger(op)};
}

void Interpreter::runBody(linalg::GenericOp generic, ArrayRef<int64_t> loops) {
  Block *body = generic.getBody();
  SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
  for (auto [index, operand] : llvm::enumerate(generic->getOperands())) {
    bool output = index >= generic.getNumDpsInputs();
    Value tensor = output ? generic.getResult(index - generic.getNumDpsInputs()) : operand;
    scalars[body->getArgument(index)] = load(tensor, maps[index].compose(loops));
  }
  for (Operation &op : body->without_terminator())
    for (auto [result, value] : llvm::zip(op.getResults(), compute(op, loops)))
      scalars[result] = value;
  for (auto [index, value] : llvm::enumerate(body->getTerminator()->getOperands()))
    store(generic.getResult(index), maps[generic.getNumDpsInputs() + index].compose(loops), get(value));
}

void Interpreter::runGeneric(linalg::GenericOp generic) {
  SmallVector<int64_t> extents(generic.getNumLoops(), 1), loops(generic.getNumLoops(), 0);
  for (auto [index, result] : llvm::enumerate(generic.getResults())) {
    allocate(result);
    if (auto fill = generic.getDpsInits()[index].getDefiningOp<linalg::FillOp>()) {
      Scalar value = get(fill.getDpsInputs()[0]);
      Tensor &tensor = tensors[result];
      for (int64_t at = 0; at < tensor.own->count(); ++at) {
        if (tensor.values.empty())
          tensor.own->setInteger(at, value.integer);
        else
          tensor.values[at] = value.real, tensor.own->set(at, value.real);
      }
    }
  }
  auto learn = [&](const Buffer &buffer, AffineMap map) {
    for (auto [position, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        extents[dim.getPosition()] = buffer.shape[position];
  };
  for (OpOperand *input : generic.getDpsInputOperands())
    learn(tensors[input->get()].buffer(), generic.getMatchingIndexingMap(input));
  for (auto [index, result] : llvm::enumerate(generic.getResults()))
    learn(*tensors[result].own, generic.getMatchingIndexingMap(generic.getDpsInitOperand(index)));
  int64_t total = 1;
  for (int64_t extent : extents)
    total *= extent;
  for (int64_t step = 0; step < total; ++step) {
    int64_t rest = step;
    for (size_t dim = extents.size(); dim-- > 0; rest /= extents[dim])
      loops[dim] = rest % extents[dim];
    runBody(generic, loops);
  }
}

void Interpreter::runTop(Operation &op) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return runGeneric(generic);
  auto constant = dyn_cast<arith::ConstantOp>(op);
  auto type = constant ? dyn_cast<RankedTensorType>(constant.getType()) : RankedTensorType();
  if (!type)
    return;
  Tensor &tensor = tensors[constant];
  tensor.own = std::make_shared<Buffer>(type.getElementType(), std::vector<int64_t>(type.getShape()));
  auto values = cast<DenseElementsAttr>(constant.getValue());
  for (int64_t at = 0; at < type.getNumElements(); ++at)
    if (isa<FloatType>(type.getElementType()))
      tensor.own->set(at, (*(values.value_begin<APFloat>() + at)).convertToDouble());
    else
      tensor.own->setInteger(at, (*(values.value_begin<APInt>() + at)).getSExtValue());
}

std::vector<Buffer> Interpreter::run(func::FuncOp kernel, const std::vector<Buffer> &inputs) {
  auto names = kernel->getAttrOfType<ArrayAttr>("kernel.symbols");
  for (auto [index, argument] : llvm::enumerate(kernel.getArguments()))
    if (index < inputs.size())
      tensors[argument].outside = &inputs[index];
    else
      scalars[argument].integer = symbols.at(cast<StringAttr>(names[index - inputs.size()]).str());
  std::vector<Buffer> results;
  for (Operation &op : kernel.getBody().front().without_terminator())
    runTop(op);
  for (Value value : kernel.getBody().front().getTerminator()->getOperands()) {
    const Buffer &from = tensors[value].buffer();
    results.emplace_back(from.element, from.shape);
    std::memcpy(results.back().data(), from.data(), from.bytes());
  }
  return results;
}

std::vector<Buffer> interpret(func::FuncOp kernel, const std::vector<Buffer> &inputs, const SymbolValues &symbols) {
  return Interpreter(symbols).run(kernel, inputs);
}

} // namespace dlc::test
