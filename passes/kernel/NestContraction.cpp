// Contractions: tiles of accumulators in registers, the reduced loop innermost, element-wise consumers on the tile.
#include "passes/kernel/ContractionTile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

/// Consumers with more operations than this per tile run in a loop over its rows, through a buffer on the stack.
static constexpr int64_t kMaxUnrolledConsumers = 320;
/// Operations that a transcendental function expands to.
static constexpr int64_t kTranscendentalCost = 12;

/// A tile at a place: first row and column, and how many columns are left when it is at the edge.
struct PlacedTile {
  Tile tile;
  Value row; ///< null without rows
  Value column;
  Value active; ///< columns in use; null: all
};

class ContractionEmitter {
public:
  explicit ContractionEmitter(NestEmitter &nest)
      : nest(nest), builder(nest.builder),
        tiling(ContractionTiling::of(nest.dag, nest.nest, nest.target, nest.shape)), lanes(nest.shape.lanes) {}

  void emit(IndexRange range);

private:
  using Accumulators = SmallVector<Value>;

  void emitTiles(IndexRange rows, IndexRange columns);
  void emitPanels(const Tile &tile, Value rowLow, Value rowHigh, IndexRange columns);
  void emitRows(Tile tile, Value rowLow, Value rowHigh, Value column, Value active);
  void emitTile(const PlacedTile &tile);

  Accumulators reduce(const PlacedTile &tile, const Phase &phase, Accumulators initial);
  Accumulators reduceSpan(const PlacedTile &tile, const Phase &phase, const Span &span, Accumulators initial);
  Accumulators multiplyAdd(const PlacedTile &tile, const Phase &phase, ValueRange accumulators);

  /// Calls \p body for every vector of the tile with the indices set.
  void overTile(const PlacedTile &tile, function_ref<void(int64_t index, const Lanes &lanes)> body);
  Lanes lanesOf(const PlacedTile &tile, int64_t vector);
  void placeAt(const PlacedTile &tile, Value row, Value column);
  VectorType vectorType() const;

  void consume(const PlacedTile &tile, ArrayRef<Accumulators> sums);
  void consumeByRows(const PlacedTile &tile, ArrayRef<Accumulators> sums);
  void consumeVector(ArrayRef<Value> sums, const Lanes &lanes);
  int64_t consumerCost() const;

  Accumulators partialSums(const PlacedTile &tile, Accumulators zeros);
  void consumeOrKeep(const PlacedTile &tile, ArrayRef<Accumulators> sums);
  const Store &partialStore() const;

  NestEmitter &nest;
  LoopBuilder &builder;
  ContractionTiling tiling;
  int64_t lanes;
  IndexRange reduced;  ///< the present block of the reduced dimension, when it is blocked
  Value firstBlock;    ///< i1, when it is blocked
  Value lastBlock;
  Value rowBuffer;
};

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
    builder.loop(builder.index(0), end, tiling.reducedBlock, [&](Value block) {
      Value next = builder.add(block, tiling.reducedBlock);
      reduced = {block, builder.min(next, end)};
      firstBlock = builder.make<arith::CmpIOp>(block, arith::CmpIPredicate::eq, block, builder.index(0));
      lastBlock = builder.make<arith::CmpIOp>({next, end}, arith::CmpIPredicate::sge, next, end);
      emitTiles(rows, columns);
    });
  });
}

void ContractionEmitter::emitTiles(IndexRange rows, IndexRange columns) {
  if (!tiling.rows)
    return emitPanels(tiling.main, Value(), Value(), columns);
  if (rows.single)
    return emitPanels(tiling.main, rows.low, Value(), columns);
  Value next = rows.low;
  auto upTo = [&](const Tile &tile) {
    Value end = builder.add(next, builder.roundDown(builder.sub(rows.high, next), tile.rows));
    if (end != next)
      emitPanels(tile, next, end, columns);
    next = end;
  };
  upTo(tiling.main);
  for (const Tile &tile : tiling.ladder)
    upTo(tile);
}

/// Panels of columns outside, rows inside: a panel of B stays in the cache for all rows.
void ContractionEmitter::emitPanels(const Tile &tile, Value rowLow, Value rowHigh, IndexRange columns) {
  int64_t width = tile.vectors * lanes;
  Value end = builder.add(columns.low, builder.roundDown(builder.sub(columns.high, columns.low), width));
  builder.loop(columns.low, end, width, [&](Value column) { emitRows(tile, rowLow, rowHigh, column, Value()); });
  Value left = builder.sub(columns.high, end);
  if (auto known = LoopBuilder::constantOf(left)) {
    if (*known > 0)
      emitRows({tile.rows, static_cast<int64_t>(llvm::divideCeil(*known, lanes))}, rowLow, rowHigh, end, *known % lanes ? left : Value());
    return;
  }
  if (divisorOf(tiling.columns.size) % width == 0)
    return;
  builder.loop(end, columns.high, lanes, [&](Value column) {
    emitRows({tile.rows, 1}, rowLow, rowHigh, column, builder.sub(columns.high, column));
  });
}

