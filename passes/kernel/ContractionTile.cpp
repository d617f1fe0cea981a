// Choice of tiles. Measured on AVX-512 machines (docs/codegen): with B streamed from its plain row-major place, two
// vectors per row are best, 8 rows of them, 12 where B's rows are a multiple of 4 KiB apart (cache-set conflicts).
#include "passes/kernel/ContractionTile.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

/// 4 cycles of latency on 2 ports: fewer independent multiply-adds leave them idle.
static constexpr int64_t kMinAccumulators = 8;
static constexpr int64_t kPageBytes = 4096;
/// Rows of B per pass where they are a multiple of 4 KiB apart.
static constexpr int64_t kConflictBlock = 256;
/// Longest reduced dimension done in one pass when there are many rows; beyond it, B's panel leaves the L2 cache.
static constexpr int64_t kLongest = 2048;
static constexpr int64_t kLongBlock = 1024;
static constexpr int64_t kManyRows = 256;

/// Whether input \p input of \p generic moves with any dimension of \p span.
static bool dependsOn(const Nest &nest, const Phase &phase, linalg::GenericOp generic, unsigned input,
                      const Span &span) {
  SmallVector<AffineExpr, 4> loops = loopsOf(nest, phase, generic);
  AffineMap map = generic.getMatchingIndexingMap(generic.getDpsInputOperand(input));
  for (AffineExpr expr : map.getResults())
    for (unsigned dim = span.first; dim <= span.last; ++dim)
      if (expr.replaceDims(loops).isFunctionOfDim(dim))
        return true;
  return false;
}

/// Whether stepping along the reduced dimension of some operand jumps by a multiple of 4 KiB.
static bool hasConflictingStride(const KernelDag &dag, const Nest &nest, const Phase &phase) {
  linalg::GenericOp generic = phase.generic();
  for (OpOperand *input : generic.getDpsInputOperands()) {
    SmallVector<AffineExpr, 4> loops = loopsOf(nest, phase, generic);
    SymbolicSize stride(1);
    AffineMap map = generic.getMatchingIndexingMap(input);
    ArrayRef<SymbolicSize> sizes = dag.sizesOf(input->get());
    for (unsigned position = map.getNumResults(); position-- > 0;) {
      auto dim = dyn_cast<AffineDimExpr>(map.getResult(position).replaceDims(loops));
      if (dim && dim.getPosition() >= phase.firstDim && sizes[position] != SymbolicSize(1) && stride.isConstant()) {
        unsigned bits = getElementTypeOrSelf(input->get().getType()).getIntOrFloatBitWidth();
        int64_t bytes = stride.constant() * bits / 8;
        if (bytes > 0 && bytes % kPageBytes == 0)
          return true;
      }
      stride = stride * sizes[position];
    }
  }
  return false;
}

static int64_t blockFor(const KernelDag &dag, const Nest &nest, const std::optional<Span> &rows, bool conflict) {
  const Phase &phase = nest.phases.front();
  unsigned reducedSpans = llvm::count_if(nest.spans, [&](const Span &span) { return span.first >= nest.kept; });
  if (nest.phases.size() != 1 || reducedSpans != 1)
    return 0;
  // Partial sums wait in a result of the same type.
  Type type = getElementTypeOrSelf(phase.result());
  if (llvm::none_of(nest.stores, [&](const Store &store) { return getElementTypeOrSelf(store.value) == type; }))
    return 0;
  const SymbolicSize &reduced = nest.spans.back().size;
  if (conflict)
    return reduced.isConstant() && reduced.constant() <= kConflictBlock ? 0 : kConflictBlock;
  bool many = rows && rows->size.isConstant() && rows->size.constant() >= kManyRows;
  return many && reduced.isConstant() && reduced.constant() > kLongest ? kLongBlock : 0;
}

/// Fewer rows get more vectors each, so that there are enough accumulators and B is read in longer pieces.
static Tile narrower(int64_t rows, const Tile &main, int64_t columnVectors, int64_t registers) {
  int64_t widest = registers >= 32 ? 8 : 4;
  int64_t vectors = main.vectors;
  while (vectors < widest && rows * vectors < kMinAccumulators && vectors * 2 <= columnVectors &&
         rows * vectors * 2 + vectors * 2 + 1 <= registers)
    vectors *= 2;
  return {rows, vectors};
}

static void chooseTiles(ContractionTiling &tiling, int64_t contractions, bool conflict, const KernelTarget &target,
                        int64_t lanes) {
  const SymbolicSize &columns = tiling.columns.size;
  int64_t columnVectors = columns.isConstant() ? llvm::divideCeil(columns.constant(), lanes) : 64;
  bool many = target.registers >= 32;
  tiling.main.vectors = columnVectors >= 2 ? 2 : 1;
  tiling.main.rows = tiling.main.vectors == 2 ? (many ? (conflict ? 12 : 8) : 6) : (many ? 16 : 12);
  // One set of accumulators per contraction.
  tiling.main.rows = std::max<int64_t>(1, tiling.main.rows / contractions);
  if (!tiling.rows)
    tiling.main.rows = 1;
  else if (tiling.rows->size.isConstant())
    tiling.main.rows = std::min(tiling.main.rows, tiling.rows->size.constant());
  for (int64_t rows = tiling.main.rows / 2; rows > 0; rows /= 2)
    tiling.ladder.push_back(narrower(rows, tiling.main, columnVectors, target.registers / contractions));
  if (tiling.main.rows < 4)
    tiling.main = narrower(tiling.main.rows, tiling.main, columnVectors, target.registers / contractions);
}

ContractionTiling ContractionTiling::of(const KernelDag &dag, const Nest &nest, const KernelTarget &target,
                                        VectorShape shape) {
  SmallVector<Span> kept;
  for (const Span &span : nest.spans)
    if (span.first < nest.kept)
      kept.push_back(span);
  ContractionTiling tiling{kept.back(), std::nullopt, {}, {}, {}};
  const Phase &phase = nest.phases.front();
  linalg::GenericOp generic = phase.generic();
  unsigned vectorInput = dependsOn(nest, phase, generic, 1, tiling.columns) ? 1 : 0;
  for (const Span &span : llvm::reverse(ArrayRef(kept).drop_back())) {
    bool own = !dependsOn(nest, phase, generic, vectorInput, span);
    if (own && !tiling.rows)
      tiling.rows = span;
    else
      tiling.outer.insert(tiling.outer.begin(), span);
  }
  bool conflict = hasConflictingStride(dag, nest, phase);
  chooseTiles(tiling, nest.phases.size(), conflict, target, shape.lanes);
  tiling.reducedBlock = blockFor(dag, nest, tiling.rows, conflict);
  return tiling;
}

int64_t ContractionTiling::setsFor(const Tile &tile) {
  int64_t accumulators = tile.rows * tile.vectors, sets = 1;
  while (accumulators * sets < kMinAccumulators)
    sets *= 2;
  return sets;
}

int64_t contractionGrain(const KernelDag &dag, const Nest &nest, const KernelTarget &target, VectorShape shape) {
  ContractionTiling tiling = ContractionTiling::of(dag, nest, target, shape);
  unsigned first = nest.spans.front().first;
  if (tiling.rows && tiling.rows->first == first)
    return tiling.main.rows;
  return tiling.columns.first == first ? tiling.main.vectors * shape.lanes : 1;
}

} // namespace dlc::kernel
