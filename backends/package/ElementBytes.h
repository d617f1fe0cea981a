// Tensors of numbers as the bytes that programs hold.
#ifndef DLC_BACKENDS_PACKAGE_ELEMENTBYTES_H
#define DLC_BACKENDS_PACKAGE_ELEMENTBYTES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "runtime/abi/ProgramNumbers.h"
#include <optional>

namespace dlc::package {

/// Nothing for a type that a program cannot hold.
std::optional<abi::DataType> dataTypeOf(mlir::Type element);

/// Writes dense row-major little-endian elements to \p to, which has room for all of them; a bool takes one byte.
/// False when the attribute keeps its elements in a way that is not known here.
bool writeElements(mlir::ElementsAttr value, char *to);

} // namespace dlc::package

#endif
