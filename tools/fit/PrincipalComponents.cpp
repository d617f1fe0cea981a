#include "tools/fit/CentredPoints.h"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

void chooseSign(Eigen::VectorXd &places) {
  Eigen::Index farthest = 0;
  places.cwiseAbs().maxCoeff(&farthest);
  if (places[farthest] < 0)
    places = -places;
}

} // namespace

PrincipalComponents principalComponents(const PointCloud &cloud) {
  PrincipalComponents result;
  result.points.resize(static_cast<size_t>(cloud.rows()));
  if (cloud.rows() < 2)
    return result;
  auto [points, scale] = centred(cloud);
  // The products of columns and those of rows have the same eigenvalues; the smaller matrix is the cheaper.
  bool byColumns = cloud.columns <= cloud.rows();
  Eigen::MatrixXd products =
      byColumns ? Eigen::MatrixXd(points.transpose() * points) : Eigen::MatrixXd(points * points.transpose());
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(products);
  double total = products.trace();
  if (solver.info() != Eigen::Success || !(total > 0))
    return result;
  for (Eigen::Index component = 0; component < std::min<Eigen::Index>(2, products.rows()); ++component) {
    Eigen::Index column = products.rows() - 1 - component; // eigenvalues rise
    double value = std::max(0.0, solver.eigenvalues()[column]);
    Eigen::VectorXd places = byColumns ? Eigen::VectorXd(points * solver.eigenvectors().col(column))
                                       : Eigen::VectorXd(solver.eigenvectors().col(column) * std::sqrt(value));
    chooseSign(places);
    (component ? result.shareY : result.shareX) = value / total;
    for (size_t i = 0; i < result.points.size(); ++i)
      (component ? result.points[i].y : result.points[i].x) =
          places[static_cast<Eigen::Index>(i)] * scale; // scaled back
  }
  return result;
}

} // namespace dlc::fit
