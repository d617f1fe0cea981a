// Contractions: tiles of accumulators in registers, the reduced loop innermost.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ContractionEmitter.h"

using namespace mlir;

namespace dlc::kernel {

void ContractionEmitter::emit(IndexRange range) {
  unsigned first = nest.keptSpans().front().first;
  auto rangeOf = [&](const Span &span) { return span.first == first ? range : nest.fullRange(span); };
  IndexRange rows, columns = rangeOf(tiling.columns);
  if (tiling.rows)
    rows = rangeOf(*tiling.rows);
  IndexRange outer = tiling.outer.empty() ? IndexRange() : rangeOf(tiling.outer.front());
  nest.overSpans(tiling.outer, outer, [&] {
    if (!tiling.reducedBlock)
      return emitTiles(rows, columns);
    Value end = builder.size(nest.nest.spans.back().size);
    // Without anything to sum up there is one empty block: the epilogue still stores what it makes of 0.
    Value atLeastOne = builder.make<arith::MaxSIOp>({end}, end, builder.index(1));
    builder.loop(builder.index(0), atLeastOne, tiling.reducedBlock, [&](Value block) {
      Value next = builder.add(block, tiling.reducedBlock);
      reduced = {block, builder.min(next, end)};
      firstBlock = builder.make<arith::CmpIOp>(block, arith::CmpIPredicate::eq, block, builder.index(0));
      lastBlock = builder.make<arith::CmpIOp>({next, end}, arith::CmpIPredicate::sge, next, end);
      emitTiles(rows, columns);
    });
  });
}

void ContractionEmitter::emitTiles(IndexRange rows, IndexRange columns) {
  if (!tiling.rows || rows.single) {
    overPanels(tiling.main.vectors, columns,
               [&](const ColumnPanel &panel) { emitTile({1, tiling.rows ? rows.low : Value(), panel}); });
    return;
  }
  auto many = [&] {
    overPanels(tiling.main.vectors, columns, [&](const ColumnPanel &panel) {
      Value next = overRows(tiling.main.rows, rows.low, rows.high, panel);
      for (int64_t count : tiling.ladder)
        next = overRows(count, next, rows.high, panel);
    });
    return SmallVector<Value>();
  };
  if (tiling.few.empty())
    return static_cast<void>(many());
  // Asks for the end of the range, not its length: the last part of a split range must not be treated differently.
  Value few =
      builder.make<arith::CmpIOp>(rows.high, arith::CmpIPredicate::sle, rows.high, builder.index(tiling.fewRows()));
  builder.when(
      few, {},
      [&] {
        Value next = rows.low;
        for (const Tile &tile : tiling.few) {
          Value end;
          overPanels(tile.vectors, columns,
                     [&](const ColumnPanel &panel) { end = overRows(tile.rows, next, rows.high, panel); });
          next = end;
        }
        return SmallVector<Value>();
      },
      many);
}

/// Columns outside, rows inside: a panel of B stays in the cache for all rows.
void ContractionEmitter::overPanels(int64_t vectors, IndexRange columns, function_ref<void(const ColumnPanel &)> body) {
  auto panel = [&](const ColumnPanel &panel) {
    fillPanel(panel);
    body(panel);
  };
  int64_t width = vectors * lanes;
  Value end = builder.add(columns.low, builder.roundDown(builder.sub(columns.high, columns.low), width));
  builder.loop(columns.low, end, width, [&](Value column) { panel({column, vectors, Value()}); });
  Value left = builder.sub(columns.high, end);
  if (auto known = LoopBuilder::constantOf(left)) {
    if (*known > 0)
      panel({end, static_cast<int64_t>(llvm::divideCeil(*known, lanes)), *known % lanes ? left : Value()});
    return;
  }
  if (divisorOf(tiling.columns.size) % width == 0)
    return;
  builder.loop(end, columns.high, lanes, [&](Value column) { panel({column, 1, builder.sub(columns.high, column)}); });
}

Value ContractionEmitter::overRows(int64_t rows, Value low, Value high, const ColumnPanel &panel) {
  Value end = builder.add(low, builder.roundDown(builder.sub(high, low), rows));
  builder.loop(low, end, rows, [&](Value row) { emitTile({rows, row, panel}); });
  return end;
}

VectorType ContractionEmitter::vectorType() const {
  return VectorType::get(lanes, getElementTypeOrSelf(nest.nest.phases.front().result()));
}

Value ContractionEmitter::zero() { return builder.constant(cast<TypedAttr>(builder.here().getZeroAttr(vectorType()))); }

IndexRange ContractionEmitter::reducedRange(const Span &span) {
  return tiling.reducedBlock ? reduced : nest.fullRange(span);
}

Lanes ContractionEmitter::lanesOf(const ColumnPanel &panel, int64_t vector) {
  if (!panel.active || vector + 1 < panel.vectors)
    return {lanes, Value()};
  return {lanes, maskOf(builder, builder.sub(panel.active, builder.index(vector * lanes)), lanes)};
}

void ContractionEmitter::placeAt(Value row, Value column) {
  if (tiling.rows)
    nest.place(*tiling.rows, {row});
  nest.place(tiling.columns, {column, 1});
}

void ContractionEmitter::overTile(const PlacedTile &tile, function_ref<void(int64_t, const Lanes &)> body) {
  for (int64_t row = 0; row < tile.rows; ++row)
    for (int64_t vector = 0; vector < tile.panel.vectors; ++vector) {
      placeAt(tile.row ? builder.add(tile.row, row) : Value(), builder.add(tile.panel.column, vector * lanes));
      body(row * tile.panel.vectors + vector, lanesOf(tile.panel, vector));
    }
}

ContractionEmitter::Accumulators ContractionEmitter::multiplyAdd(const PlacedTile &tile, const Phase &phase,
                                                                 ValueRange accumulators) {
  linalg::GenericOp generic = phase.generic();
  Accumulators results(accumulators);
  SmallVector<Value> panel(tile.panel.vectors);
  overTile(tile, [&](int64_t index, const Lanes &lanes) {
    Indices loops = nest.loopsAt(phase, generic);
    int64_t vector = index % tile.panel.vectors;
    SmallVector<Value, 2> factors;
    for (unsigned input : {0u, 1u}) {
      if (tiling.panel != Panel::None && input == tiling.vectorInput) {
        panel[vector] = panel[vector] ? panel[vector] : panelVector(vector);
        factors.push_back(panel[vector]);
      } else {
        factors.push_back(builder.broadcast(nest.elements.operand(generic, input, loops, lanes), lanes.width));
      }
    }
    results[index] = builder.pure("vector.fma", results[index].getType(), {factors[0], factors[1], results[index]});
  });
  return results;
}

/// One loop over the reduced span. Few accumulators are not enough to keep the multiply-add units busy: then several
/// sets take turns and are added at the end, always in the same order.
ContractionEmitter::Accumulators ContractionEmitter::reduceSpan(const PlacedTile &tile, const Phase &phase,
                                                                const Span &span, Accumulators initial) {
  IndexRange range = reducedRange(span);
  int64_t sets = ContractionTiling::setsFor({tile.rows, tile.panel.vectors});
  size_t count = initial.size();
  Accumulators all(initial);
  all.append(count * (sets - 1), zero());
  Value end = builder.add(range.low, builder.roundDown(builder.sub(range.high, range.low), sets));
  all = builder.loop(range.low, end, sets, all, [&](Value index, ValueRange carried) {
    Accumulators results;
    for (int64_t set = 0; set < sets; ++set) {
      nest.place(span, {builder.add(index, set)});
      llvm::append_range(results, multiplyAdd(tile, phase, carried.slice(set * count, count)));
    }
    return results;
  });
  for (int64_t width = sets; width > 1; width /= 2)
    for (size_t index = 0; index < width / 2 * count; ++index)
      all[index] = builder.pure("arith.addf", vectorType(), {all[index], all[index + width / 2 * count]});
  all.resize(count);
  return builder.loop(end, range.high, 1, all, [&](Value index, ValueRange carried) {
    nest.place(span, {index});
    return multiplyAdd(tile, phase, carried);
  });
}

ContractionEmitter::Accumulators ContractionEmitter::reduce(const PlacedTile &tile, const Phase &phase,
                                                            Accumulators initial) {
  SmallVector<Span> spans = nest.spansOf(phase);
  if (spans.empty())
    return multiplyAdd(tile, phase, initial);
  std::function<Accumulators(ArrayRef<Span>, Accumulators)> nested = [&](ArrayRef<Span> rest, Accumulators carried) {
    if (rest.size() == 1)
      return reduceSpan(tile, phase, rest.front(), carried);
    IndexRange range = nest.fullRange(rest.front());
    return builder.loop(range.low, range.high, 1, carried, [&](Value index, ValueRange values) {
      nest.place(rest.front(), {index});
      return nested(rest.drop_front(), Accumulators(values));
    });
  };
  return nested(spans, initial);
}

void ContractionEmitter::emitTile(const PlacedTile &tile) {
  SmallVector<Accumulators> sums;
  for (const Phase &phase : nest.nest.phases)
    sums.push_back(reduce(tile, phase, partialSums(tile, Accumulators(tile.count(), zero()))));
  consumeOrKeep(tile, sums);
}

void NestEmitter::emitContraction(IndexRange range) { ContractionEmitter(*this).emit(range); }

} // namespace dlc::kernel