void ContractionEmitter::emitRows(Tile tile, Value rowLow, Value rowHigh, Value column, Value active) {
  if (!rowHigh)
    return emitTile({tile, rowLow, column, active});
  builder.loop(rowLow, rowHigh, tile.rows, [&](Value row) { emitTile({tile, row, column, active}); });
}

VectorType ContractionEmitter::vectorType() const {
  return VectorType::get(lanes, getElementTypeOrSelf(nest.nest.phases.front().result()));
}

Lanes ContractionEmitter::lanesOf(const PlacedTile &tile, int64_t vector) {
  if (!tile.active || vector + 1 < tile.tile.vectors)
    return {lanes, Value()};
  Value first = builder.index(vector * lanes);
  auto active = LoopBuilder::constantOf(tile.active);
  Value left = active ? builder.index(*active - vector * lanes) : builder.sub(tile.active, first);
  return {lanes, maskOf(builder, left, lanes)};
}

void ContractionEmitter::placeAt(const PlacedTile &tile, Value row, Value column) {
  if (tiling.rows)
    nest.place(*tiling.rows, {row});
  nest.place(tiling.columns, {column, 1});
}

void ContractionEmitter::overTile(const PlacedTile &tile, function_ref<void(int64_t, const Lanes &)> body) {
  for (int64_t row = 0; row < tile.tile.rows; ++row)
    for (int64_t vector = 0; vector < tile.tile.vectors; ++vector) {
      placeAt(tile, tile.row ? builder.add(tile.row, row) : Value(), builder.add(tile.column, vector * lanes));
      body(row * tile.tile.vectors + vector, lanesOf(tile, vector));
    }
}

ContractionEmitter::Accumulators ContractionEmitter::multiplyAdd(const PlacedTile &tile, const Phase &phase,
                                                                ValueRange accumulators) {
  linalg::GenericOp generic = phase.generic();
  Accumulators results(accumulators);
  overTile(tile, [&](int64_t index, const Lanes &lanes) {
    Indices loops = nest.loopsAt(phase, generic);
    Value lhs = builder.broadcast(nest.elements.operand(generic, 0, loops, lanes), lanes.width);
    Value rhs = builder.broadcast(nest.elements.operand(generic, 1, loops, lanes), lanes.width);
    results[index] = builder.pure("vector.fma", results[index].getType(), {lhs, rhs, results[index]});
  });
  return results;
}

