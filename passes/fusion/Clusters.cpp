#include "passes/fusion/Clusters.h"

#include "passes/fusion/IndexMaps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

Clusters::Clusters(const DataFlow &flow, const StoredValues &values, const NominalSizes &sizes)
    : flow(flow), values(values), sizes(sizes) {
  for (Operation *op : flow.ops()) {
    bool isRoot = llvm::any_of(op->getResults(), [&](Value result) { return values.isStored(result); });
    if (isRoot || kindOf(op) == FusionKind::Contraction)
      addRoot(op);
  }
  for (Operation *root : roots)
    collectReads(root);
}

void Clusters::addRoot(Operation *op) {
  clusterOfRoot[op] = clusters.size();
  roots.push_back(op);
  Cluster &cluster = clusters.emplace_back();
  cluster.roots.push_back(op);
  cluster.phase = flow.phaseOf(op);
}

std::optional<unsigned> Clusters::clusterOf(Value source) const {
  Operation *op = source.getDefiningOp();
  auto found = op ? clusterOfRoot.find(op) : clusterOfRoot.end();
  return found == clusterOfRoot.end() ? std::nullopt : std::optional(found->second);
}

// From the root back to what it reads, through everything that is computed on the way. A value may be reached on
// several ways: then the reads are what holds on all of them.
void Clusters::collectReads(Operation *root) {
  llvm::SetVector<Operation *> &ops = clusters[clusterOfRoot[root]].ops;
  llvm::MapVector<Value, Read> found;
  llvm::DenseSet<std::pair<Operation *, unsigned>> seen;
  auto visit = [&](auto &&visit, Operation *op, bool pointwise, bool rows) -> void {
    if (!seen.insert({op, pointwise | (rows << 1)}).second)
      return;
    ops.insert(op);
    for (OpOperand &operand : op->getOpOperands()) {
      Operation *producer = operand.get().getDefiningOp();
      bool view = producer && isView(producer);
      Value source = view ? stripReshapes(operand.get()) : operand.get();
      bool points = pointwise && isPointwise(operand) && !view, inRows = rows && keepsRows(operand) && !view;
      bool ends = view || values.isInMemory(source) || kindOf(source.getDefiningOp()) == FusionKind::Contraction;
      if (!ends) {
        visit(visit, producer, points, inRows);
        continue;
      }
      Read &read = found.insert({source, Read{source, true, true, false}}).first->second;
      read.pointwise &= points;
      read.rows &= inRows;
      read.view |= view;
    }
  };
  visit(visit, root, true, true);
  for (auto &[source, read] : found) {
    reads[root].push_back(read);
    readers[source].push_back(root);
  }
}

SmallVector<std::pair<unsigned, bool>> Clusters::dependencesOf(unsigned index) const {
  llvm::MapVector<unsigned, bool> found;
  for (Operation *root : clusters[index].roots)
    for (const Read &read : reads.lookup(root))
      if (std::optional<unsigned> other = clusterOf(read.source); other && *other != index)
        found[*other] |= read.view;
  return llvm::to_vector_of<std::pair<unsigned, bool>>(found);
}

bool Clusters::dependsThroughOther(unsigned from, unsigned to) const {
  llvm::DenseSet<unsigned> seen = {from, to};
  SmallVector<unsigned> pending;
  auto push = [&](unsigned index, bool isFirst) {
    for (auto [other, view] : dependencesOf(index)) {
      if (other == to && !isFirst)
        return true;
      if (seen.insert(other).second)
        pending.push_back(other);
    }
    return false;
  };
  if (push(from, true))
    return true;
  while (!pending.empty())
    if (push(pending.pop_back_val(), false))
      return true;
  return false;
}

bool Clusters::readsBetween(unsigned a, unsigned b, function_ref<bool(const Read &)> allowed) const {
  auto oneWay = [&](unsigned reader, unsigned source) {
    return llvm::all_of(clusters[reader].roots, [&](Operation *root) {
      return llvm::all_of(reads.lookup(root), [&](const Read &read) {
        std::optional<unsigned> cluster = clusterOf(read.source);
        return !cluster || *cluster != source || (!read.view && allowed(read));
      });
    });
  };
  return oneWay(a, b) && oneWay(b, a);
}

bool Clusters::areConnected(unsigned a, unsigned b) const {
  return !readsBetween(a, b, [](const Read &) { return false; });
}

bool Clusters::canJoin(unsigned a, unsigned b) const {
  return clusters[a].phase == clusters[b].phase && !dependsThroughOther(a, b) && !dependsThroughOther(b, a);
}

