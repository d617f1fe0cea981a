// The version of the graph dialect in bytecode.
#ifndef DLC_IR_GRAPH_BYTECODEVERSION_H
#define DLC_IR_GRAPH_BYTECODEVERSION_H

#include "mlir/Bytecode/BytecodeImplementation.h"

namespace dlc::graph {

/// Writes the dialect's version into bytecode and refuses newer ones, so that a program file can be recompiled by
/// every later release. A change that old bytecode cannot express raises `kVersion` and adds a step to
/// `upgradeFromVersion`.
class BytecodeVersion : public mlir::BytecodeDialectInterface {
public:
  static constexpr uint64_t kVersion = 1;

  explicit BytecodeVersion(mlir::Dialect *dialect) : BytecodeDialectInterface(dialect) {}
  void writeVersion(mlir::DialectBytecodeWriter &writer) const override;
  std::unique_ptr<mlir::DialectVersion> readVersion(mlir::DialectBytecodeReader &reader) const override;
  llvm::LogicalResult upgradeFromVersion(mlir::Operation *root, const mlir::DialectVersion &version) const override;
};

} // namespace dlc::graph

#endif
