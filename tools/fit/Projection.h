// A named value of a model as points in a plane: what its numbers know of the examples, or of the rows of a table.
#ifndef DLC_TOOLS_FIT_PROJECTION_H
#define DLC_TOOLS_FIT_PROJECTION_H

#include "tools/fit/Answers.h"
#include "tools/fit/SvgChart.h"
#include <string>
#include <vector>

namespace dlc::fit {

struct Projection {
  std::string title, remark;
  std::vector<Chart> charts; // principal components, t-SNE
};

/// Throws a Problem (Usage) unless each name is an output of `predict` with two or more numbers for each example, or a
/// parameter of two dimensions, such as the table of an embedding.
void checkProjections(const Program &program, const std::vector<std::string> &names);

/// Of an output over the rows of a dataset, coloured by class where the target says it; or of a parameter's rows, which
/// are named by the letters of the recipe's alphabet, if it has as many. Of more than 1,000 rows a sample by the
/// recipe's seed; rows that are not finite are left out.
Projection project(const std::string &name, const Variables &variables, const Recipe &recipe,
                   const std::vector<Predictions> &outputs, const Dataset &data, RowRange rows);

} // namespace dlc::fit

#endif
