// Compiles a kernel in the vector form and calls it, for tests of what generated code computes.
#ifndef DLC_TEST_UNIT_BACKENDS_CPU_KERNELRUNNER_H
#define DLC_TEST_UNIT_BACKENDS_CPU_KERNELRUNNER_H

#include "backends/cpu/ObjectEmitter.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "runtime/abi/KernelAbi.h"
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::test {

/// An image mapped read and execute only, as the runtime does.
class MappedImage {
public:
  explicit MappedImage(KernelImage image);
  ~MappedImage();
  MappedImage(const MappedImage &) = delete;
  MappedImage &operator=(const MappedImage &) = delete;

  const KernelImage &image() const { return content; }
  /// Null for an unknown name.
  abi::KernelEntry find(llvm::StringRef kernel) const;

private:
  KernelImage content;
  char *base = nullptr;
};

/// A context with the dialects of the vector form.
std::unique_ptr<mlir::MLIRContext> makeContext();

/// Parses \p text and runs the CPU pipeline for \p target on it; null (and a message on stderr) on failure.
mlir::OwningOpRef<mlir::ModuleOp> lower(mlir::MLIRContext &context, const std::string &text, const CpuTarget &target);

/// lower, emitImage and mapping; null on failure.
std::unique_ptr<MappedImage> compile(const std::string &text, const CpuTarget &target);

/// \p text with each `$name` replaced by its value.
std::string substitute(std::string text, const std::vector<std::pair<std::string, std::string>> &values);

/// The levels that this machine can run.
std::vector<CpuTarget> runnableTargets();

} // namespace dlc::test

#endif
