// Turns one function of kernel calls into a plan.function.
#ifndef DLC_PASSES_PLAN_FUNCTIONPLANNER_H
#define DLC_PASSES_PLAN_FUNCTIONPLANNER_H

#include "ir/graph/GraphOps.h"
#include "ir/plan/PlanOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/plan/ProgramBlocks.h"

namespace dlc {

/// The value whose bytes a reshape shows under another shape.
mlir::Value originOf(mlir::Value value);

/// Whether the kernel may write its result number \p output over its argument number \p input.
bool allowsInPlace(graph::LaunchOp launch, int64_t input, int64_t output);

class FunctionPlanner {
public:
  FunctionPlanner(mlir::func::FuncOp function, const VariableBlock &variables, ConstantSegment &constants)
      : function(function), variables(variables), constants(constants) {}

  /// Appends the plan.function at \p builder's insertion point. Fails with an error at the op, argument or result
  /// that is not of the fused form.
  llvm::LogicalResult build(mlir::OpBuilder &builder);

  uint64_t launchCount = 0, inPlaceCount = 0, copyCount = 0;

private:
  /// Where a value's bytes are, if not in the workspace.
  struct Place {
    plan::BufferKind kind;
    uint64_t index;
    bool operator==(const Place &other) const { return kind == other.kind && index == other.index; }
  };
  /// A result of the function: an output port or the new value of a variable.
  struct Result {
    mlir::Value origin;
    Place place;
  };

  llvm::LogicalResult readArguments();
  llvm::LogicalResult readResults();
  llvm::LogicalResult readSteps();
  llvm::FailureOr<Place> placeOfVariable(mlir::StringAttr name, mlir::Type type, llvm::StringRef what);
  void addPort(llvm::SmallVectorImpl<mlir::Attribute> &ports, mlir::StringAttr name, llvm::StringRef role,
               mlir::Value value);

  /// Behind the last guard: readers of a variable before the launch that computes its new value.
  void orderUpdates();
  bool readsOldValue(mlir::Operation *step, mlir::Value argument) const;
  bool mustWait(mlir::Operation *step, llvm::ArrayRef<mlir::Operation *> pending) const;

  void choosePlaces();
  bool canWriteInPlace(const Result &result) const;

  mlir::Value bufferOf(mlir::Value origin);
  mlir::Value makeBuffer(plan::BufferKind kind, mlir::Type element, llvm::StringRef size, mlir::Location location,
                         std::optional<uint64_t> index = std::nullopt);
  mlir::Value makeBuffer(plan::BufferKind kind, mlir::RankedTensorType type, mlir::Location location,
                         std::optional<uint64_t> index = std::nullopt);
  mlir::Value bufferAt(Place place, mlir::RankedTensorType type, mlir::Location location);
  llvm::LogicalResult emitStep(mlir::Operation *step);
  void emitLaunch(graph::LaunchOp launch);

  /// \name Loops: FunctionPlannerLoops.cpp
  /// @{
  llvm::LogicalResult emitScan(graph::ScanOp scan);
  llvm::LogicalResult emitBody(graph::ScanOp scan, mlir::func::FuncOp body);
  void placeCarries(graph::ScanOp scan, mlir::func::FuncOp body);
  mlir::Value elementOf(mlir::Value stack, mlir::Value step);
  /// @}
  void emitCopies();
  void emitCopy(mlir::Value source, mlir::Value target, mlir::Location location);

  mlir::func::FuncOp function;
  const VariableBlock &variables;
  ConstantSegment &constants;

  llvm::SmallVector<mlir::Attribute> inputs, outputs;
  llvm::SmallVector<Result> results;
  llvm::SmallVector<mlir::Operation *> steps;      // launches and guards
  llvm::DenseMap<uint64_t, mlir::Value> oldValues; // variable -> the argument that holds its value before the call
  llvm::DenseMap<mlir::Value, Place> places;

  plan::FunctionOp planned;
  plan::BufferOp lastBuffer;
  mlir::OpBuilder body{static_cast<mlir::MLIRContext *>(nullptr)}; // at the end of the planned function
  llvm::DenseMap<mlir::Value, mlir::Value> bufferOfOrigin;
  llvm::DenseMap<std::pair<unsigned, uint64_t>, mlir::Value> bufferOfPlace;
};

} // namespace dlc

#endif
