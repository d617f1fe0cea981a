// Points in the units that distances and variances of them are computed in.
#ifndef DLC_TOOLS_FIT_CENTREDPOINTS_H
#define DLC_TOOLS_FIT_CENTREDPOINTS_H

#include "tools/fit/PointCloud.h"
#include <Eigen/Core>

namespace dlc::fit {

struct CentredPoints {
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows; // their mean is 0
  double scale; // what they were divided by, so that squares do not overflow; 0: all were 0
};

/// Of at least one point.
CentredPoints centred(const PointCloud &cloud);

} // namespace dlc::fit

#endif
