// Reductions. Row nests keep vectors of partial results along the reduced dimension and combine their lanes at the
// end of a row; column nests keep one accumulator per kept element and vectorize over those.
#include "passes/kernel/NestEmitter.h"
#include "passes/kernel/ReductionKind.h"

using namespace mlir;

namespace dlc::kernel {

/// Rows of a column reduction whose sums are kept apart when one row fills a single register only: hides the latency
/// of the addition.
static constexpr int64_t kColumnSets = 4;
/// Accumulators of a plain sum of columns.
static constexpr int64_t kPlainColumnRegisters = 16;

/// Emits one phase at the present kept index and makes its results known there.
class ReductionEmitter {
public:
  ReductionEmitter(NestEmitter &nest, const Phase &phase)
      : nest(nest), builder(nest.builder), phase(phase), spans(nest.spansOf(phase)) {
    for (linalg::GenericOp generic : phase.generics) {
      associative.push_back(AssociativeReduction::match(generic));
      position.push_back(PositionReduction::match(generic));
    }
  }

  void emitRow();
  void emitColumn(const Lanes &lanes);

private:
  bool isVectorizable() const;
  SmallVector<Value> initialLanes(unsigned index, int64_t width);
  Value scalarInitial(unsigned index, unsigned output) {
    return nest.elements.scalar(initialValue(phase.generic(index), output));
  }
  SmallVector<Value> accumulate(unsigned index, const Lanes &lanes, ValueRange accumulators);
  SmallVector<Value> accumulateAll(const Lanes &lanes, ValueRange accumulators);
  SmallVector<Value> overOuter(ArrayRef<Span> outer, ValueRange initial,
                               function_ref<SmallVector<Value>(ValueRange)> innermost);
  void storeScratch(const Lanes &lanes);
  void know(unsigned index, unsigned output, const Lanes &lanes, Value value) {
    nest.elements.know(phase.generic(index).getResult(output), nest.keptAt(), lanes, value);
  }
  void finishRow(unsigned index, ValueRange main, ValueRange rest);
  SmallVector<Value> columnSets(const Span &span, const Lanes &lanes, int64_t sets, ValueRange carried);
  unsigned outputs(unsigned index) { return phase.generic(index).getNumDpsInits(); }

