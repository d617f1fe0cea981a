// Sizes of images, by the same arithmetic as Pillow's, so that a model sees what it would see in Keras.
#include "tools/fit/ImageFile.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

// The source of each of \p to places. Summed up as Pillow does, for the same answer where a centre lies on an edge.
std::vector<int64_t> nearestPlaces(int64_t from, int64_t to) {
  std::vector<int64_t> places(static_cast<size_t>(to));
  double scale = static_cast<double>(from) / static_cast<double>(to), position = scale * 0.5;
  for (int64_t &place : places) {
    place = std::min(static_cast<int64_t>(position), from - 1);
    position += scale;
  }
  return places;
}

// What one place of the result is made of.
struct Taps {
  int64_t first;
  std::vector<double> weights;
};

std::vector<Taps> triangleTaps(int64_t from, int64_t to) {
  double scale = static_cast<double>(from) / static_cast<double>(to), support = std::max(scale, 1.0);
  std::vector<Taps> taps;
  for (int64_t i = 0; i < to; ++i) {
    double center = (static_cast<double>(i) + 0.5) * scale;
    auto first = std::max<int64_t>(static_cast<int64_t>(center - support + 0.5), 0);
    auto last = std::min<int64_t>(static_cast<int64_t>(center + support + 0.5), from);
    Taps tap{first, {}};
    double sum = 0;
    for (int64_t place = first; place < last; ++place) {
      double distance = std::abs((static_cast<double>(place) - center + 0.5) / support);
      tap.weights.push_back(std::max(1.0 - distance, 0.0));
      sum += tap.weights.back();
    }
    for (double &weight : tap.weights)
      weight /= sum;
    taps.push_back(std::move(tap));
  }
  return taps;
}

// Along one axis: \p stride bytes from one place to the next, for all of the other places.
Image filtered(const Image &image, int64_t to, bool isWidth) {
  std::vector<Taps> taps = triangleTaps(isWidth ? image.width : image.height, to);
  Image result = image;
  (isWidth ? result.width : result.height) = to;
  result.pixels.resize(static_cast<size_t>(result.height * result.width * result.channels));
  int64_t channels = image.channels, stride = isWidth ? channels : image.width * channels;
  for (int64_t row = 0; row < result.height; ++row)
    for (int64_t column = 0; column < result.width; ++column) {
      const Taps &tap = taps[static_cast<size_t>(isWidth ? column : row)];
      const uint8_t *from =
          image.pixels.data() + (isWidth ? row * image.width * channels : column * channels) + tap.first * stride;
      uint8_t *to8 = result.pixels.data() + (row * result.width + column) * channels;
      for (int64_t channel = 0; channel < channels; ++channel) {
        double sum = 0.5;
        for (size_t i = 0; i < tap.weights.size(); ++i)
          sum += tap.weights[i] * from[static_cast<int64_t>(i) * stride + channel];
        to8[channel] = static_cast<uint8_t>(std::min(sum, 255.0));
      }
    }
  return result;
}

} // namespace

Image resized(const Image &image, int64_t height, int64_t width, Interpolation interpolation) {
  if (image.height == height && image.width == width)
    return image;
  if (interpolation == Interpolation::Bilinear) {
    Image narrow = image.width == width ? image : filtered(image, width, true);
    return narrow.height == height ? narrow : filtered(narrow, height, false);
  }
  Image result{height, width, image.channels, {}};
  result.pixels.reserve(static_cast<size_t>(height * width * image.channels));
  std::vector<int64_t> rows = nearestPlaces(image.height, height), columns = nearestPlaces(image.width, width);
  for (int64_t row : rows)
    for (int64_t column : columns) {
      const uint8_t *pixel = image.pixels.data() + (row * image.width + column) * image.channels;
      result.pixels.insert(result.pixels.end(), pixel, pixel + image.channels);
    }
  return result;
}

} // namespace dlc::fit
