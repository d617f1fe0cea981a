#include "passes/kernel/KernelDag.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "passes/kernel/ReductionKind.h"

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

FailureOr<KernelDag> KernelDag::build(func::FuncOp kernel) {
  KernelDag dag;
  dag.kernel = kernel;
  if (!kernel.getBody().hasOneBlock())
    return kernel.emitOpError("must have one block to be vectorized");
  if (failed(dag.addArguments()))
    return failure();
  for (Operation &op : kernel.getBody().front())
    if (failed(dag.addOperation(op)))
      return failure();
  return dag;
}

/// Sizes of one tensor: static dimensions from its type, others from the polynomials of the attribute.
static FailureOr<Sizes> parseSizes(Operation *at, RankedTensorType type, ArrayAttr polynomials) {
  Sizes sizes;
  for (auto [dim, extent] : llvm::enumerate(type.getShape())) {
    if (!ShapedType::isDynamic(extent)) {
      sizes.push_back(extent);
      continue;
    }
    auto text = polynomials && dim < polynomials.size() ? dyn_cast<StringAttr>(polynomials[dim]) : StringAttr();
    auto size = text ? SymbolicSize::parse(text.getValue()) : FailureOr<SymbolicSize>(failure());
    if (failed(size))
      return at->emitOpError("needs a size polynomial in kernel.arg_sizes for dimension ")
             << dim << " of " << Type(type);
    sizes.push_back(*size);
  }
  return sizes;
}

LogicalResult KernelDag::addArguments() {
  auto names = kernel->getAttrOfType<ArrayAttr>("kernel.symbols");
  auto polynomials = kernel->getAttrOfType<ArrayAttr>("kernel.arg_sizes");
  unsigned symbol = 0;
  for (BlockArgument argument : kernel.getArguments()) {
    if (argument.getType().isIndex()) {
      if (!names || symbol >= names.size())
        return kernel.emitOpError("has more index arguments than names in kernel.symbols");
      symbols.try_emplace(argument, SymbolicSize::symbol(cast<StringAttr>(names[symbol++]).getValue()));
      continue;
    }
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || symbol)
      return kernel.emitOpError("expected tensor arguments, then index arguments, got ") << argument.getType();
    auto entry = polynomials && inputs < polynomials.size() ? dyn_cast<ArrayAttr>(polynomials[inputs]) : ArrayAttr();
    auto sizes = parseSizes(kernel, type, entry);
    if (failed(sizes))
      return failure();
    kinds[argument] = ValueKind::Argument;
    tensorSizes[argument] = *sizes;
    ++inputs;
  }
  return success();
}

FailureOr<SymbolicSize> KernelDag::polynomialOf(Value index) const {
  if (auto found = symbols.find(index); found != symbols.end())
    return found->second;
  APInt constant;
  if (matchPattern(index, m_ConstantInt(&constant)))
    return SymbolicSize(constant.getSExtValue());
  Operation *op = index.getDefiningOp();
  if (!op || op->getNumOperands() != 2 || !isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op))
    return failure();
  auto lhs = polynomialOf(op->getOperand(0)), rhs = polynomialOf(op->getOperand(1));
  if (failed(lhs) || failed(rhs))
    return failure();
  if (isa<arith::AddIOp>(op))
    return *lhs + *rhs;
  return isa<arith::SubIOp>(op) ? *lhs - *rhs : *lhs * *rhs;
}

/// Whether the body is `acc + lhs * rhs`, the scalar product of two operands.
static bool multipliesAndAdds(linalg::GenericOp generic) {
  if (generic.getNumDpsInputs() != 2 || generic.getNumDpsInits() != 1)
    return false;
  Block *body = generic.getBody();
  if (body->getOperations().size() != 3)
    return false;
  Operation &product = body->front(), &sum = *std::next(body->begin());
  if (!isa<arith::MulFOp, arith::MulIOp>(product) || !isa<arith::AddFOp, arith::AddIOp>(sum))
    return false;
  SmallPtrSet<Value, 2> factors(product.operand_begin(), product.operand_end());
  SmallPtrSet<Value, 2> terms(sum.operand_begin(), sum.operand_end());
  return factors.contains(body->getArgument(0)) && factors.contains(body->getArgument(1)) &&
         terms.contains(body->getArgument(2)) && terms.contains(product.getResult(0)) &&
         body->getTerminator()->getOperand(0) == sum.getResult(0);
}

/// Whether an operand of \p generic is used for several results by vectors along the last kept dimension. Either each
/// operand has a kept dimension of its own and the last one is one of those: a product of matrices. Or both have the
/// last one and one of them has another to itself: a convolution of each channel by itself. Products of a matrix and a
/// vector share nothing between lanes: they are reductions.
static bool isContraction(linalg::GenericOp generic) {
  if (!multipliesAndAdds(generic) || !isa<FloatType>(getElementTypeOrSelf(generic.getResult(0))))
    return false;
  AffineMap out = generic.getMatchingIndexingMap(generic.getDpsInitOperand(0));
  auto type = cast<RankedTensorType>(generic.getResult(0).getType());
  bool own[2] = {false, false}, lastIsOwn = false;
  for (auto [position, expr] : llvm::enumerate(out.getResults())) {
    if (type.getDimSize(position) == 1)
      continue;
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    auto uses = [&](unsigned input) {
      return generic.getMatchingIndexingMap(generic.getDpsInputOperand(input)).isFunctionOfDim(dim);
    };
    lastIsOwn = uses(0) != uses(1);
    own[0] |= lastIsOwn && uses(0);
    own[1] |= lastIsOwn && uses(1);
  }
  return lastIsOwn ? own[0] && own[1] : own[0] != own[1];
}