  NestEmitter &nest;
  LoopBuilder &builder;
  const Phase &phase;
  SmallVector<Span> spans;
  SmallVector<std::optional<AssociativeReduction>> associative;
  SmallVector<std::optional<PositionReduction>> position;
};

bool ReductionEmitter::isVectorizable() const {
  for (unsigned index = 0; index < phase.generics.size(); ++index)
    if (!associative[index] && !position[index])
      return false;
  return !spans.empty();
}

SmallVector<Value> ReductionEmitter::initialLanes(unsigned index, int64_t width) {
  if (associative[index])
    return {associative[index]->neutralLanes(builder, width)};
  SmallVector<Value> values;
  for (unsigned output = 0; output < outputs(index); ++output)
    values.push_back(builder.broadcast(scalarInitial(index, output), width));
  return values;
}

/// The accumulators after one more element; lanes that are off keep theirs.
SmallVector<Value> ReductionEmitter::accumulate(unsigned index, const Lanes &lanes, ValueRange accumulators) {
  linalg::GenericOp generic = phase.generics[index];
  Indices loops = nest.loopsAt(phase, generic);
  SmallVector<Value> results;
  if (associative[index]) {
    Value term = nest.elements.bodyValue(generic, associative[index]->term, loops, lanes, {});
    results.push_back(associative[index]->combine(builder, accumulators[0], term));
  } else {
    for (Value yielded : generic.getBody()->getTerminator()->getOperands())
      results.push_back(
          builder.broadcast(nest.elements.bodyValue(generic, yielded, loops, lanes, accumulators), lanes.width));
  }
  return results;
}

SmallVector<Value> ReductionEmitter::accumulateAll(const Lanes &lanes, ValueRange accumulators) {
  SmallVector<Value> results;
  for (unsigned index = 0; index < phase.generics.size(); ++index) {
    llvm::append_range(results, accumulate(index, lanes, accumulators.take_front(outputs(index))));
    accumulators = accumulators.drop_front(outputs(index));
  }
  return results;
}

SmallVector<Value> ReductionEmitter::overOuter(ArrayRef<Span> outer, ValueRange initial,
                                               function_ref<SmallVector<Value>(ValueRange)> innermost) {
  if (outer.empty())
    return innermost(initial);
  IndexRange range = nest.fullRange(outer.front());
  return builder.loop(range.low, range.high, 1, initial, [&](Value index, ValueRange carried) {
    nest.place(outer.front(), {index});
    return overOuter(outer.drop_front(), carried, innermost);
  });
}

void ReductionEmitter::storeScratch(const Lanes &lanes) {
  for (const Store &store : phase.scratch) {
    Indices place(nest.keptAt());
    for (unsigned dim = 0; dim < phase.count; ++dim)
      place.push_back(nest.at[phase.firstDim + dim]);
    nest.elements.store(store, place, lanes, nest.elements.element(store.value, place, lanes));
  }
}

void ReductionEmitter::finishRow(unsigned index, ValueRange main, ValueRange rest) {
  linalg::GenericOp generic = phase.generics[index];
  if (position[index] && !associative[index]) {
    auto [value, place] = position[index]->combineLanes(builder, rest[0], rest[1]);
    know(index, 0, {}, value);
    know(index, 1, {}, place);
    return;
  }
  const AssociativeReduction &reduction = *associative[index];
  Value vector = rest.empty() ? Value() : rest[0];
  if (!main.empty()) {
    Value narrowed = reduction.narrow(builder, main[0], nest.shape.lanes);
    vector = vector ? reduction.combine(builder, narrowed, vector) : narrowed;
  }
  Value result = reduction.combineLanes(builder, vector);
  Attribute initial;
  if (!matchPattern(initialValue(generic, 0), m_Constant(&initial)) || initial != reduction.neutral)
    result = reduction.combine(builder, scalarInitial(index, 0), result);
  know(index, 0, {}, result);
}

void ReductionEmitter::emitRow() {
  if (!isVectorizable())
    return emitColumn({});
  bool single =
      llvm::any_of(llvm::seq<unsigned>(0, phase.generics.size()), [&](unsigned index) { return !associative[index]; });
  VectorShape shape{nest.shape.lanes, single ? 1 : nest.shape.unroll};
  VectorLoop loop(builder, nest.fullRange(spans.back()), spans.back().size, shape);
  if (!loop.mainWidth() && !loop.hasRest())
    return emitColumn({}); // of no elements
  SmallVector<Value> initial;
  auto begin = [&](int64_t width) {
    for (unsigned index = 0; index < phase.generics.size(); ++index)
      llvm::append_range(initial, initialLanes(index, width));
  };
  if (loop.mainWidth())
    begin(loop.mainWidth());
  size_t mainCount = initial.size();
  if (loop.hasRest())
    begin(shape.lanes);
  SmallVector<Value> results = overOuter(ArrayRef(spans).drop_back(), initial, [&](ValueRange outer) {
    return loop.run(outer, [&](Value index, const Lanes &lanes, ValueRange carried) {
      nest.place(spans.back(), {index, 1});
      bool inMain = lanes.width == loop.mainWidth();
      ValueRange before = inMain ? carried.take_front(mainCount) : carried.drop_front(mainCount);
      SmallVector<Value> after = accumulateAll(lanes, before);
      storeScratch(lanes);
      if (lanes.mask)
        for (auto [old, value] : llvm::zip_equal(before, after))
          value = builder.pure("arith.select", value.getType(), {lanes.mask, value, old});
      SmallVector<Value> all(carried);
      llvm::copy(after, all.begin() + (inMain ? 0 : mainCount));
      return all;
    });
  });
  ArrayRef<Value> main = ArrayRef(results).take_front(mainCount), rest = ArrayRef(results).drop_front(mainCount);
  for (unsigned index = 0; index < phase.generics.size(); ++index) {
    unsigned count = outputs(index);
    finishRow(index, main.empty() ? main : main.take_front(count), rest.empty() ? rest : rest.take_front(count));
    main = main.empty() ? main : main.drop_front(count);
    rest = rest.empty() ? rest : rest.drop_front(count);
  }
}

/// The innermost reduced loop with \p sets accumulators per result, combined at its end.
SmallVector<Value> ReductionEmitter::columnSets(const Span &span, const Lanes &lanes, int64_t sets,
                                                ValueRange carried) {
  IndexRange range = nest.fullRange(span);
  size_t count = carried.size();
  SmallVector<Value> initial(carried);
  for (int64_t set = 1; set < sets; ++set)
    for (unsigned index = 0; index < phase.generics.size(); ++index)
      llvm::append_range(initial, initialLanes(index, lanes.width));
  Value end = builder.roundDown(range.high, sets);
  SmallVector<Value> results = builder.loop(range.low, end, sets, initial, [&](Value row, ValueRange values) {
    SmallVector<Value> all;
    for (int64_t set = 0; set < sets; ++set) {
      nest.place(span, {builder.add(row, set)});
      llvm::append_range(all, accumulateAll(lanes, values.slice(set * count, count)));
    }
    return all;
  });
  for (int64_t width = sets; width > 1; width /= 2)
    for (size_t value = 0; value < width / 2 * count; ++value)
      results[value] = associative[value % count]->combine(builder, results[value], results[value + width / 2 * count]);
  results.resize(count);
  return builder.loop(end, range.high, 1, results, [&](Value row, ValueRange values) {
    nest.place(span, {row});
    return accumulateAll(lanes, values);
  });
}

void ReductionEmitter::emitColumn(const Lanes &lanes) {
  SmallVector<Value> initial;
  for (unsigned index = 0; index < phase.generics.size(); ++index)
    for (unsigned output = 0; output < outputs(index); ++output)
      initial.push_back(builder.broadcast(scalarInitial(index, output), lanes.width));
  bool combinable = llvm::all_of(associative, [](const auto &match) { return match.has_value(); });
  int64_t sets = combinable && lanes.width > 1 && lanes.width <= nest.shape.lanes ? kColumnSets : 1;
  SmallVector<Value> results;
  if (spans.empty())
    results = accumulateAll(lanes, initial);
  else
    results = overOuter(ArrayRef(spans).drop_back(), initial,
                        [&](ValueRange carried) { return columnSets(spans.back(), lanes, sets, carried); });
  size_t next = 0;
  for (unsigned index = 0; index < phase.generics.size(); ++index)
    for (unsigned output = 0; output < outputs(index); ++output)
      know(index, output, lanes, results[next++]);
}

/// Plain sums of columns read long pieces of each row: short ones at a large stride would miss the prefetcher.
VectorShape NestEmitter::columnShape() const {
  VectorShape result = shape;
  bool plain = shape.unroll >= 4 && nest.phases.size() == 1 && nest.phases.front().generics.size() == 1;
  if (plain) {
    auto match = AssociativeReduction::match(nest.phases.front().generic());
    plain = match && isa<BlockArgument>(match->term);
  }
  if (plain)
    result.unroll = kPlainColumnRegisters;
  return result;
}

void NestEmitter::emitReduction(IndexRange range) {
  ArrayRef<Span> spans = keptSpans();
  if (nest.kind == NestKind::RowReduction) {
    overSpans(spans, range, [&] {
      for (const Phase &phase : nest.phases)
        ReductionEmitter(*this, phase).emitRow();
      finish({});
    });
    return;
  }
  overSpans(spans.drop_back(), range, [&] {
    const Span &last = spans.back();
    VectorLoop loop(builder, spans.size() == 1 ? range : fullRange(last), last.size, columnShape());
    loop.run([&](Value index, const Lanes &lanes) {
      place(last, {index, 1});
      for (const Phase &phase : nest.phases)
        ReductionEmitter(*this, phase).emitColumn(lanes);
      finish(lanes);
    });
  });
}

} // namespace dlc::kernel
