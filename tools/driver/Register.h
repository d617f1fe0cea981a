// Names everything that is ours to MLIR: dialects and passes.
#ifndef DLC_TOOLS_DRIVER_REGISTER_H
#define DLC_TOOLS_DRIVER_REGISTER_H

namespace mlir {
class DialectRegistry;
}

namespace dlc {

/// The dialects graph and plan, the upstream ones that lowering passes through, and their external models.
void registerDialects(mlir::DialectRegistry &registry);

/// Every pass of passes/ and backends/, by its flag.
void registerPasses();

} // namespace dlc

#endif
