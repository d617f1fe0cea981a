#include "passes/kernel/KernelAccess.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlc::kernel {

bool AccessSet::reads(Value source) const {
  return llvm::any_of(accesses, [&](const Access &access) { return access.source == source; });
}

SmallVector<AffineExpr, 4> dimensions(MLIRContext *context, unsigned count) {
  SmallVector<AffineExpr, 4> dims;
  for (unsigned dim = 0; dim < count; ++dim)
    dims.push_back(getAffineDimExpr(dim, context));
  return dims;
}

void AccessCollector::pin(AffineExpr expr) {
  for (unsigned dim = 0; dim < set.pinned.size(); ++dim)
    if (expr.isFunctionOfDim(dim))
      set.pinned.set(dim);
}

void AccessCollector::addLeaf(Value tensor, ArrayRef<AffineExpr> indices) {
  for (AffineExpr expr : indices)
    if (expr && !isa<AffineDimExpr, AffineConstantExpr>(expr))
      pin(expr);
  set.accesses.push_back({tensor, SmallVector<AffineExpr, 4>(indices), llvm::SmallBitVector(set.pinned.size())});
}

void AccessCollector::addElement(Value tensor, ArrayRef<AffineExpr> indices) {
  for (auto &[value, at] : visited)
    if (value == tensor && ArrayRef<AffineExpr>(at) == indices)
      return;
  visited.emplace_back(tensor, SmallVector<AffineExpr, 4>(indices));
  if (dag.kindOf(tensor) != ValueKind::Elementwise || dag.isInMemory(tensor))
    return addLeaf(tensor, indices);
  addBody(tensor.getDefiningOp<linalg::GenericOp>(), indices);
}

SmallVector<Value> AccessCollector::visitedAt(ArrayRef<AffineExpr> indices) const {
  SmallVector<Value> values;
  for (const auto &[value, at] : visited)
    if (ArrayRef<AffineExpr>(at) == indices)
      values.push_back(value);
  return values;
}

void AccessCollector::addOperand(linalg::GenericOp generic, unsigned input, ArrayRef<AffineExpr> loops) {
  OpOperand *operand = generic.getDpsInputOperand(input);
  SmallVector<AffineExpr, 4> indices;
  for (AffineExpr expr : generic.getMatchingIndexingMap(operand).getResults())
    indices.push_back(expr.replaceDims(loops));
  addElement(operand->get(), indices);
}

AffineExpr AccessCollector::bodyIndex(Value index, ArrayRef<AffineExpr> loops) {
  APInt constant;
  if (matchPattern(index, m_ConstantInt(&constant)))
    return getAffineConstantExpr(constant.getSExtValue(), index.getContext());
  Operation *op = index.getDefiningOp();
  if (auto loop = dyn_cast_or_null<linalg::IndexOp>(op))
    return loops[loop.getDim()];
  if (!op || op->getNumOperands() != 2 || !isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op))
    return AffineExpr();
  AffineExpr lhs = bodyIndex(op->getOperand(0), loops), rhs = bodyIndex(op->getOperand(1), loops);
  if (!lhs || !rhs)
    return AffineExpr();
  if (isa<arith::AddIOp>(op))
    return lhs + rhs;
  if (isa<arith::SubIOp>(op))
    return lhs - rhs;
  return lhs.isSymbolicOrConstant() || rhs.isSymbolicOrConstant() ? lhs * rhs : AffineExpr();
}

/// Dimensions that a scalar of the body may vary with: all loop indices, and all that its inputs vary with.
static llvm::SmallBitVector variesWith(linalg::GenericOp generic, ArrayRef<AffineExpr> loops, unsigned dims) {
  llvm::SmallBitVector result(dims);
  for (AffineExpr loop : loops)
    for (unsigned dim = 0; dim < dims; ++dim)
      if (loop && loop.isFunctionOfDim(dim))
        result.set(dim);
  return result;
}

void AccessCollector::addBody(linalg::GenericOp generic, ArrayRef<AffineExpr> loops) {
  for (unsigned input = 0; input < generic.getNumDpsInputs(); ++input)
    if (!generic.getBody()->getArgument(input).use_empty())
      addOperand(generic, input, loops);
  for (Operation &op : *generic.getBody()) {
    if (auto index = dyn_cast<linalg::IndexOp>(op))
      pin(loops[index.getDim()]);
    auto extract = dyn_cast<tensor::ExtractOp>(op);
    if (!extract)
      continue;
    SmallVector<AffineExpr, 4> indices;
    for (Value index : extract.getIndices())
      indices.push_back(bodyIndex(index, loops));
    if (!llvm::is_contained(indices, AffineExpr())) {
      addElement(extract.getTensor(), indices);
      continue;
    }
    // A computed index is not followed through the expressions behind it: every stored value below counts as read
    // at an unknown place.
    size_t before = set.accesses.size();
    SmallVector<AffineExpr, 4> unknown = indices;
    for (AffineExpr &expr : unknown)
      expr = expr ? expr : getAffineDimExpr(set.pinned.size(), op.getContext());
    addElement(extract.getTensor(), unknown);
    llvm::SmallBitVector varies = variesWith(generic, loops, set.pinned.size());
    for (Access &access : llvm::drop_begin(set.accesses, before)) {
      for (AffineExpr &expr : access.indices)
        if (expr && expr.isFunctionOfDim(set.pinned.size()))
          expr = AffineExpr();
      access.dataIndexDims = varies;
    }
  }
}

bool isPointwise(const Access &access, unsigned count) {
  if (access.indices.size() < count)
    return false;
  for (unsigned dim = 0; dim < count; ++dim) {
    auto expr = dyn_cast_or_null<AffineDimExpr>(access.indices[dim]);
    if (!expr || expr.getPosition() != dim)
      return false;
  }
  return true;
}

/// Whether \p expr counts by one along its dimension: d or d + constant.
static bool hasUnitStep(AffineExpr expr) {
  if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr))
    return binary.getKind() == AffineExprKind::Add && isa<AffineDimExpr>(binary.getLHS()) &&
           binary.getRHS().isSymbolicOrConstant();
  return isa<AffineDimExpr>(expr);
}

Stride strideAlong(const KernelDag &dag, const Access &access, unsigned first, unsigned last) {
  ArrayRef<graph::SymbolicSize> sizes = dag.sizesOf(access.source);
  auto dependsOn = [&](unsigned position) {
    AffineExpr expr = access.indices[position];
    for (unsigned dim = first; dim <= last; ++dim)
      if (expr ? expr.isFunctionOfDim(dim) : dim < access.dataIndexDims.size() && access.dataIndexDims[dim])
        return true;
    return false;
  };
  bool innermost = true;
  Stride stride = Stride::Uniform;
  // From the inside out: the dimensions of a span are neighbours, so the innermost one decides.
  for (unsigned position = access.indices.size(); position-- > 0;) {
    if (sizes[position] == graph::SymbolicSize(1))
      continue;
    if (dependsOn(position)) {
      AffineExpr expr = access.indices[position];
      if (!expr || (stride != Stride::Uniform && first == last))
        return Stride::Gather;
      if (stride == Stride::Uniform)
        stride = innermost && hasUnitStep(expr) ? Stride::Contiguous : Stride::Strided;
    }
    innermost = false;
  }
  return stride;
}

} // namespace dlc::kernel
