// Directives of the ops' assembly formats: types that follow from one written type.
#ifndef DLC_IR_GRAPH_ASSEMBLYFORMAT_H
#define DLC_IR_GRAPH_ASSEMBLYFORMAT_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/IR/OpImplementation.h"

namespace dlc::graph {

/// custom<SameType>: one written type for all.
template <typename... Types>
mlir::ParseResult parseSameType(mlir::OpAsmParser &parser, mlir::Type &first, Types &...others) {
  if (parser.parseType(first))
    return mlir::failure();
  ((others = first), ...);
  return mlir::success();
}

template <typename... Types>
void printSameType(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::Type first, Types...) {
  printer << first;
}

/// custom<SelectTypes>: the values' type is written; the condition has its sizes.
inline mlir::ParseResult parseSelectTypes(mlir::OpAsmParser &parser, mlir::Type &condition, mlir::Type &onTrue,
                                          mlir::Type &onFalse, mlir::Type &result) {
  mlir::RankedTensorType type;
  if (parser.parseType(type))
    return mlir::failure();
  onTrue = onFalse = result = type;
  condition = withElementType(type, parser.getBuilder().getI1Type());
  return mlir::success();
}

inline void printSelectTypes(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::Type, mlir::Type onTrue, mlir::Type,
                             mlir::Type) {
  printer << onTrue;
}

/// custom<ScalarType>: the tensor's type is written; the scalar has its element type.
inline mlir::ParseResult parseScalarType(mlir::OpAsmParser &parser, mlir::Type &tensor, mlir::Type &scalar) {
  mlir::RankedTensorType type;
  if (parser.parseType(type))
    return mlir::failure();
  tensor = type;
  scalar = mlir::RankedTensorType::get({}, type.getElementType());
  return mlir::success();
}

inline void printScalarType(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::Type tensor, mlir::Type) {
  printer << tensor;
}

} // namespace dlc::graph

#endif
