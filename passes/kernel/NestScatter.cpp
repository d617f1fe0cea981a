// Scatter-add: clears the result, then adds the updates one after the other, each in vectors along its row.
#include "passes/kernel/NestEmitter.h"
#include "passes/kernel/ReductionKind.h"

using namespace mlir;

namespace dlc::kernel {

void NestEmitter::emitScatter(IndexRange) {
  const Phase &phase = nest.phases.front();
  linalg::GenericOp generic = phase.generics.front();
  ScatterReduction scatter = *ScatterReduction::match(generic);
  AssociativeReduction sum = *AssociativeReduction::match(generic);
  unsigned rowDim = cast<AffineDimExpr>(loopsOf(nest, phase, generic)[scatter.dim]).getPosition();
  Value initial = elements.scalar(initialValue(generic, 0));

  Span all{0, nest.kept - 1, 1};
  while (nest.sizes[all.first] == graph::SymbolicSize(1) && all.first < all.last)
    ++all.first;
  for (const graph::SymbolicSize &size : nest.keptSizes())
    all.size = all.size * size;
  VectorLoop clear(builder, fullRange(all), all.size, shape);
  clear.run([&](Value index, const Lanes &lanes) {
    place(all, {index, 1});
    for (const Store &store : nest.stores)
      elements.store(store, keptAt(), lanes, initial);
  });

  SmallVector<Span> along;
  for (const Span &span : keptSpans())
    if (span.first != rowDim)
      along.push_back(span);
  at.assign(nest.sizes.size(), LaneIndex{builder.index(0)});
  auto addAt = [&](const Lanes &lanes) {
    Value update = elements.bodyValue(generic, scatter.update, loopsAt(phase, generic), lanes, {});
    Indices place(keptAt());
    place[rowDim] = {elements.bodyValue(generic, scatter.position, loopsAt(phase, generic), {}, {})};
    for (const Store &store : nest.stores) {
      Value old = elements.loadResult(store, place, lanes);
      elements.store(store, place, lanes, sum.combine(builder, old, update));
    }
  };
  SmallVector<Span> updates = spansOf(phase);
  overSpans(updates, updates.empty() ? IndexRange() : fullRange(updates.front()), [&] {
    if (along.empty())
      return addAt({});
    overSpans(ArrayRef(along).drop_back(), fullRange(along.front()), [&] {
      VectorLoop loop(builder, fullRange(along.back()), along.back().size, {shape.lanes, 1});
      loop.run([&](Value index, const Lanes &lanes) {
        place(along.back(), {index, 1});
        addAt(lanes);
      });
    });
  });
}

} // namespace dlc::kernel
