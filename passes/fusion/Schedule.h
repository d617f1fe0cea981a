// Which clusters share a kernel, and the order of the kernels.
#ifndef DLC_PASSES_FUSION_SCHEDULE_H
#define DLC_PASSES_FUSION_SCHEDULE_H

#include "passes/fusion/Clusters.h"

namespace dlc::fusion {

/// One kernel: its clusters in an order in which they can run.
struct Kernel {
  llvm::SmallVector<unsigned> clusters;
  int64_t parallelWork = 0; // flops that would run on several threads if the cluster were alone
};

/// Kernels in the order in which they run. Clusters of less than \p maxChainedWork parallel flops share kernels, as
/// few as the data's order allows: between two large clusters in a row of dependences there is at most one such kernel,
/// unless their work adds up to more than the maximum.
llvm::SmallVector<Kernel> scheduleKernels(const Clusters &clusters, const DataFlow &flow, const NominalSizes &sizes,
                                          int64_t maxChainedWork);

/// Flops of a cluster that could run in parallel; 0 when its results are too few to be worth a second thread.
int64_t parallelWorkOf(const Cluster &cluster, const NominalSizes &sizes);

} // namespace dlc::fusion

#endif
