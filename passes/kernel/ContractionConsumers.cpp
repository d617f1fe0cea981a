// What happens to the sums of a tile: element-wise consumers on the registers, or, when the reduced dimension is done
// in blocks, a place to wait in.
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ContractionEmitter.h"

using namespace mlir;

namespace dlc::kernel {

/// Consumers with more operations than this per tile run in a loop over its vectors, through a buffer on the stack:
/// small code, and they are not what takes the time.
static constexpr int64_t kMaxUnrolledConsumers = 96;
/// Operations that a transcendental function expands to.
static constexpr int64_t kTranscendentalCost = 12;

/// Where partial sums wait for the next block of the reduced dimension.
ContractionEmitter::Accumulators ContractionEmitter::partialSums(const PlacedTile &tile, Accumulators zeros) {
  if (!tiling.reducedBlock)
    return zeros;
  SmallVector<Type> types(zeros.size(), vectorType());
  return builder.when(
      firstBlock, types, [&] { return zeros; },
      [&] {
        Accumulators sums(zeros.size());
        overTile(tile, [&](int64_t index, const Lanes &lanes) {
          sums[index] = nest.elements.loadResult(*partialStore(nest.dag, nest.nest), nest.keptAt(), lanes);
        });
        return sums;
      });
}

void ContractionEmitter::consumeOrKeep(const PlacedTile &tile, ArrayRef<Accumulators> sums) {
  if (!tiling.reducedBlock)
    return consume(tile, sums);
  builder.when(
      lastBlock, {},
      [&] {
        consume(tile, sums);
        return SmallVector<Value>();
      },
      [&] {
        overTile(tile, [&](int64_t index, const Lanes &lanes) {
          nest.elements.store(*partialStore(nest.dag, nest.nest), nest.keptAt(), lanes, sums.front()[index]);
        });
        return SmallVector<Value>();
      });
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
  if (tile.count() > 1 && consumerCost() * tile.count() > kMaxUnrolledConsumers)
    return consumeInLoop(tile, sums);
  overTile(tile, [&](int64_t index, const Lanes &lanes) {
    SmallVector<Value> values;
    for (const Accumulators &sum : sums)
      values.push_back(sum[index]);
    consumeVector(values, lanes);
  });
}

Value ContractionEmitter::stackBuffer(int64_t vectors) {
  auto memref = MemRefType::get({vectors * lanes}, vectorType().getElementType());
  OpBuilder entry = builder.atEntry();
  return memref::AllocaOp::create(entry, builder.loc, memref, entry.getI64IntegerAttr(64));
}

void ContractionEmitter::consumeInLoop(const PlacedTile &tile, ArrayRef<Accumulators> sums) {
  int64_t rowWidth = tile.panel.vectors * lanes, size = tile.count() * lanes;
  if (!rowBuffer)
    rowBuffer = stackBuffer(tiling.largestTile() * sums.size());
  for (auto [phase, sum] : llvm::enumerate(sums))
    for (auto [index, value] : llvm::enumerate(sum))
      vector::StoreOp::create(builder.here(), builder.loc, value, rowBuffer,
                              builder.index(phase * size + index * lanes));
  Value zero = builder.index(0);
  builder.loop(zero, builder.index(tile.rows), 1, [&](Value row) {
    builder.loop(zero, builder.index(rowWidth), lanes, [&](Value column) {
      placeAt(tile.row ? builder.add(tile.row, row) : Value(), builder.add(tile.panel.column, column));
      SmallVector<Value> values;
      for (size_t phase = 0; phase < sums.size(); ++phase) {
        Value offset = builder.add(builder.add(builder.mul(row, rowWidth), column), phase * size);
        values.push_back(vector::LoadOp::create(builder.here(), builder.loc, vectorType(), rowBuffer, offset));
      }
      Value mask = tile.panel.active ? maskOf(builder, builder.sub(tile.panel.active, column), lanes) : Value();
      consumeVector(values, {lanes, mask});
    });
  });
}

} // namespace dlc::kernel
