// Choice of tiles. Measured on AVX-512 machines with B streamed from its plain row-major place: 8 rows of two vectors
// are best, also where rows are a multiple of 4 KiB apart and compete for the 8 or 12 ways of one cache set.
#include "passes/kernel/ContractionTile.h"

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
/// Rows of the largest tile of two vectors.
static constexpr int64_t kEnoughRows = 8;
/// A panel of B on the stack: fits the L1 cache beside the rows of A.
static constexpr int64_t kPanelBytes = 16 * 1024;

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

static int64_t elementBytes(Value tensor) {
  return std::max<int64_t>(1, getElementTypeOrSelf(tensor.getType()).getIntOrFloatBitWidth() / 8);
}

/// Whether stepping along the reduced dimension of input \p input jumps by a multiple of 4 KiB.
static bool hasConflictingStride(const KernelDag &dag, const Nest &nest, const Phase &phase, unsigned input) {
  linalg::GenericOp generic = phase.generic();
  OpOperand *operand = generic.getDpsInputOperand(input);
  SmallVector<AffineExpr, 4> loops = loopsOf(nest, phase, generic);
  SymbolicSize stride(1);
  AffineMap map = generic.getMatchingIndexingMap(operand);
  ArrayRef<SymbolicSize> sizes = dag.sizesOf(operand->get());
  for (unsigned position = map.getNumResults(); position-- > 0;) {
    auto dim = dyn_cast<AffineDimExpr>(map.getResult(position).replaceDims(loops));
    if (dim && dim.getPosition() >= phase.firstDim && sizes[position] != SymbolicSize(1) && stride.isConstant()) {
      int64_t bytes = stride.constant() * elementBytes(operand->get());
      if (bytes > 0 && bytes % kPageBytes == 0)
        return true;
    }
    stride = stride * sizes[position];
  }
  return false;
}

/// The worst stride of what input \p input reads along \p span.
static Stride strideOf(const KernelDag &dag, const Nest &nest, const Phase &phase, unsigned input, const Span &span) {
  AccessSet set(nest.sizes.size());
  AccessCollector(dag, set).addOperand(phase.generic(), input, loopsOf(nest, phase, phase.generic()));
  Stride worst = Stride::Uniform;
  for (const Access &access : set.accesses)
    worst = std::max(worst, strideAlong(dag, access, span.first, span.last));
  return worst;
}

static bool hasOneReducedSpan(const Nest &nest) {
  return nest.phases.size() == 1 &&
         llvm::count_if(nest.spans, [&](const Span &span) { return span.first >= nest.kept; }) == 1;
}

/// Whether fusion asks that \p store be written over an input: partial sums would destroy what is still to be read.
static bool isRequestedInPlace(const KernelDag &dag, const Store &store) {
  auto pairs = dag.function()->getAttrOfType<ArrayAttr>("graph.inout");
  return pairs && llvm::any_of(pairs.getAsRange<DenseI64ArrayAttr>(),
                               [&](DenseI64ArrayAttr pair) { return pair[1] == store.result; });
}

const Store *partialStore(const KernelDag &dag, const Nest &nest) {
  Value sum = nest.phases.front().result();
  const Store *place = nullptr;
  for (const Store &store : nest.stores)
    if (getElementTypeOrSelf(store.value) == getElementTypeOrSelf(sum) && !isRequestedInPlace(dag, store) &&
        (!place || store.value == sum))
      place = &store;
  return place;
}

static void chooseBlocks(ContractionTiling &tiling, const KernelDag &dag, const Nest &nest, int64_t lanes) {
  const Phase &phase = nest.phases.front();
  if (!hasOneReducedSpan(nest))
    return;
  const Span &span = nest.spans.back();
  int64_t length = span.size.isConstant() ? span.size.constant() : INT64_MAX;
  int64_t rows = tiling.rows && tiling.rows->size.isConstant() ? tiling.rows->size.constant() : 0;
  bool across = strideOf(dag, nest, phase, tiling.vectorInput, tiling.columns) >= Stride::Strided;
  bool along = strideOf(dag, nest, phase, tiling.vectorInput, span) == Stride::Contiguous;
  int64_t block = kPanelBytes / (tiling.main.vectors * lanes * elementBytes(phase.result()));
  if (across && (length <= block || partialStore(dag, nest))) {
    tiling.panel = along ? Panel::Transpose : Panel::Copy;
    tiling.reducedBlock = length <= block ? 0 : block;
    return;
  }
  if (!partialStore(dag, nest))
    return;
  bool conflict = hasConflictingStride(dag, nest, phase, 0) || hasConflictingStride(dag, nest, phase, 1);
  if (conflict && length > kConflictBlock)
    tiling.reducedBlock = kConflictBlock;
  else if (rows >= kManyRows && span.size.isConstant() && length > kLongest)
    tiling.reducedBlock = kLongBlock;
}

