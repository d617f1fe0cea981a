#include "passes/kernel/NestEmitter.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/ContractionTile.h"
#include <numeric>

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

NestEmitter::NestEmitter(const KernelDag &dag, const Nest &nest, const KernelTarget &target, VectorShape shape,
                         LoopBuilder &builder, ElementEmitter &elements)
    : dag(dag), nest(nest), target(target), shape(shape), builder(builder), elements(elements) {
  at.assign(nest.sizes.size(), LaneIndex{builder.index(0)});
}

void NestEmitter::emit(IndexRange range) {
  elements.setOwn(nest.stores);
  switch (nest.kind) {
  case NestKind::Elementwise:
    return emitElementwise(range);
  case NestKind::RowReduction:
  case NestKind::ColumnReduction:
    return emitReduction(range);
  case NestKind::Contraction:
    return emitContraction(range);
  case NestKind::Scatter:
    return emitScatter(range);
  }
}

int64_t NestEmitter::grain() const {
  ArrayRef<Span> kept = keptSpans();
  if (nest.kind == NestKind::Contraction)
    return contractionGrain(dag, nest, target, shape);
  if (nest.kind == NestKind::ColumnReduction && kept.size() == 1)
    return columnShape().lanes * columnShape().unroll;
  if (const Span *along = transposedSpan())
    return along->first == kept.front().first ? shape.lanes : 1;
  bool vectorized = kept.size() == 1 && nest.kind != NestKind::RowReduction && nest.kind != NestKind::Scatter;
  return vectorized ? shape.lanes * shape.unroll : 1;
}

ArrayRef<Span> NestEmitter::keptSpans() const {
  return ArrayRef(nest.spans).take_while([&](const Span &span) { return span.first < nest.kept; });
}

SmallVector<Span> NestEmitter::spansOf(const Phase &phase) const {
  SmallVector<Span> spans;
  for (const Span &span : nest.spans)
    if (span.first >= phase.firstDim && span.first < phase.firstDim + phase.count)
      spans.push_back(span);
  return spans;
}

IndexRange NestEmitter::fullRange(const Span &span) { return {builder.index(0), builder.size(span.size)}; }

void NestEmitter::place(const Span &span, LaneIndex index) {
  at[span.first] = index;
  for (unsigned dim = span.first + 1; dim <= span.last; ++dim)
    if (nest.sizes[dim] != SymbolicSize(1)) {
      at[dim] = LaneIndex{builder.index(0)};
      at[dim].absorbed = true;
    }
}

Indices NestEmitter::loopsAt(const Phase &phase, linalg::GenericOp generic) const {
  Indices loops;
  for (AffineExpr expr : loopsOf(nest, phase, generic))
    loops.push_back(at[cast<AffineDimExpr>(expr).getPosition()]);
  return loops;
}

void NestEmitter::overSpans(ArrayRef<Span> spans, IndexRange range, function_ref<void()> body) {
  if (spans.empty())
    return body();
  auto inside = [&](Value index) {
    place(spans.front(), {index});
    overSpans(spans.drop_front(), spans.size() > 1 ? fullRange(spans[1]) : IndexRange(), body);
  };
  if (range.single)
    return inside(range.low);
  builder.loop(range.low, range.high, 1, inside);
}

void NestEmitter::finish(const Lanes &lanes) { finishAt(keptAt(), lanes); }

void NestEmitter::finishAt(ArrayRef<LaneIndex> place, const Lanes &lanes) {
  // All values first: a result may be stored over an input that another value reads at this index.
  SmallVector<Value> values;
  for (const Store &store : nest.stores)
    values.push_back(elements.compute(store.value, place, lanes));
  for (auto [store, value] : llvm::zip_equal(nest.stores, values))
    elements.store(store, place, lanes, value);
}

int64_t divisorOf(const SymbolicSize &size) {
  int64_t divisor = 0;
  for (const SymbolicSize::Term &term : size.terms())
    divisor = std::gcd(divisor, term.coefficient);
  return divisor;
}

Value maskOf(LoopBuilder &builder, Value active, int64_t width) {
  auto type = VectorType::get(width, builder.here().getI1Type());
  auto count = LoopBuilder::constantOf(active);
  if (!count)
    return builder.pure("vector.create_mask", type, {active});
  SmallVector<bool> bits(width);
  for (int64_t lane = 0; lane < width; ++lane)
    bits[lane] = lane < *count;
  return builder.constant(DenseElementsAttr::get(type, ArrayRef<bool>(bits)));
}

VectorLoop::VectorLoop(LoopBuilder &builder, IndexRange range, const SymbolicSize &size, VectorShape shape)
    : builder(builder), range(range), lanes(shape.lanes) {
  auto low = LoopBuilder::constantOf(range.low), high = LoopBuilder::constantOf(range.high);
  if (low && high)
    count = *high - *low;
  int64_t unroll = shape.unroll;
  while (unroll > 1 && size.isConstant() && size.constant() < unroll * lanes)
    unroll /= 2;
  bool enough = !count || *count >= unroll * lanes;
  main = unroll > 1 && enough ? unroll * lanes : 0;
  int64_t divisor = divisorOf(size);
  rest = count ? (main ? *count % main : *count) != 0 : !main || divisor % main != 0;
  masked = count ? *count % lanes != 0 : divisor % lanes != 0;
}

SmallVector<Value> VectorLoop::run(ValueRange initial, Body body) {
  SmallVector<Value> carried(initial);
  Value next = range.low;
  if (main) {
    Value end = builder.add(range.low, builder.roundDown(builder.sub(range.high, range.low), main));
    carried = builder.loop(next, end, main, carried,
                           [&](Value index, ValueRange values) { return body(index, Lanes{main, Value()}, values); });
    next = end;
  }
  if (!rest)
    return carried;
  Value full = masked && !count ? next : builder.add(next, builder.roundDown(builder.sub(range.high, next), lanes));
  carried = builder.loop(next, full, lanes, carried,
                         [&](Value index, ValueRange values) { return body(index, Lanes{lanes, Value()}, values); });
  if (!masked)
    return carried;
  return builder.loop(full, range.high, lanes, carried, [&](Value index, ValueRange values) {
    Value mask = maskOf(builder, builder.sub(range.high, index), lanes);
    return body(index, Lanes{lanes, mask}, values);
  });
}

void VectorLoop::run(function_ref<void(Value, const Lanes &)> body) {
  run({}, [&](Value index, const Lanes &lanes, ValueRange) {
    body(index, lanes);
    return SmallVector<Value>();
  });
}

} // namespace dlc::kernel
