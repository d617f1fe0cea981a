// What the lowerings of all families share while one kernel goes from graph to linalg.
#ifndef DLC_PASSES_LOWER_KERNELLOWERING_H
#define DLC_PASSES_LOWER_KERNELLOWERING_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::lower {

/// A graph value on its way: either elements of a tensor, found through a map from the value's own index to the
/// tensor's (so that a broadcast, a transpose or a slice costs nothing), or one scalar that every element equals.
struct Lowered {
  mlir::Value tensor;
  mlir::AffineMap view;
  mlir::Value scalar;  // set instead of tensor; of the element type, i1 for bools
  bool isPart = false; // the tensor is longer than the value in some dimension: it does not tell how far loops run

  bool isScalar() const { return scalar != nullptr; }
};

/// An input of a linalg.generic: the value, read at map(loop indices).
struct Read {
  mlir::Value value; // of the graph
  mlir::AffineMap map;
};

class KernelLowering;
using Lowering = llvm::LogicalResult (*)(KernelLowering &, mlir::Operation *);
using LoweringTable = llvm::StringMap<Lowering>;

/// Writes the body of a generic: \p elements are the read scalars (bools as i1), then the accumulators; gives the
/// scalars to yield.
using BodyBuilder =
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, mlir::Location, mlir::ValueRange elements)>;

class KernelLowering {
public:
  KernelLowering(mlir::func::FuncOp target, llvm::ArrayRef<std::string> symbols);

  mlir::OpBuilder builder; // at the end of the target's body

  /// Index value of a size; computed once, at the top.
  mlir::Value sizeValue(const graph::SymbolicSize &size);

  void define(mlir::Value graphValue, Lowered lowered) { values[graphValue] = lowered; }
  const Lowered &lowered(mlir::Value graphValue) const { return values.at(graphValue); }

  /// A tensor that holds exactly the value's elements in its own layout (copied if it was only a view).
  mlir::Value materialize(mlir::Value graphValue);

  /// `tensor.empty` for a graph type; bools as i8.
  mlir::Value empty(mlir::Location loc, mlir::RankedTensorType graphType);
  /// A tensor of \p value everywhere: what a reduction starts from.
  mlir::Value filled(mlir::Location loc, mlir::RankedTensorType graphType, mlir::TypedAttr value);

  /// A generic over \p loops dimensions. Outputs start as \p inits (element type of memory) with \p outMaps.
  /// Scalars among the reads are captured. Bools are converted at the border.
  llvm::SmallVector<mlir::Value> generic(mlir::Location loc, llvm::ArrayRef<Read> reads, mlir::ValueRange inits,
                                         llvm::ArrayRef<mlir::AffineMap> outMaps,
                                         llvm::ArrayRef<mlir::utils::IteratorType> iterators, BodyBuilder body,
                                         llvm::StringRef unitAttribute = "");

  /// The same with loops of constant \p lengths that no operand shows: \p lengthMap picks them from the loops.
  llvm::SmallVector<mlir::Value> overWindows(mlir::Location loc, Read read, llvm::ArrayRef<int64_t> lengths,
                                             mlir::AffineMap lengthMap, mlir::ValueRange inits,
                                             llvm::ArrayRef<mlir::AffineMap> outMaps,
                                             llvm::ArrayRef<mlir::utils::IteratorType> iterators, BodyBuilder body);

  /// Defines the result of \p op as `sum of lhs * rhs` with loops [the result's dimensions…, the summed…].
  void defineSumOfProducts(mlir::Operation *op, Read lhs, Read rhs, unsigned parallelLoops);

  /// Makes a copy of \p operand, read at \p map, if it hides the length of a loop from \p firstLoop on.
  void makeSizesReadable(mlir::Value operand, mlir::AffineMap map, unsigned firstLoop);

  /// Defines \p result by an all-parallel generic over its own index; \p reads have maps from that index.
  void defineElementwise(mlir::Value result, llvm::ArrayRef<Read> reads, BodyBuilder body);
  /// Reads all operands of \p op at the result's index.
  void defineElementwise(mlir::Operation *op, BodyBuilder body);

  mlir::AffineMap identity(mlir::Value graphValue);

private:
  struct LoopLengths {
    mlir::Value tensor; // of their sizes; never read
    mlir::AffineMap map;
  };
  llvm::SmallVector<mlir::Value> generic(mlir::Location loc, llvm::ArrayRef<Read> reads, const LoopLengths &lengths,
                                         mlir::ValueRange inits, llvm::ArrayRef<mlir::AffineMap> outMaps,
                                         llvm::ArrayRef<mlir::utils::IteratorType> iterators, BodyBuilder body,
                                         llvm::StringRef unitAttribute);

  mlir::func::FuncOp target;
  llvm::StringMap<mlir::Value> symbolArguments;
  llvm::StringMap<mlir::Value> sizes;
  llvm::DenseMap<mlir::Value, Lowered> values;
};

/// The type a tensor has in memory: without names of sizes, bools as i8.
mlir::RankedTensorType memoryType(mlir::RankedTensorType graphType);

/// The lowest value of an element type, which every element of a maximum replaces.
mlir::TypedAttr lowestOf(mlir::Builder builder, mlir::Type element);
/// Whether \p x takes the place of \p best in the search of the first extreme: it is beyond it, or the first NaN.
mlir::Value isBetter(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Value best, bool greatest);

// One for each family.
void addElementwiseLowerings(LoweringTable &table);
void addContractionLowerings(LoweringTable &table);
void addConvolutionLowerings(LoweringTable &table);
void addPoolingLowerings(LoweringTable &table);
void addReductionLowerings(LoweringTable &table);
void addControlLowerings(LoweringTable &table);
void addShapeLowerings(LoweringTable &table);
void addIndexingLowerings(LoweringTable &table);
void addRandomLowerings(LoweringTable &table);

} // namespace dlc::lower

#endif
