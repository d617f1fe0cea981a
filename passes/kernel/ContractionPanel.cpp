// Panels of B on the stack, [reduced index][column], for B that cannot be streamed in vectors from where it lies.
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ContractionEmitter.h"

using namespace mlir;

namespace dlc::kernel {

/// Where the panel keeps the vectors of a reduced index.
Value ContractionEmitter::panelOffset(Value reducedIndex, int64_t vectors) {
  Value relative = tiling.reducedBlock ? builder.sub(reducedIndex, reduced.low) : reducedIndex;
  return builder.mul(relative, vectors * lanes);
}

Value ContractionEmitter::panelVector(int64_t vector) {
  const Span &span = nest.nest.spans.back();
  Value offset = builder.add(panelOffset(nest.at[span.first].base, panelVectors), vector * lanes);
  return vector::LoadOp::create(builder.here(), builder.loc, vectorType(), panelBuffer, offset);
}

void ContractionEmitter::fillPanel(const ColumnPanel &panel) {
  if (tiling.panel == Panel::None)
    return;
  const Span &span = nest.nest.spans.back();
  if (!panelBuffer) {
    int64_t length = tiling.reducedBlock ? tiling.reducedBlock : span.size.constant();
    panelBuffer = stackBuffer(llvm::alignTo(length, lanes) * tiling.main.vectors);
  }
  panelVectors = panel.vectors;
  // Rows are placed by the tiles; the panel does not depend on them.
  if (tiling.rows)
    nest.place(*tiling.rows, {builder.index(0)});
  if (tiling.panel == Panel::Transpose)
    transposePanel(panel, span, reducedRange(span));
  else
    copyPanel(panel, span, reducedRange(span));
}

void ContractionEmitter::copyPanel(const ColumnPanel &panel, const Span &span, IndexRange range) {
  const Phase &phase = nest.nest.phases.front();
  linalg::GenericOp generic = phase.generic();
  builder.loop(range.low, range.high, 1, [&](Value index) {
    nest.place(span, {index});
    for (int64_t vector = 0; vector < panel.vectors; ++vector) {
      nest.place(tiling.columns, {builder.add(panel.column, vector * lanes), 1});
      Value value =
          nest.elements.operand(generic, tiling.vectorInput, nest.loopsAt(phase, generic), lanesOf(panel, vector));
      Value offset = builder.add(panelOffset(index, panel.vectors), vector * lanes);
      vector::StoreOp::create(builder.here(), builder.loc, builder.broadcast(value, lanes), panelBuffer, offset);
    }
  });
}

void ContractionEmitter::transposePanel(const ColumnPanel &panel, const Span &span, IndexRange range) {
  const Phase &phase = nest.nest.phases.front();
  linalg::GenericOp generic = phase.generic();
  Value lastColumn = builder.sub(builder.size(tiling.columns.size), builder.index(1));
  auto square = [&](Value index, Value vectorOffset, const Lanes &along) {
    SmallVector<Value> rows;
    for (int64_t row = 0; row < lanes; ++row) {
      // Columns behind the edge repeat the last one; nobody stores what is computed from them.
      Value column = builder.add(builder.add(panel.column, vectorOffset), row);
      if (panel.active)
        column = builder.min(column, lastColumn);
      nest.place(tiling.columns, {column});
      nest.place(span, {index, 1});
      Value value = nest.elements.operand(generic, tiling.vectorInput, nest.loopsAt(phase, generic), along);
      rows.push_back(builder.broadcast(value, lanes));
    }
    transposeSquare(builder, rows);
    for (int64_t row = 0; row < lanes; ++row) {
      Value offset = builder.add(panelOffset(builder.add(index, row), panel.vectors), vectorOffset);
      vector::StoreOp::create(builder.here(), builder.loc, rows[row], panelBuffer, offset);
    }
  };
  VectorLoop loop(builder, range, span.size, {lanes, 1});
  loop.run([&](Value index, const Lanes &along) {
    builder.loop(builder.index(0), builder.index(panel.vectors * lanes), lanes,
                 [&](Value offset) { square(index, offset, along); });
  });
}

} // namespace dlc::kernel
