#ifndef DLC_IR_INTERFACES_FUSIBLEOPINTERFACE_H
#define DLC_IR_INTERFACES_FUSIBLEOPINTERFACE_H

#include "mlir/IR/OpDefinition.h"

namespace dlc {

/// How an element of an op's result depends on elements of its operands.
enum class FusionKind {
  Elementwise, ///< on the element at the same index of every operand (or on the index alone)
  Broadcast,   ///< moves elements: each result element is one operand element (or a pad value), found by its index
  Reduction,   ///< on all elements along the reduced dimensions
  Contraction, ///< on sums of products
  Opaque       ///< not fusible: a kernel of its own, or no kernel at all
};

} // namespace dlc

#include "ir/interfaces/FusibleOpInterface.h.inc"

#endif