/// Rows of the tiles for what is left after tiles of \p main rows: only those that can occur.
static SmallVector<int64_t> ladderFor(const std::optional<Span> &rows, int64_t main) {
  SmallVector<int64_t> ladder;
  if (!rows || divisorOf(rows->size) % main == 0)
    return ladder;
  int64_t left = rows->size.isConstant() ? rows->size.constant() % main : main - 1;
  for (int64_t count = main / 2; count > 0; count /= 2)
    if (left >= count) {
      ladder.push_back(count);
      left = rows->size.isConstant() ? left % count : left;
    }
  return ladder;
}

static void chooseTiles(ContractionTiling &tiling, int64_t contractions, const KernelTarget &target, int64_t lanes) {
  const SymbolicSize &columns = tiling.columns.size;
  int64_t columnVectors = columns.isConstant() ? llvm::divideCeil(columns.constant(), lanes) : 64;
  bool many = target.registers >= 32;
  Tile &main = tiling.main;
  main.vectors = columnVectors >= 2 ? 2 : 1;
  main.rows = main.vectors == 2 ? (many ? 8 : 6) : (many ? 16 : 12);
  // One set of accumulators per contraction.
  main.rows = std::max<int64_t>(1, main.rows / contractions);
  // Up to four rows: wider tiles, so that B is read in longer pieces and there are enough accumulators.
  int64_t widest = std::min<int64_t>(many ? 8 : 4, columnVectors);
  bool wide = widest > 2 && contractions == 1 && tiling.rows;
  SmallVector<Tile> few{{4, many ? 4 : 2}, {2, 4}, {1, widest >= 8 ? 8 : 4}};
  if (!tiling.rows)
    main.rows = 1;
  else if (!tiling.rows->size.isConstant())
    tiling.few = wide && main.rows > few.front().rows ? few : SmallVector<Tile>();
  else if (main.rows = std::min(main.rows, tiling.rows->size.constant()); wide)
    for (const Tile &tile : few)
      main = main.rows == tile.rows ? tile : main;
  tiling.ladder = ladderFor(tiling.rows, main.rows);
}

/// Which of \p spans the rows of a tile run along: the last that the operand read in vectors does not move with and that
/// is long enough for a tile, else the longest of them. Null if it moves with all.
static const Span *chooseRows(const Nest &nest, unsigned vectorInput, ArrayRef<Span> spans) {
  const Phase &phase = nest.phases.front();
  auto lengthOf = [](const Span &span) { return span.size.isConstant() ? span.size.constant() : kEnoughRows; };
  const Span *best = nullptr;
  for (const Span &span : llvm::reverse(spans)) {
    if (dependsOn(nest, phase, phase.generic(), vectorInput, span))
      continue;
    if (!best || (lengthOf(*best) < kEnoughRows && lengthOf(span) > lengthOf(*best)))
      best = &span;
  }
  return best;
}

ContractionTiling ContractionTiling::of(const KernelDag &dag, const Nest &nest, const KernelTarget &target,
                                        VectorShape shape) {
  SmallVector<Span> kept;
  for (const Span &span : nest.spans)
    if (span.first < nest.kept)
      kept.push_back(span);
  const Phase &phase = nest.phases.front();
  linalg::GenericOp generic = phase.generic();
  ContractionTiling tiling{kept.back(), std::nullopt, {}, {}, {}, {}, 0, 0, Panel::None};
  tiling.vectorInput = dependsOn(nest, phase, generic, 1, tiling.columns) ? 1 : 0;
  const Span *rows = chooseRows(nest, tiling.vectorInput, ArrayRef(kept).drop_back());
  for (const Span &span : ArrayRef(kept).drop_back()) {
    if (&span == rows)
      tiling.rows = span;
    else
      tiling.outer.push_back(span);
  }
  chooseTiles(tiling, nest.phases.size(), target, shape.lanes);
  chooseBlocks(tiling, dag, nest, shape.lanes);
  if (tiling.panel != Panel::None)
    tiling.few.clear();
  return tiling;
}

int64_t ContractionTiling::largestTile() const {
  int64_t largest = main.rows * main.vectors;
  for (const Tile &tile : few)
    largest = std::max(largest, tile.rows * tile.vectors);
  return largest;
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
