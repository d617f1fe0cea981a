// Compiles kernels in linalg form to machine code and runs them, and interprets the same text one element at a time.
#ifndef DLC_TEST_UNIT_PASSES_KERNEL_KERNELRUNNER_H
#define DLC_TEST_UNIT_PASSES_KERNEL_KERNELRUNNER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "runtime/abi/KernelAbi.h"
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dlc::test {

using SymbolValues = std::map<std::string, int64_t>;

/// One dense tensor in memory, 64-byte aligned, with room after its end that stays as it was filled.
class Buffer {
public:
  Buffer() = default;
  Buffer(mlir::Type element, std::vector<int64_t> shape);

  mlir::Type element;
  std::vector<int64_t> shape;

  int64_t count() const;
  size_t bytes() const;
  void *data() const { return storage.get(); }
  double at(int64_t index) const;
  void set(int64_t index, double value);
  int64_t integerAt(int64_t index) const;
  void setInteger(int64_t index, int64_t value);
  /// Whether nothing wrote behind the last element.
  bool isIntact() const;

private:
  struct Free {
    void operator()(void *memory) const;
  };
  size_t elementBytes() const;
  std::unique_ptr<void, Free> storage;
};

/// A module of kernels, as text in linalg form, compiled for one level of the processor.
class CompiledKernels {
public:
  /// Empty \p level: the host's. Errors go to standard error; then isValid() is false.
  CompiledKernels(const std::string &text, const std::string &level);
  ~CompiledKernels();

  bool isValid() const { return image != nullptr; }
  abi::KernelEntry entry(const std::string &kernel) const;
  /// The kernel before it was vectorized.
  mlir::func::FuncOp source(const std::string &kernel) const;
  /// The kernel in vector form.
  mlir::func::FuncOp vectorized(const std::string &kernel) const;
  int64_t parallelRange(const std::string &kernel, const SymbolValues &symbols) const;
  int64_t grain(const std::string &kernel) const;
  std::vector<int64_t> symbolsInOrder(const SymbolValues &symbols) const;

  double compileSeconds = 0;
  size_t codeBytes = 0;

private:
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> original;
  mlir::OwningOpRef<mlir::ModuleOp> vectors;
  std::map<std::string, int64_t> offsets;
  std::vector<std::string> symbolNames;
  void *image = nullptr;
  size_t imageBytes = 0;
};

/// Buffers for the inputs (filled with pseudo-random numbers) and results of \p kernel.
std::vector<Buffer> makeInputs(mlir::func::FuncOp kernel, const SymbolValues &symbols, unsigned seed);
std::vector<Buffer> makeResults(mlir::func::FuncOp kernel, const SymbolValues &symbols);

/// The results of \p kernel (linalg form), computed element by element in double precision.
std::vector<Buffer> interpret(mlir::func::FuncOp kernel, const std::vector<Buffer> &inputs,
                              const SymbolValues &symbols);

} // namespace dlc::test

#endif
