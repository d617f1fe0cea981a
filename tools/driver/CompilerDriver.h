// The compiler as a library: a source file in, one of its forms out.
#ifndef DLC_TOOLS_DRIVER_COMPILERDRIVER_H
#define DLC_TOOLS_DRIVER_COMPILERDRIVER_H

#include "tools/driver/Phase.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace dlc {

struct CompileOptions {
  std::string input;                                     // path of a .dl or .mlir file
  std::optional<std::string> text;                       // its contents, if not to be read
  Phase from = Phase::Source, emit = Phase::Program;
  std::string dtype = "f32";                             // what `T` stands for: f32 or f64
  std::string model;                                     // empty: the only one, or the trained one
  std::string target;                                    // x86-64-v2|v3|v4; empty: this CPU
  std::vector<std::pair<std::string, std::string>> sets; // overrides, values as in the language
  std::vector<std::string> disabledPasses;               // flags without dashes
  std::vector<std::string> enabledPasses;                // of those that run on request only
  bool requireTrain = false;                             // a model without a train block is an error
  bool gradients = false;                                // also make @gradients
  bool explain = false;                                  // remarks of the fusion pass
  bool color = false;
};

enum class Severity { Error, Warning, Remark, Note };

struct Message {
  Severity severity;
  std::string file;
  unsigned line = 0, column = 0;
  std::string text;
  std::string rendered; // with place, source line and caret; ends in a newline
};

/// Told about messages and about the time that each step took.
struct CompileObserver {
  std::function<void(const Message &)> message;
  std::function<void(llvm::StringRef step, double seconds)> timing;
};

class CompilerDriver {
public:
  CompilerDriver(CompileOptions options, CompileObserver observer);
  ~CompilerDriver();

  /// The requested form: text, or bytes for Obj and Program. Failure has been reported to the observer.
  mlir::FailureOr<std::string> compile();

  /// The module in the form of \p phase: Graph, Grad or Fused. Null: a failure that has been reported.
  mlir::OwningOpRef<mlir::ModuleOp> moduleAt(Phase phase);

  /// A file could not be read: the failure is not the input's fault.
  bool ioFailure() const { return unreadable; }

private:
  mlir::LogicalResult checkOptions();
  mlir::LogicalResult checkForm(mlir::ModuleOp module);
  mlir::FailureOr<std::string> readInput();
  mlir::OwningOpRef<mlir::ModuleOp> load();
  mlir::LogicalResult runSteps(mlir::ModuleOp module, Phase phase);
  mlir::FailureOr<std::string> emitKernels(mlir::ModuleOp module);
  mlir::FailureOr<std::string> emitProgram(mlir::ModuleOp fused);
  std::string print(mlir::ModuleOp module);
  void report(mlir::Diagnostic &diagnostic);
  template <typename Body> auto timed(llvm::StringRef what, Body body);

  CompileOptions options;
  CompileObserver observer;
  std::unique_ptr<mlir::MLIRContext> ctx;
  std::vector<std::pair<std::string, std::string>> sources; // path as in locations, text
  std::string portableIr;                                   // bytecode of the graph form
  bool unreadable = false;
};

} // namespace dlc

#endif
