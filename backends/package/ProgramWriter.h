// The last stage: a program in the plan form, native code and data become one program file (docs/program-format.md).
#ifndef DLC_BACKENDS_PACKAGE_PROGRAMWRITER_H
#define DLC_BACKENDS_PACKAGE_PROGRAMWRITER_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>
#include <utility>
#include <vector>

namespace dlc::package {

/// What the runtime must know about a kernel to launch it.
struct KernelFacts {
  std::string name;
  std::string kind;             // "contraction", "elementwise", ...: for profiles only
  graph::SymbolicSize parallel; // trip count of the outermost parallel loop
  int64_t grain = 1;            // tasks begin at multiples of it
};

/// Reads the facts from the attributes kernel.kind, kernel.parallel and kernel.grain of a module in the vector form,
/// in the order \p names (that of the image's table). A kernel without kernel.parallel is never split. Emits an error
/// for a name that is not there.
mlir::FailureOr<std::vector<KernelFacts>> kernelFacts(mlir::ModuleOp kernels, llvm::ArrayRef<std::string> names);

/// Native code of all kernels for one CPU level.
struct KernelImage {
  std::string level;                // x86-64-v4
  unsigned vectorBits = 0;          // 512
  std::vector<char> image;          // position-independent, begins with the table of int64 offsets
  std::vector<KernelFacts> kernels; // one for each entry of the table, in its order
};

struct ProgramInput {
  mlir::ModuleOp plan; // the plan form, after --dlc-assign-buffers
  /// The first of several of one level is the one that runs. All have the same kernels in the same order. None: the
  /// file can be inspected, but not run.
  std::vector<KernelImage> images;
  std::vector<std::pair<std::string, std::string>> sources;  // path as in locations, text
  std::vector<std::pair<std::string, std::string>> metadata; // beside "recipe" and "layers", which are in `plan`
  std::string portableIr;                                    // bytecode of the graph form; may be empty
};

/// The bytes of the file. The same input gives the same bytes: no time, path or name of a machine is put in. Initial
/// values of variables are in the plan (absent: zeros). Emits errors at the place in the module: sizes above the
/// limits of runtime/abi/ProgramNumbers.h, launches of kernels without code, values of unknown kinds.
mlir::FailureOr<std::vector<char>> writeProgram(const ProgramInput &input);

} // namespace dlc::package

#endif
