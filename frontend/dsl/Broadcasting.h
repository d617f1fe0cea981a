// NumPy's broadcasting, made explicit: the graph's elementwise ops take equal types.
#ifndef DLC_FRONTEND_DSL_BROADCASTING_H
#define DLC_FRONTEND_DSL_BROADCASTING_H

#include "frontend/dsl/Value.h"
#include "mlir/IR/Builders.h"

namespace dlc::dsl {

using Sizes = llvm::SmallVector<graph::SymbolicSize>;

/// Where the next op goes and which source line it stands for.
struct Place {
  mlir::OpBuilder &builder;
  mlir::Location location;
};

Sizes sizesOf(mlir::Value value);
mlir::Type elementTypeOf(mlir::Value value);

/// The common shape, aligned at the last axis; a size of 1 stretches. Nullopt when two
/// sizes differ or cannot be proved equal.
std::optional<Sizes> broadcastSizes(llvm::ArrayRef<graph::SymbolicSize> lhs,
                                    llvm::ArrayRef<graph::SymbolicSize> rhs);

/// True when broadcasting would lay the examples of one operand across those of the other
/// only because an axis was added in front: f32[batch, 1] with f32[batch].
bool pairsExamples(llvm::ArrayRef<graph::SymbolicSize> lhs, llvm::ArrayRef<graph::SymbolicSize> rhs);

/// Whether \p lhs >= \p rhs for all symbols of at least 1; nullopt when that depends on them.
std::optional<bool> isAtLeast(const graph::SymbolicSize &lhs, const graph::SymbolicSize &rhs);

/// \p value must broadcast to \p sizes.
mlir::Value broadcastTo(Place place, mlir::Value value, llvm::ArrayRef<graph::SymbolicSize> sizes);
/// The element count must agree.
mlir::Value reshapeTo(Place place, mlir::Value value, llvm::ArrayRef<graph::SymbolicSize> sizes);
mlir::Value convertTo(Place place, mlir::Value value, mlir::Type elementType);

/// \p number: Bool, Int or Float, rounded to \p elementType.
mlir::TypedAttr numberAttribute(const Value &number, mlir::Type elementType);
mlir::Value scalarConstant(Place place, const Value &number, mlir::Type elementType);
mlir::Value filled(Place place, const Value &number, mlir::Type elementType,
                   llvm::ArrayRef<graph::SymbolicSize> sizes);
/// A size known at run time only, as an i64 tensor of rank 0.
mlir::Value sizeTensor(Place place, const graph::SymbolicSize &size);

} // namespace dlc::dsl

#endif