/// One loop over the reduced span. Few accumulators are not enough to keep the multiply-add units busy: then several
/// sets take turns and are added at the end, always in the same order.
ContractionEmitter::Accumulators ContractionEmitter::reduceSpan(const PlacedTile &tile, const Phase &phase,
                                                               const Span &span, Accumulators initial) {
  IndexRange range = tiling.reducedBlock ? reduced : nest.fullRange(span);
  int64_t sets = ContractionTiling::setsFor(tile.tile);
  size_t count = initial.size();
  Value zero = builder.constant(cast<TypedAttr>(builder.here().getZeroAttr(vectorType())));
  Accumulators all(initial);
  all.append(count * (sets - 1), zero);
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

/// Where partial sums wait for the next block of the reduced dimension.
const Store &ContractionEmitter::partialStore() const {
  Value sum = nest.nest.phases.front().result();
  const Store *place = nullptr;
  for (const Store &store : nest.nest.stores)
    if (store.value == sum || (!place && getElementTypeOrSelf(store.value) == getElementTypeOrSelf(sum)))
      place = &store;
  return *place;
}

ContractionEmitter::Accumulators ContractionEmitter::partialSums(const PlacedTile &tile, Accumulators zeros) {
  if (!tiling.reducedBlock)
    return zeros;
  SmallVector<Type> types(zeros.size(), vectorType());
  return builder.when(
      firstBlock, types, [&] { return zeros; },
      [&] {
        Accumulators sums(zeros.size());
        overTile(tile, [&](int64_t index, const Lanes &lanes) {
          sums[index] = nest.elements.loadResult(partialStore(), nest.keptAt(), lanes);
        });
        return sums;
      });
}

void ContractionEmitter::consumeOrKeep(const PlacedTile &tile, ArrayRef<Accumulators> sums) {
  if (!tiling.reducedBlock)
    return consume(tile, sums);
  auto nothing = [](function_ref<void()> body) { body(); return SmallVector<Value>(); };
  builder.when(
      lastBlock, {}, [&] { return nothing([&] { consume(tile, sums); }); },
      [&] {
        return nothing([&] {
          overTile(tile, [&](int64_t index, const Lanes &lanes) {
            nest.elements.store(partialStore(), nest.keptAt(), lanes, sums.front()[index]);
          });
        });
      });
}

void ContractionEmitter::emitTile(const PlacedTile &tile) {
  Value zero = builder.constant(cast<TypedAttr>(builder.here().getZeroAttr(vectorType())));
  SmallVector<Accumulators> sums;
  for (const Phase &phase : nest.nest.phases)
    sums.push_back(reduce(tile, phase, partialSums(tile, Accumulators(tile.tile.rows * tile.tile.vectors, zero))));
  consumeOrKeep(tile, sums);
}

int64_t ContractionEmitter::consumerCost() const {
  int64_t cost = 0;
  SmallPtrSet<Operation *, 16> seen;
  SmallVector<Value> open;
  for (const Store &store : nest.nest.stores)
    open.push_back(store.value);
  while (!open.empty()) {
    Value value = open.pop_back_val();
    auto generic = value.getDefiningOp<linalg::GenericOp>();
    if (!generic || nest.dag.kindOf(value) != ValueKind::Elementwise || !seen.insert(generic).second)
      continue;
    for (Operation &op : *generic.getBody())
      cost += isa<math::MathDialect>(op.getDialect()) ? kTranscendentalCost : 1;
    llvm::append_range(open, generic.getDpsInputs());
  }
  return cost;
}

void ContractionEmitter::consumeVector(ArrayRef<Value> sums, const Lanes &lanes) {
  for (auto [phase, sum] : llvm::zip_equal(nest.nest.phases, sums))
    nest.elements.know(phase.result(), nest.keptAt(), lanes, sum);
  nest.finish(lanes);
}

void ContractionEmitter::consume(const PlacedTile &tile, ArrayRef<Accumulators> sums) {
  int64_t vectors = tile.tile.rows * tile.tile.vectors;
  if (tile.tile.rows > 1 && consumerCost() * vectors > kMaxUnrolledConsumers)
    return consumeByRows(tile, sums);
  overTile(tile, [&](int64_t index, const Lanes &lanes) {
    SmallVector<Value> values;
    for (const Accumulators &sum : sums)
      values.push_back(sum[index]);
    consumeVector(values, lanes);
  });
}

void ContractionEmitter::consumeByRows(const PlacedTile &tile, ArrayRef<Accumulators> sums) {
  int64_t vectors = tile.tile.vectors, rowWidth = vectors * lanes, size = tile.tile.rows * rowWidth;
  VectorType type = vectorType();
  if (!rowBuffer) {
    int64_t largest = tiling.main.rows * tiling.main.vectors;
    for (const Tile &other : tiling.ladder)
      largest = std::max(largest, other.rows * other.vectors);
    auto memref = MemRefType::get({largest * lanes * static_cast<int64_t>(sums.size())}, type.getElementType());
    OpBuilder entry = builder.atEntry();
    rowBuffer = memref::AllocaOp::create(entry, builder.loc, memref, entry.getI64IntegerAttr(64));
  }
  for (auto [phase, sum] : llvm::enumerate(sums))
    for (auto [index, value] : llvm::enumerate(sum))
      vector::StoreOp::create(builder.here(), builder.loc, value, rowBuffer,
                              builder.index(phase * size + index * lanes));
  builder.loop(builder.index(0), builder.index(tile.tile.rows), 1, [&](Value row) {
    for (int64_t vector = 0; vector < vectors; ++vector) {
      placeAt(tile, builder.add(tile.row, row), builder.add(tile.column, vector * lanes));
      SmallVector<Value> values;
      for (size_t phase = 0; phase < sums.size(); ++phase) {
        Value offset = builder.add(builder.mul(row, rowWidth), phase * size + vector * lanes);
        values.push_back(vector::LoadOp::create(builder.here(), builder.loc, type, rowBuffer, offset));
      }
      consumeVector(values, lanesOf(tile, vector));
    }
  });
}

void NestEmitter::emitContraction(IndexRange range) { ContractionEmitter(*this).emit(range); }

} // namespace dlc::kernel