static SmallVector<graph::SymbolicSize> spaceOf(Operation *root) {
  return graph::sizesOf(cast<RankedTensorType>(root->getResult(0).getType()));
}

// One loop over one space: element-wise roots, and at most one contraction whose results are that space.
bool Clusters::sharesSpace(unsigned a, unsigned b) const {
  SmallVector<graph::SymbolicSize> space = spaceOf(clusters[a].roots.front());
  unsigned contractions = 0;
  for (unsigned index : {a, b})
    for (Operation *root : clusters[index].roots) {
      FusionKind kind = kindOf(root);
      if (kind == FusionKind::Reduction || kind == FusionKind::Opaque || spaceOf(root) != space)
        return false;
      contractions += kind == FusionKind::Contraction;
    }
  // What only reads the same data has no business in a contraction's registers.
  if (contractions == 1 && !areConnected(a, b))
    return false;
  return contractions <= 1 && readsBetween(a, b, [](const Read &read) { return read.pointwise; });
}

// One loop over rows: element-wise roots and reductions within rows. Without a reduction there is nothing to gain.
bool Clusters::sharesRows(unsigned a, unsigned b) const {
  std::optional<graph::SymbolicSize> rows;
  bool reduces = false;
  for (unsigned index : {a, b})
    for (Operation *root : clusters[index].roots) {
      FusionKind kind = kindOf(root);
      SmallVector<graph::SymbolicSize> space = spaceOf(root);
      if (kind == FusionKind::Contraction || kind == FusionKind::Opaque || space.empty())
        return false;
      if (kind == FusionKind::Reduction && !keepsRows(root->getOpOperand(0)))
        return false;
      if (rows.value_or(space[0]) != space[0])
        return false;
      rows = space[0];
      reduces |= kind == FusionKind::Reduction;
    }
  return reduces && sizes.of(*rows) > 1 && readsBetween(a, b, [](const Read &read) { return read.rows; });
}

void Clusters::merge(unsigned into, unsigned from) {
  for (Operation *root : clusters[from].roots)
    clusterOfRoot[root] = into;
  llvm::append_range(clusters[into].roots, clusters[from].roots);
  llvm::sort(clusters[into].roots, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  clusters[into].ops.insert(clusters[from].ops.begin(), clusters[from].ops.end());
  clusters[from].roots.clear();
  clusters[from].ops.clear();
}

// Clusters whose values the root reads, the latest first; then those that read the same data.
SmallVector<unsigned> Clusters::candidatesFor(Operation *root) const {
  llvm::SetVector<unsigned> found;
  SmallVector<Read> sources = reads.lookup(root);
  llvm::stable_sort(sources, [](const Read &a, const Read &b) {
    Operation *left = a.source.getDefiningOp(), *right = b.source.getDefiningOp();
    return left && (!right || (left != right && right->isBeforeInBlock(left)));
  });
  for (const Read &read : sources)
    if (std::optional<unsigned> cluster = clusterOf(read.source))
      found.insert(*cluster);
  for (const Read &read : sources)
    if (cast<RankedTensorType>(read.source.getType()).getRank() != 0 && (read.pointwise || read.rows))
      for (Operation *other : readers.lookup(read.source))
        found.insert(clusterOfRoot.lookup(other));
  found.remove(clusterOfRoot.lookup(root));
  return found.takeVector();
}

Operation *Clusters::join() {
  // First the epilogues: those contractions have no other place.
  for (Operation *root : roots)
    for (const Read &read : reads.lookup(root)) {
      if (values.isInMemory(read.source))
        continue;
      Operation *contraction = read.source.getDefiningOp();
      unsigned into = clusterOfRoot.lookup(contraction), from = clusterOfRoot.lookup(root);
      if (into == from)
        continue;
      if (!canJoin(into, from) || !sharesSpace(into, from))
        return contraction;
      merge(into, from);
    }
  for (Operation *root : roots)
    for (unsigned other : candidatesFor(root)) {
      unsigned own = clusterOfRoot.lookup(root);
      if (own != other && (sharesSpace(other, own) || sharesRows(other, own)) && canJoin(other, own))
        merge(other, own);
    }
  compact();
  return nullptr;
}

void Clusters::compact() {
  llvm::erase_if(clusters, [](const Cluster &cluster) { return cluster.roots.empty(); });
  for (auto [index, cluster] : llvm::enumerate(clusters))
    for (Operation *root : cluster.roots)
      clusterOfRoot[root] = index;
}
