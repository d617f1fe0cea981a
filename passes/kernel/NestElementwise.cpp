// Element-wise nests: one flat loop where memory allows, else loops around a vector loop over the last dimension.
#include "passes/kernel/NestEmitter.h"

using namespace mlir;

namespace dlc::kernel {

void NestEmitter::emitElementwise(IndexRange range) {
  ArrayRef<Span> spans = keptSpans();
  if (const Span *along = range.single ? nullptr : transposedSpan())
    return emitTransposed(range, *along);
  bool scalar = spans.empty() || (spans.size() == 1 && range.single);
  if (scalar)
    return overSpans(spans, range, [&] { finish({}); });
  overSpans(spans.drop_back(), range, [&] {
    const Span &last = spans.back();
    VectorLoop loop(builder, spans.size() == 1 ? range : fullRange(last), last.size, shape);
    loop.run([&](Value index, const Lanes &lanes) {
      place(last, {index, 1});
      finish(lanes);
    });
  });
}

} // namespace dlc::kernel
