#include "tools/fit/CentredPoints.h"
#include "tools/fit/Shuffle.h"
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

// As in the authors' program, but for the learning rate: that of Belkina et al., Nature Communications 10:5415 (2019).
constexpr int kIterations = 750, kExaggeratedIterations = 250;
constexpr float kExaggeration = 12;
constexpr float kLeastAffinity = 1e-12f;

Eigen::MatrixXd squaredDistances(const PointCloud &cloud) {
  auto points = centred(cloud).rows;
  Eigen::VectorXd squares = points.rowwise().squaredNorm();
  Eigen::MatrixXd distances = -2 * points * points.transpose();
  distances.colwise() += squares;
  distances.rowwise() += squares.transpose();
  return distances.cwiseMax(0);
}

// How near the others are to point i, as probabilities whose entropy is the logarithm of the perplexity.
Eigen::ArrayXd neighboursOf(const Eigen::MatrixXd &distances, Eigen::Index i, double perplexity) {
  Eigen::ArrayXd all = distances.col(i).array();
  all[i] = INFINITY;
  all -= all.minCoeff(); // the probabilities stay the same, and one of them is not 0
  double mean = 0;
  for (Eigen::Index j = 0; j < all.size(); ++j)
    mean += j == i ? 0 : all[j] / static_cast<double>(all.size() - 1);
  double precision = mean > 0 ? 1 / mean : 1, low = 0, high = INFINITY;
  Eigen::ArrayXd weights;
  for (int attempt = 0; attempt < 64; ++attempt) {
    weights = (-precision * all).exp();
    weights[i] = 0;
    double sum = weights.sum(), moment = 0;
    for (Eigen::Index j = 0; j < all.size(); ++j)
      moment += j == i ? 0 : weights[j] * all[j];
    weights /= sum;
    double difference = std::log(sum) + precision * moment / sum - std::log(perplexity);
    if (std::abs(difference) < 1e-5)
      break;
    (difference > 0 ? low : high) = precision;
    precision = std::isinf(high) ? precision * 2 : (low + high) / 2;
  }
  return weights;
}

Eigen::ArrayXXf affinities(const PointCloud &cloud, double perplexity) {
  Eigen::MatrixXd distances = squaredDistances(cloud);
  Eigen::ArrayXXd conditional(cloud.rows(), cloud.rows());
  for (Eigen::Index i = 0; i < cloud.rows(); ++i)
    conditional.col(i) = neighboursOf(distances, i, perplexity);
  Eigen::ArrayXXd both = (conditional + conditional.transpose()) / (2.0 * static_cast<double>(cloud.rows()));
  return both.cast<float>().max(kLeastAffinity);
}

// Uniform in [-1, 1).
float noise(size_t number, int64_t seed) {
  auto bits = static_cast<uint64_t>(seed);
  auto draw = philox({static_cast<uint32_t>(number), 0, 0, 0},
                     {static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)});
  return static_cast<float>(draw[0] >> 8) / 8388608.0f - 1;
}

Eigen::ArrayX2f startOf(const PointCloud &cloud, int64_t seed) {
  std::vector<CurvePoint> plane = principalComponents(cloud).points;
  double squares = 0;
  for (const CurvePoint &point : plane)
    squares += point.x / static_cast<double>(plane.size()) * point.x;
  double scale = squares > 0 && std::isfinite(squares) ? 1e-4 / std::sqrt(squares) : 0;
  Eigen::ArrayX2f start(cloud.rows(), 2);
  for (size_t i = 0; i < plane.size(); ++i) {
    auto row = static_cast<Eigen::Index>(i);
    start(row, 0) = static_cast<float>(plane[i].x * scale) + 1e-5f * noise(2 * i, seed);
    start(row, 1) = static_cast<float>(plane[i].y * scale) + 1e-5f * noise(2 * i + 1, seed);
  }
  return start;
}

// The derivative of the Kullback-Leibler divergence by the places.
class Gradient {
public:
  explicit Gradient(Eigen::Index points) : kernel(points, points) {}

  void compute(const Eigen::ArrayXXf &affinities, const Eigen::ArrayX2f &places, float exaggeration,
               Eigen::ArrayX2f &gradient) {
    double sum = -static_cast<double>(places.rows()); // of the kernel without its diagonal of ones
    for (Eigen::Index i = 0; i < places.rows(); ++i) {
      kernel.col(i) = (1 + (places.col(0) - places(i, 0)).square() + (places.col(1) - places(i, 1)).square()).inverse();
      sum += static_cast<double>(kernel.col(i).sum());
    }
    auto normalizer = static_cast<float>(1 / std::max(sum, 1e-30));
    for (Eigen::Index i = 0; i < places.rows(); ++i) {
      force = (exaggeration * affinities.col(i) - normalizer * kernel.col(i)) * kernel.col(i);
      gradient(i, 0) = 4 * (force * (places(i, 0) - places.col(0))).sum();
      gradient(i, 1) = 4 * (force * (places(i, 1) - places.col(1))).sum();
    }
  }

private:
  Eigen::ArrayXXf kernel;
  Eigen::ArrayXf force;
};

} // namespace

std::vector<CurvePoint> tsne(const PointCloud &cloud, const TsneOptions &options) {
  int64_t count = cloud.rows();
  if (count < 4) // too few to be neighbours of anything
    return principalComponents(cloud).points;
  double perplexity = std::max(1.01, std::min(options.perplexity, static_cast<double>(count - 1) / 3));
  Eigen::ArrayXXf near = affinities(cloud, perplexity);
  Eigen::ArrayX2f places = startOf(cloud, options.seed);
  Eigen::ArrayX2f step = Eigen::ArrayX2f::Zero(count, 2), gradient = step;
  Eigen::ArrayX2f gains = Eigen::ArrayX2f::Ones(count, 2);
  float rate = std::max(static_cast<float>(count) / (4 * kExaggeration), 50.0f);
  Gradient derivative(count);
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    bool isEarly = iteration < kExaggeratedIterations;
    derivative.compute(near, places, isEarly ? kExaggeration : 1, gradient);
    gains = ((gradient > 0) != (step > 0)).select(gains + 0.2f, gains * 0.8f).max(0.01f);
    step = (isEarly ? 0.5f : 0.8f) * step - rate * gains * gradient;
    places += step;
    places.rowwise() -= places.colwise().mean().eval();
  }
  std::vector<CurvePoint> points;
  for (Eigen::Index i = 0; i < count; ++i)
    points.push_back({static_cast<double>(places(i, 0)), static_cast<double>(places(i, 1))});
  return points;
}

} // namespace dlc::fit
