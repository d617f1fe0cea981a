// The rows of a cross-validation.
#ifndef DLC_TOOLS_FIT_FOLDS_H
#define DLC_TOOLS_FIT_FOLDS_H

#include "tools/fit/Dataset.h"
#include "tools/fit/Recipe.h"

namespace dlc::fit {

/// The class of each row if the target is one: by the loss, or, for a loss of the user's own, whole numbers or 0 and 1
/// in one column. Else empty.
std::vector<int64_t> classesOfRows(const Dataset &data, const Recipe &recipe);

/// The rows that each fold holds out, in the table's order: shuffled by \p seed, their numbers differ by at most one.
/// Where the target is a class, each class is spread over the folds as evenly as all rows are. Throws a Problem: fewer
/// than 2 folds, more folds than rows, or than rows of a class.
std::vector<std::vector<int64_t>> makeFolds(const Dataset &data, const Recipe &recipe, int64_t folds, int64_t seed);

/// Rows of all folds but one, then those of the one: what TrainingData.order needs.
std::vector<int64_t> foldOrder(int64_t rows, const std::vector<int64_t> &heldOut);

/// Puts the rows that `validation_shuffle` chooses by \p seed behind the others, so that the last ones of
/// `validation_split` are they: of each class its share, as far as whole rows go. Both parts keep the file's order.
void shuffleForSplit(Dataset &data, const Recipe &recipe, int64_t seed);

} // namespace dlc::fit

#endif
