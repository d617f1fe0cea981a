#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

/// Dimensions [begin, begin + count) of the result.
static SmallVector<int64_t> range(int64_t begin, int64_t count) {
  return llvm::to_vector(llvm::seq<int64_t>(begin, begin + count));
}

/// Transposes \p value so that its dimension i becomes `places[i]`.
static Value moveDims(GradientBuilder &build, Value value, ArrayRef<int64_t> places) {
  if (llvm::equal(places, llvm::seq<int64_t>(0, places.size())))
    return value;
  SmallVector<int64_t> permutation(places.size());
  for (auto [from, to] : llvm::enumerate(places))
    permutation[to] = from;
  return build.make<TransposeOp>(value, permutation);
}

/// Entries of \p partners in the order in which \p dims rise.
static SmallVector<int64_t> partnersInOrder(ArrayRef<int64_t> dims, ArrayRef<int64_t> partners) {
  SmallVector<std::pair<int64_t, int64_t>> pairs =
      llvm::to_vector(llvm::map_range(llvm::zip(dims, partners), [](auto pair) {
        return std::pair<int64_t, int64_t>(std::get<0>(pair), std::get<1>(pair));
      }));
  llvm::sort(pairs);
  return llvm::map_to_vector(pairs, [](auto pair) { return pair.second; });
}

/// result[b, m, n] = sum_k lhs[b, m, k] rhs[b, n, k], so dlhs = dresult . rhs over n and drhs = lhs . dresult over m.
/// The operands are ordered such that a plain matrix product needs no transpose of either gradient.
Value DotGeneralOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  int64_t batches = getLhsBatching().size();
  SmallVector<int64_t> batching = range(0, batches);
  SmallVector<int64_t> lhsFree = getLhsFree(), rhsFree = getRhsFree();
  SmallVector<int64_t> places;
  if (operand == 0) {
    Value product = build.make<DotGeneralOp>(dresult, getRhs(), batching, getRhsBatching(),
                                             range(batches + lhsFree.size(), rhsFree.size()), rhsFree);
    // Its dimensions: batching, free of lhs, contracting in the order of rhs.
    llvm::append_range(places, getLhsBatching());
    llvm::append_range(places, lhsFree);
    llvm::append_range(places, partnersInOrder(getRhsContracting(), getLhsContracting()));
    return moveDims(build, product, places);
  }
  Value product =
      build.make<DotGeneralOp>(getLhs(), dresult, getLhsBatching(), batching, lhsFree, range(batches, lhsFree.size()));
  // Its dimensions: batching, contracting in the order of lhs, free of rhs.
  llvm::append_range(places, getRhsBatching());
  llvm::append_range(places, partnersInOrder(getLhsContracting(), getRhsContracting()));
  llvm::append_range(places, rhsFree);
  return moveDims(build, product, places);
}

} // namespace dlc::graph
