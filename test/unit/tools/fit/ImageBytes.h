// Small images, encoded by the libraries that write them.
#ifndef DLC_TEST_UNIT_TOOLS_FIT_IMAGEBYTES_H
#define DLC_TEST_UNIT_TOOLS_FIT_IMAGEBYTES_H

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <jpeglib.h> // after cstdio
#include <png.h>
#include <string>
#include <vector>

namespace dlc::test {

/// \p channels: 1, 3, or 4 with transparency.
inline std::string pngOf(unsigned height, unsigned width, int channels, const std::vector<uint8_t> &pixels) {
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr);
  std::string bytes(size, 0);
  EXPECT_TRUE(png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr));
  bytes.resize(size);
  return bytes;
}

inline std::string jpegOf(unsigned height, unsigned width, int channels, const std::vector<uint8_t> &pixels) {
  jpeg_compress_struct jpeg;
  jpeg_error_mgr errors;
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char *memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = channels;
  jpeg.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < height) {
    auto *row = const_cast<uint8_t *>(pixels.data()) + jpeg.next_scanline * width * static_cast<unsigned>(channels);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::string bytes(reinterpret_cast<char *>(memory), size);
  jpeg_destroy_compress(&jpeg);
  std::free(memory);
  return bytes;
}

} // namespace dlc::test

#endif
