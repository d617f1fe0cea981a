#include "tools/fit/CentredPoints.h"

namespace dlc::fit {

CentredPoints centred(const PointCloud &cloud) {
  using Rows = decltype(CentredPoints::rows);
  CentredPoints points = {Eigen::Map<const Rows>(cloud.values.data(), cloud.rows(), cloud.columns), 0};
  points.scale = points.rows.cwiseAbs().maxCoeff();
  if (points.scale > 0)
    points.rows /= points.scale;
  points.rows.rowwise() -= points.rows.colwise().mean().eval();
  return points;
}

} // namespace dlc::fit
