#include "ir/graph/BytecodeVersion.h"

using namespace mlir;

namespace dlc::graph {

namespace {
struct NumberedVersion : DialectVersion {
  explicit NumberedVersion(uint64_t number) : number(number) {}
  uint64_t number;
};
} // namespace

void BytecodeVersion::writeVersion(DialectBytecodeWriter &writer) const { writer.writeVarInt(kVersion); }

std::unique_ptr<DialectVersion> BytecodeVersion::readVersion(DialectBytecodeReader &reader) const {
  uint64_t number;
  if (failed(reader.readVarInt(number)))
    return nullptr;
  if (number == 0 || number > kVersion) {
    reader.emitError() << "the graph dialect of this compiler is version " << kVersion << ", got bytecode of version "
                       << number << ": use a newer release";
    return nullptr;
  }
  return std::make_unique<NumberedVersion>(number);
}

// Version 1 is the first: nothing to upgrade.
LogicalResult BytecodeVersion::upgradeFromVersion(Operation *, const DialectVersion &) const { return success(); }

} // namespace dlc::graph
