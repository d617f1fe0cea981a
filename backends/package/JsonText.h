// Attributes as JSON: what the recipe and the list of layers look like to tools that read a program file.
#ifndef DLC_BACKENDS_PACKAGE_JSONTEXT_H
#define DLC_BACKENDS_PACKAGE_JSONTEXT_H

#include "mlir/IR/Attributes.h"
#include <string>

namespace dlc::package {

/// Dictionaries, arrays, strings, bools, integers and finite floats; the keys of a dictionary are in its order, floats
/// are the shortest text that gives the same value again. Fails on anything else.
llvm::FailureOr<std::string> jsonText(mlir::Attribute attribute);

} // namespace dlc::package

#endif
