// Points of many dimensions drawn in two.
#ifndef DLC_TOOLS_FIT_POINTCLOUD_H
#define DLC_TOOLS_FIT_POINTCLOUD_H

#include "tools/fit/Classification.h"
#include <cstdint>
#include <vector>

namespace dlc::fit {

/// Row by row; all numbers finite.
struct PointCloud {
  int64_t columns = 0;
  std::vector<double> values;
  int64_t rows() const { return columns ? static_cast<int64_t>(values.size()) / columns : 0; }
};

struct PrincipalComponents {
  std::vector<CurvePoint> points; // along the first and the second component
  double shareX = 0, shareY = 0;  // of the variance; 0 where there is none
};

/// The plane of largest variance. Of the two signs of a component the one whose farthest point is positive.
PrincipalComponents principalComponents(const PointCloud &cloud);

struct TsneOptions {
  double perplexity = 30; // at most a third of the points
  int64_t seed = 0;
};

/// t-SNE (van der Maaten and Hinton, "Visualizing data using t-SNE", 2008), exact: time and memory grow with the
/// square of the rows. Starts from the principal components, as Kobak and Berens recommend ("The art of using t-SNE
/// for single-cell transcriptomics", 2019), moved a little by the seed. The same input gives the same points.
std::vector<CurvePoint> tsne(const PointCloud &cloud, const TsneOptions &options);

} // namespace dlc::fit

#endif