static ValueKind classify(linalg::GenericOp generic) {
  if (generic.getNumReductionLoops() == 0)
    return ValueKind::Elementwise;
  if (generic->hasAttr("kernel.scatter") && ScatterReduction::match(generic))
    return ValueKind::Scatter;
  return isContraction(generic) ? ValueKind::Contraction : ValueKind::Reduction;
}

void KernelDag::copySizes(Value from, Value to) {
  // A copy first: the new entry may move the old one.
  Sizes sizes = tensorSizes.find(from)->second;
  tensorSizes[to] = std::move(sizes);
}

/// Whether every index is made of loops and constants by + and, with a constant, *.
static bool isStrided(AffineMap map) {
  bool strided = map.getNumSymbols() == 0;
  map.walkExprs([&](AffineExpr expr) {
    AffineExprKind kind = expr.getKind();
    strided &= kind != AffineExprKind::Mod && kind != AffineExprKind::FloorDiv && kind != AffineExprKind::CeilDiv;
  });
  return strided;
}

LogicalResult KernelDag::addGeneric(linalg::GenericOp generic) {
  for (AffineMap map : generic.getIndexingMapsArray())
    if (!isStrided(map))
      return generic.emitOpError("must read at sums of loops times constants, got ") << AffineMapAttr::get(map);
  ValueKind kind = classify(generic);
  auto showsSizesOnly = [&](OpOperand *input) {
    return input->get().getDefiningOp<tensor::EmptyOp>() && generic.getMatchingBlockArgument(input).use_empty();
  };
  for (OpOperand *input : generic.getDpsInputOperands())
    if (!kinds.contains(input->get()) && !showsSizesOnly(input))
      return generic.emitOpError("reads a value that is neither an argument nor computed by linalg.generic");
  for (auto [index, init] : llvm::enumerate(generic.getDpsInits())) {
    AffineMap map = generic.getMatchingIndexingMap(generic.getDpsInitOperand(index));
    if (!map.isProjectedPermutation() || (kind == ValueKind::Elementwise && !map.isIdentity()))
      return generic.emitOpError("must write its result by ")
             << (kind == ValueKind::Elementwise ? "the identity map" : "a projected permutation");
    if (kind != ValueKind::Elementwise && !initialValue(generic, index))
      return generic.emitOpError("must start from a linalg.fill");
    kinds[generic.getResult(index)] = kind;
    copySizes(init, generic.getResult(index));
  }
  return success();
}

LogicalResult KernelDag::addOperation(Operation &op) {
  if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
    Sizes sizes;
    auto dynamic = empty.getDynamicSizes().begin();
    for (int64_t extent : empty.getType().getShape()) {
      auto size =
          ShapedType::isDynamic(extent) ? polynomialOf(*dynamic++) : FailureOr<SymbolicSize>(SymbolicSize(extent));
      if (failed(size))
        return op.emitOpError("size must be a polynomial of the kernel's index arguments");
      sizes.push_back(*size);
    }
    tensorSizes[empty] = sizes;
    return success();
  }
  if (auto fill = dyn_cast<linalg::FillOp>(op)) {
    copySizes(fill.getDpsInitOperand(0)->get(), fill.getResult(0));
    return success();
  }
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return addGeneric(generic);
  if (auto exit = dyn_cast<func::ReturnOp>(op))
    return addReturn(exit);
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    if (auto type = dyn_cast<RankedTensorType>(constant.getType())) {
      kinds[constant] = ValueKind::Constant;
      tensorSizes[constant] = Sizes(type.getShape());
    }
    return success();
  }
  if (isPure(&op) && llvm::none_of(op.getResultTypes(), llvm::IsaPred<TensorType>))
    return success();
  return op.emitOpError("is not part of the linalg form of a kernel");
}

LogicalResult KernelDag::addReturn(func::ReturnOp op) {
  for (auto [index, value] : llvm::enumerate(op.getOperands())) {
    if (!kinds.contains(value))
      return op.emitOpError("returns a value that is neither an argument nor computed by linalg.generic");
    returned.push_back({value, static_cast<unsigned>(index)});
  }
  return success();
}

Sizes KernelDag::loopSizes(linalg::GenericOp generic) const {
  Sizes sizes(generic.getNumLoops(), SymbolicSize(1));
  SmallVector<bool> known(generic.getNumLoops(), false);
  auto take = [&](Value tensor, AffineMap map) {
    for (auto [position, expr] : llvm::enumerate(map.getResults()))
      if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && !known[dim.getPosition()]) {
        known[dim.getPosition()] = true;
        sizes[dim.getPosition()] = sizesOf(tensor)[position];
      }
  };
  for (auto [init, result] : llvm::zip(generic.getDpsInitsMutable(), generic.getResults()))
    take(result, generic.getMatchingIndexingMap(&init));
  for (OpOperand *input : generic.getDpsInputOperands())
    take(input->get(), generic.getMatchingIndexingMap(input));
  return sizes;
}

bool KernelDag::isInMemory(Value tensor) const {
  ValueKind kind = kindOf(tensor);
  return kind == ValueKind::Argument || kind == ValueKind::Constant || resultOf(tensor);
}

std::optional<unsigned> KernelDag::resultOf(Value tensor) const {
  for (const Store &store : returned)
    if (store.value == tensor)
      return store.result;
  return std::nullopt;
}

Value initialValue(linalg::GenericOp generic, unsigned output) {
  auto fill = generic.getDpsInits()[output].getDefiningOp<linalg::FillOp>();
  return fill ? fill.getDpsInputs()[0] : Value();
}

} // namespace dlc::kernel
