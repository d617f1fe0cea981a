// Element-wise nests that read across memory what they write along it: squares of lanes x lanes elements are read in
// vectors, transposed in registers and written in vectors, instead of gathering element by element.
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/NestEmitter.h"

using namespace mlir;

namespace dlc::kernel {

void transposeSquare(LoopBuilder &builder, SmallVectorImpl<Value> &square) {
  int64_t size = square.size();
  for (int64_t distance = 1; distance < size; distance *= 2) {
    SmallVector<int64_t> lower, upper;
    for (int64_t lane = 0; lane < size; ++lane) {
      bool high = lane & distance;
      lower.push_back(high ? size + lane - distance : lane);
      upper.push_back(high ? size + lane : lane + distance);
    }
    for (int64_t row = 0; row < size; ++row) {
      if (row & distance)
        continue;
      Value first = square[row], second = square[row + distance];
      square[row] = builder.make<vector::ShuffleOp>({first, second}, first, second, lower);
      square[row + distance] = builder.make<vector::ShuffleOp>({first, second}, first, second, upper);
    }
  }
}

/// The span along which the only value that is read lies in memory, if it is not the last one, which is written along.
const Span *NestEmitter::transposedSpan() const {
  ArrayRef<Span> spans = keptSpans();
  auto inSquares = [&](const Span &span) {
    return span.size.isConstant() && span.size.constant() > 0 && span.size.constant() % shape.lanes == 0;
  };
  auto bits = [](Value value) { return getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth(); };
  if (nest.kind != NestKind::Elementwise || nest.stores.size() != 1 || nest.accesses.accesses.size() != 1 ||
      spans.size() < 2 || !inSquares(spans.back()))
    return nullptr;
  const Access &access = nest.accesses.accesses.front();
  const Span &last = spans.back();
  if (llvm::is_contained(access.indices, AffineExpr()) || bits(access.source) != bits(nest.stores.front().value) ||
      bits(access.source) < 32 || strideAlong(dag, access, last.first, last.last) != Stride::Strided)
    return nullptr;
  for (const Span &span : spans.drop_back())
    if (inSquares(span) && strideAlong(dag, access, span.first, span.last) == Stride::Contiguous)
      return &span;
  return nullptr;
}

void NestEmitter::emitTransposed(IndexRange range, const Span &along) {
  const Span &last = keptSpans().back();
  const Store &store = nest.stores.front();
  Lanes lanes{shape.lanes, Value()};
  SmallVector<Span> others;
  for (const Span &span : keptSpans().drop_back())
    if (span.first != along.first)
      others.push_back(span);
  bool isSplit = along.first == keptSpans().front().first; // the range is that of the squares' rows
  IndexRange rows = isSplit ? range : fullRange(along);
  IndexRange outer = !isSplit ? range : others.empty() ? IndexRange() : fullRange(others.front());
  overSpans(others, outer, [&] {
    builder.loop(rows.low, rows.high, shape.lanes, [&](Value row) {
      builder.loop(builder.index(0), builder.size(last.size), shape.lanes, [&](Value column) {
        SmallVector<Value> square;
        for (int64_t lane = 0; lane < shape.lanes; ++lane) {
          place(along, {row, 1});
          place(last, {builder.add(column, lane)});
          square.push_back(builder.broadcast(elements.compute(store.value, keptAt(), lanes), shape.lanes));
        }
        transposeSquare(builder, square);
        for (int64_t lane = 0; lane < shape.lanes; ++lane) {
          place(along, {builder.add(row, lane)});
          place(last, {column, 1});
          elements.store(store, keptAt(), lanes, square[lane]);
        }
      });
    });
  });
}

} // namespace dlc::kernel
