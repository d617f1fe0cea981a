// Before the conversion to LLVM, which would turn each lane of a math op into a call of libm, and after vectorization,
// which decides how many lanes there are. One walk, no patterns: nothing made here is expanded again.
#include "backends/cpu/CpuTarget.h"
#include "backends/cpu/Passes.h"
#include "backends/cpu/math/Expansions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

namespace dlc {
#define GEN_PASS_DEF_EXPANDMATH
#include "backends/cpu/Passes.h.inc"
} // namespace dlc

using Expansion = Value (*)(MathBuilder &, ValueRange);

static Value expandRsqrt(MathBuilder &b, ValueRange x) { return b.div(b.constant(1.0), b.sqrt(x[0])); }
static Value separateFma(MathBuilder &b, ValueRange x) { return b.fma(x[0], x[1], x[2]); }

template <Value (*function)(MathBuilder &, Value)> static Value unary(MathBuilder &b, ValueRange x) {
  return function(b, x[0]);
}
template <Value (*function)(MathBuilder &, Value, Value)> static Value binary(MathBuilder &b, ValueRange x) {
  return function(b, x[0], x[1]);
}

/// Null for an op that stays.
static Expansion findExpansion(Operation *op, const CpuTarget &target) {
  return llvm::TypeSwitch<Operation *, Expansion>(op)
      .Case([](math::ExpOp) { return unary<expandExp>; })
      .Case([](math::ExpM1Op) { return unary<expandExpm1>; })
      .Case([](math::LogOp) { return unary<expandLog>; })
      .Case([](math::Log1pOp) { return unary<expandLog1p>; })
      .Case([](math::TanhOp) { return unary<expandTanh>; })
      .Case([](math::ErfOp) { return unary<expandErf>; })
      .Case([](math::SinOp) { return unary<expandSin>; })
      .Case([](math::CosOp) { return unary<expandCos>; })
      .Case([](math::PowFOp) { return binary<expandPow>; })
      .Case([](arith::RemFOp) { return binary<expandRemainder>; })
      .Case([](math::RsqrtOp) { return expandRsqrt; })
      .Case<math::FmaOp, vector::FMAOp>([&](auto) { return target.hasFma ? Expansion() : separateFma; })
      .Default([](Operation *) { return Expansion(); });
}

/// Expands \p op row by row if it is on n-D vectors: gathers, branches and intrinsics need 1-D ones.
static Value expandRows(Operation *op, Expansion expansion, OpBuilder &builder, const CpuTarget &target,
                        ConstantPool &pool) {
  Location location = op->getLoc();
  auto type = dyn_cast<VectorType>(op->getResult(0).getType());
  if (!type || type.getRank() == 1) {
    MathBuilder b(builder, location, op->getResult(0).getType(), target, pool);
    return expansion(b, op->getOperands());
  }
  auto rowType = VectorType::get(type.getShape().take_back(type.getRank() ? 1 : 0), type.getElementType());
  Value all = op->getOperand(0);
  for (int64_t row = 0, rows = type.getNumElements() / rowType.getNumElements(); row < rows; ++row) {
    SmallVector<int64_t> position;
    for (int64_t rest = row, d = type.getRank() - 2; d >= 0; rest /= type.getDimSize(d), --d)
      position.insert(position.begin(), rest % type.getDimSize(d));
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(vector::ExtractOp::create(builder, location, operand, position));
    MathBuilder b(builder, location, operands.front().getType(), target, pool);
    all = vector::InsertOp::create(builder, location, expansion(b, operands), all, position);
  }
  return all;
}

static LogicalResult expandAll(func::FuncOp function, const CpuTarget &target) {
  SmallVector<std::pair<Operation *, Expansion>> work;
  function.walk([&](Operation *op) {
    if (Expansion expansion = findExpansion(op, target))
      work.emplace_back(op, expansion);
  });
  if (work.empty())
    return success();
  ConstantPool pool(function.front());
  for (auto [op, expansion] : work) {
    Type element = getElementTypeOrSelf(op->getResult(0));
    if (!element.isF32() && !element.isF64())
      return op->emitError() << "cannot be expanded for " << element << ", only for f32 and f64";
    OpBuilder builder(op);
    op->getResult(0).replaceAllUsesWith(expandRows(op, expansion, builder, target, pool));
    op->erase();
  }
  return success();
}

namespace {
struct ExpandMathPass : dlc::impl::ExpandMathBase<ExpandMathPass> {
  void runOnOperation() override {
    FailureOr<CpuTarget> target = CpuTarget::of(getOperation());
    if (failed(target))
      return signalPassFailure();
    for (func::FuncOp function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (!function.isExternal() && failed(expandAll(function, *target)))
        return signalPassFailure();
  }
};
} // namespace
