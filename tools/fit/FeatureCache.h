// What frozen layers make of the training rows, computed once.
#ifndef DLC_TOOLS_FIT_FEATURECACHE_H
#define DLC_TOOLS_FIT_FEATURECACHE_H

#include "tools/fit/Dataset.h"

namespace dlc::fit {

/// The data of train_step of a program that has the function `features`: its results for every row of \p source, and
/// the other inputs and targets as they are. \p batch: rows of one call. Throws a Problem: cancelled, not finite.
Dataset featuresOf(const Dataset &source, const Program &program, Variables &variables, int64_t batch,
                   const dlc_host *host);

} // namespace dlc::fit

#endif
