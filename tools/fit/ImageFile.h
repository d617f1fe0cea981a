// Pictures as bytes: PNG and JPEG files, their colours and sizes.
#ifndef DLC_TOOLS_FIT_IMAGEFILE_H
#define DLC_TOOLS_FIT_IMAGEFILE_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// Row by row, the channels of a pixel beside each other.
struct Image {
  int64_t height = 0, width = 0;
  int channels = 0; // 1: grey, 3: red, green, blue
  std::vector<uint8_t> pixels;
};

/// By its first bytes: PNG or JPEG.
bool isImage(std::string_view bytes);

/// Palettes become colours, 16 bits a channel 8; transparency is dropped, gamma ignored, as Pillow does. Throws a
/// Problem that names \p path: not an image, truncated, damaged, larger than 2^28 pixels.
Image decodeImage(std::string_view bytes, const std::string &path);

/// Grey by ITU-R 601 (0.299 R + 0.587 G + 0.114 B), rounded; or the same value in three channels.
void convertChannels(Image &image, int channels);

enum class Interpolation { Nearest, Bilinear };

/// As Pillow, which Keras uses: the nearest pixel's centre; or a triangle filter that is as wide as the scale when it
/// makes images smaller.
Image resized(const Image &image, int64_t height, int64_t width, Interpolation interpolation);

} // namespace dlc::fit

#endif
