// Columns that are taken in the table's order must be those of training, in the same order: a gene in the place of
// another gives answers without meaning, and no error.
#ifndef DLC_TOOLS_FIT_COLUMNORDER_H
#define DLC_TOOLS_FIT_COLUMNORDER_H

#include "tools/fit/Dataset.h"

namespace dlc::fit {

/// Stands for the names of the inputs' columns and their order. 0: there is nothing to mistake, because the columns are
/// chosen by name or an input has only one.
int64_t columnOrder(const Dataset &data);

/// The order that \p variables remember of their training; 0: none.
int64_t trainedColumns(const Variables &variables);

/// Throws a Problem if \p data has columns in an order, and it is not that of the training data, \p trained.
void checkColumnOrder(int64_t trained, const Dataset &data);

} // namespace dlc::fit

#endif
