#ifndef DLC_IR_INTERFACES_DIFFERENTIABLEOPINTERFACE_H
#define DLC_IR_INTERFACES_DIFFERENTIABLEOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace dlc {

/// Marks ops whose result does not depend differentiably on any operand: their cotangents are zero.
template <typename ConcreteOp> class NoGradient : public mlir::OpTrait::TraitBase<ConcreteOp, NoGradient> {};

} // namespace dlc

#include "ir/interfaces/DifferentiableOpInterface.h.inc"

#endif
