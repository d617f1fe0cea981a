// What ops of the graph dialect share to infer and check types.
#ifndef DLC_IR_GRAPH_TYPEINFERENCE_H
#define DLC_IR_GRAPH_TYPEINFERENCE_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OpDefinition.h"

namespace dlc::graph {

/// True when each dynamic size has a name and the element count fits 64 bits.
bool hasValidSizes(mlir::RankedTensorType type);

/// \p work for each element of the first operand or the first result, whichever has more.
SymbolicSize flopsPerElement(mlir::Operation *op, int64_t work);

/// Checks what inference relies on: operands are ranked tensors with valid sizes. \p name: of the op, in full.
llvm::LogicalResult checkOperands(llvm::StringRef name, std::optional<mlir::Location> location,
                                  mlir::ValueRange operands);

/// All operands have one type, which is the result's.
llvm::LogicalResult inferSameType(llvm::StringRef mnemonic, std::optional<mlir::Location> location,
                                  mlir::ValueRange operands, llvm::SmallVectorImpl<mlir::Type> &results);
/// All operands have one type; the result has its sizes and is a bool.
llvm::LogicalResult inferPredicate(llvm::StringRef mnemonic, std::optional<mlir::Location> location,
                                   mlir::ValueRange operands, llvm::SmallVectorImpl<mlir::Type> &results);

/// The result has the input's type without \p dims (rising), or that type with elements i32.
llvm::LogicalResult inferReduction(llvm::StringRef mnemonic, std::optional<mlir::Location> location, mlir::Value input,
                                   llvm::ArrayRef<int64_t> dims, llvm::SmallVectorImpl<mlir::Type> &results);
llvm::LogicalResult inferArgReduction(llvm::StringRef mnemonic, std::optional<mlir::Location> location,
                                      mlir::Value input, llvm::ArrayRef<int64_t> dims,
                                      llvm::SmallVectorImpl<mlir::Type> &results);

/// Reports faults while types are inferred, when there may be no op yet: "'graph.add' op <what>". Without a location
/// it only fails.
class InferenceError {
public:
  InferenceError(llvm::StringRef mnemonic, std::optional<mlir::Location> location)
      : mnemonic(mnemonic), location(location) {}

  template <typename... Parts> llvm::LogicalResult operator()(Parts &&...parts) const {
    if (!location)
      return llvm::failure();
    mlir::InFlightDiagnostic error = mlir::emitError(*location);
    error << "'graph." << mnemonic << "' op ";
    (error << ... << std::forward<Parts>(parts));
    return error;
  }

private:
  llvm::StringRef mnemonic;
  std::optional<mlir::Location> location;
};

/// Checks that a size that was computed fits 64 bits.
llvm::LogicalResult checkSize(const InferenceError &error, const SymbolicSize &size, int64_t dim);
/// Checks that \p dims are rising and below \p rank. \p name: the attribute, for the message.
llvm::LogicalResult checkRisingDims(const InferenceError &error, llvm::StringRef name, llvm::ArrayRef<int64_t> dims,
                                    int64_t rank);
/// Checks that \p dim is below \p rank.
llvm::LogicalResult checkDim(const InferenceError &error, int64_t dim, int64_t rank);

/// How many windows of \p window elements, \p dilation apart, fit into \p size at steps of \p stride. Fails with an
/// error where none does, where a number is below 1, or where the stride does not divide a symbolic size.
llvm::FailureOr<SymbolicSize> inferWindows(const InferenceError &error, const SymbolicSize &size,
                                           const SymbolicSize &window, int64_t stride, int64_t dilation);
/// The product of the sizes of a window.
int64_t windowElements(llvm::ArrayRef<int64_t> window);

/// "[1, 2]", for messages.
std::string listText(llvm::ArrayRef<int64_t> numbers);

} // namespace dlc::graph

#endif
