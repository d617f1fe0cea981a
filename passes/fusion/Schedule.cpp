#include "passes/fusion/Schedule.h"

#include "ir/graph/GraphOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

// Fewer results than this are not split among threads: one vector or a few.
static constexpr int64_t kMinParallelElements = 64;

// The work of what no kernel can hold: a loop is a step of its own, however much may be chained.
static constexpr int64_t kNoKernel = std::numeric_limits<int64_t>::max();

// A kernel's code grows with its nests; the calls it saves do not.
static constexpr size_t kMaxClusters = 48;

int64_t dlc::fusion::parallelWorkOf(const Cluster &cluster, const NominalSizes &sizes) {
  bool parallel = llvm::any_of(cluster.roots, [&](Operation *root) {
    auto type = cast<RankedTensorType>(root->getResult(0).getType());
    return !type.hasStaticShape() || sizes.elements(type) >= kMinParallelElements;
  });
  if (!parallel)
    return 0;
  int64_t flops = 0, moved = 0;
  for (Operation *op : cluster.ops)
    flops += sizes.flops(op);
  for (Operation *root : cluster.roots)
    moved += sizes.elements(root->getResult(0).getType());
  return std::max(flops, moved);
}

namespace {

// Clusters of one phase. Stage s: first the small clusters of s, then the large ones of s.
class PhaseSchedule {
public:
  PhaseSchedule(const Clusters &clusters, ArrayRef<unsigned> members, ArrayRef<int64_t> work, int64_t maxChainedWork)
      : clusters(clusters), members(members), work(work), maxChainedWork(maxChainedWork) {}

  void run(SmallVectorImpl<Kernel> &kernels);

private:
  bool isSmall(unsigned index) const { return work[index] != kNoKernel && work[index] <= maxChainedWork; }
  void sort();
  void place();
  void postpone();

  const Clusters &clusters;
  ArrayRef<unsigned> members;
  ArrayRef<int64_t> work;
  int64_t maxChainedWork;
  SmallVector<unsigned> order; // members, what is read before what reads it, else program order
  llvm::DenseMap<unsigned, unsigned> stages;
};

} // namespace

void PhaseSchedule::sort() {
  llvm::DenseSet<unsigned> own(members.begin(), members.end()), done;
  auto visit = [&](auto &&visit, unsigned index) -> void {
    if (!own.contains(index) || !done.insert(index).second)
      return;
    for (auto [other, view] : clusters.dependencesOf(index))
      visit(visit, other);
    order.push_back(index);
  };
  // By the last root: a cluster that gathers from the whole function, as the check of all gradients does, must not pull
  // the products of weight gradients behind the whole backward chain, whose values would have to wait for them.
  SmallVector<unsigned> byLastRoot(members);
  llvm::stable_sort(byLastRoot, [&](unsigned a, unsigned b) {
    return clusters[a].roots.back()->isBeforeInBlock(clusters[b].roots.back());
  });
  for (unsigned index : byLastRoot)
    visit(visit, index);
}

// As early as the data allows.
void PhaseSchedule::place() {
  for (unsigned index : order) {
    unsigned stage = 0;
    for (auto [other, view] : clusters.dependencesOf(index)) {
      auto known = stages.find(other);
      if (known == stages.end())
        continue; // of an earlier phase
      bool nextKernel = isSmall(index) && (!isSmall(other) || view);
      stage = std::max(stage, known->second + nextKernel);
    }
    stages[index] = stage;
  }
}

// Small clusters as late as their readers allow: many meet in one kernel just before a large one, or at the end.
void PhaseSchedule::postpone() {
  unsigned last = 0;
  for (unsigned index : order)
    if (isSmall(index))
      last = std::max(last, stages[index]);
  llvm::DenseMap<unsigned, unsigned> limits;
  for (unsigned index : llvm::reverse(order)) {
    if (isSmall(index))
      stages[index] = limits.count(index) ? std::min(limits[index], last) : last;
    for (auto [other, view] : clusters.dependencesOf(index)) {
      if (!stages.contains(other))
        continue; // of an earlier phase
      unsigned limit = stages[index] - (isSmall(index) && view ? 1 : 0);
      auto [known, isNew] = limits.try_emplace(other, limit);
      known->second = std::min(known->second, limit);
    }
  }
}

void PhaseSchedule::run(SmallVectorImpl<Kernel> &kernels) {
  sort();
  place();
  postpone();
  unsigned stageCount = 0;
  for (auto [index, stage] : stages)
    stageCount = std::max(stageCount, stage + 1);
  for (unsigned stage = 0; stage < stageCount; ++stage) {
    Kernel *open = nullptr;
    for (unsigned index : order) {
      if (!isSmall(index) || stages[index] != stage)
        continue;
      if (!open || open->parallelWork + work[index] > maxChainedWork || open->clusters.size() == kMaxClusters)
        open = &kernels.emplace_back();
      open->clusters.push_back(index);
      open->parallelWork += work[index];
    }
    for (unsigned index : order)
      if (!isSmall(index) && stages[index] == stage)
        kernels.push_back({{index}, work[index]});
  }
}

SmallVector<Kernel> dlc::fusion::scheduleKernels(const Clusters &clusters, const DataFlow &flow,
                                                 const NominalSizes &sizes, int64_t maxChainedWork) {
  SmallVector<SmallVector<unsigned>> phases(flow.phaseCount());
  SmallVector<int64_t> work;
  for (unsigned index = 0; index < clusters.count(); ++index) {
    phases[clusters[index].phase].push_back(index);
    bool isLoop = isa<graph::ScanOp>(clusters[index].roots.front());
    work.push_back(isLoop ? kNoKernel : std::min(parallelWorkOf(clusters[index], sizes), kNoKernel - 1));
  }
  SmallVector<Kernel> kernels;
  for (ArrayRef<unsigned> members : phases)
    PhaseSchedule(clusters, members, work, maxChainedWork).run(kernels);
  return kernels;
}
