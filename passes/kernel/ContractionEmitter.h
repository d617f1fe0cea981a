// Emits the loops of a contraction nest. Tiles and their loops are in NestContraction.cpp, what is done with finished
// sums in ContractionConsumers.cpp, panels of B in ContractionPanel.cpp.
#ifndef DLC_PASSES_KERNEL_CONTRACTIONEMITTER_H
#define DLC_PASSES_KERNEL_CONTRACTIONEMITTER_H

#include "passes/kernel/ContractionTile.h"
#include "passes/kernel/NestEmitter.h"

namespace dlc::kernel {

/// A panel of columns: the first, how many vectors, and how many columns are in use where it is at the edge.
struct ColumnPanel {
  mlir::Value column;
  int64_t vectors;
  mlir::Value active; ///< null: all
};

/// A tile at its place.
struct PlacedTile {
  int64_t rows;
  mlir::Value row; ///< null without rows
  ColumnPanel panel;

  int64_t count() const { return rows * panel.vectors; }
};

class ContractionEmitter {
public:
  explicit ContractionEmitter(NestEmitter &nest)
      : nest(nest), builder(nest.builder), tiling(ContractionTiling::of(nest.dag, nest.nest, nest.target, nest.shape)),
        lanes(nest.shape.lanes) {}

  void emit(IndexRange range);

private:
  using Accumulators = llvm::SmallVector<mlir::Value>;

  void emitTiles(IndexRange rows, IndexRange columns);
  void overPanels(int64_t vectors, IndexRange columns, llvm::function_ref<void(const ColumnPanel &)> body);
  /// Tiles of \p rows rows while they fit; returns the first row left over.
  mlir::Value overRows(int64_t rows, mlir::Value low, mlir::Value high, const ColumnPanel &panel);
  void emitTile(const PlacedTile &tile);

  Accumulators reduce(const PlacedTile &tile, const Phase &phase, Accumulators initial);
  Accumulators reduceSpan(const PlacedTile &tile, const Phase &phase, const Span &span, Accumulators initial);
  Accumulators multiplyAdd(const PlacedTile &tile, const Phase &phase, mlir::ValueRange accumulators);

  /// Calls \p body for every vector of the tile with the indices set.
  void overTile(const PlacedTile &tile, llvm::function_ref<void(int64_t index, const Lanes &lanes)> body);
  Lanes lanesOf(const ColumnPanel &panel, int64_t vector);
  void placeAt(mlir::Value row, mlir::Value column);
  mlir::VectorType vectorType() const;
  mlir::Value zero();
  /// The part of the reduced span that is done now.
  IndexRange reducedRange(const Span &span);

  /// \name Panels of B on the stack
  /// @{
  void fillPanel(const ColumnPanel &panel);
  void copyPanel(const ColumnPanel &panel, const Span &span, IndexRange range);
  void transposePanel(const ColumnPanel &panel, const Span &span, IndexRange range);
  mlir::Value panelVector(int64_t vector);
  mlir::Value panelOffset(mlir::Value reducedIndex, int64_t vectors);
  /// @}

  /// \name Finished and partial sums
  /// @{
  void consume(const PlacedTile &tile, mlir::ArrayRef<Accumulators> sums);
  void consumeInLoop(const PlacedTile &tile, mlir::ArrayRef<Accumulators> sums);
  void consumeVector(mlir::ArrayRef<mlir::Value> sums, const Lanes &lanes);
  int64_t consumerCost() const;
  Accumulators partialSums(const PlacedTile &tile, Accumulators zeros);
  void consumeOrKeep(const PlacedTile &tile, mlir::ArrayRef<Accumulators> sums);
  mlir::Value stackBuffer(int64_t vectors);
  /// @}

  NestEmitter &nest;
  LoopBuilder &builder;
  ContractionTiling tiling;
  int64_t lanes;
  IndexRange reduced;     ///< the present block of the reduced dimension, when it is blocked
  mlir::Value firstBlock; ///< i1, when it is blocked
  mlir::Value lastBlock;
  mlir::Value rowBuffer;
  mlir::Value panelBuffer;
  int64_t panelVectors = 0; ///< of the panel that is in the buffer
};

} // namespace dlc::kernel

#endif
