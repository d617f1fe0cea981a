// Traits of the graph dialect's ops.
#ifndef DLC_IR_GRAPH_OPTRAITS_H
#define DLC_IR_GRAPH_OPTRAITS_H

#include "mlir/IR/OpDefinition.h"

namespace dlc::graph {

class GradientBuilder;

/// The op has a method `buildCotangent`, from which its `buildVjp` is made.
template <typename ConcreteOp>
class GradientByOperand : public mlir::OpTrait::TraitBase<ConcreteOp, GradientByOperand> {};

/// The op infers its result types from an adaptor.
template <typename ConcreteOp>
class InferFromAdaptor : public mlir::OpTrait::TraitBase<ConcreteOp, InferFromAdaptor> {};

/// f(f(x)) = f(x), or f(x, x) = x.
template <typename ConcreteOp> class IsIdempotent : public mlir::OpTrait::TraitBase<ConcreteOp, IsIdempotent> {
public:
  static mlir::OpFoldResult foldTrait(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute>) {
    return mlir::OpTrait::impl::foldIdempotent(op);
  }
};

/// f(f(x)) = x.
template <typename ConcreteOp> class IsInvolution : public mlir::OpTrait::TraitBase<ConcreteOp, IsInvolution> {
public:
  static mlir::OpFoldResult foldTrait(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute>) {
    return mlir::OpTrait::impl::foldInvolution(op);
  }
};

} // namespace dlc::graph

#endif
