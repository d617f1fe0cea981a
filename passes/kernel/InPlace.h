// Which results of a planned kernel may be written over which inputs.
#ifndef DLC_PASSES_KERNEL_INPLACE_H
#define DLC_PASSES_KERNEL_INPLACE_H

#include "passes/kernel/KernelTarget.h"
#include "passes/kernel/NestEmitter.h"
#include "passes/kernel/NestPlan.h"

namespace dlc::kernel {

/// (input, result), numbered among inputs and among results.
using InPlacePair = std::pair<int64_t, int64_t>;

/// All legal pairs. An input may share the result's buffer when every
/// element of it is read before the result's element at the same index is written, whatever the split of the range.
/// \p concurrent: the groups of the plan may run at the same time.
llvm::SmallVector<InPlacePair> inPlacePairs(const KernelDag &dag, const KernelPlan &plan, const KernelTarget &target,
                                            VectorShape shape, bool concurrent);

} // namespace dlc::kernel

#endif
