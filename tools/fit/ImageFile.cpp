#include "tools/fit/ImageFile.h"
#include "tools/fit/Problem.h"
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <jpeglib.h> // after cstdio, which it forgets
#include <png.h>

namespace dlc::fit {
namespace {

constexpr uint64_t kMostPixels = uint64_t(1) << 28;

// What the C libraries leave behind when they jump out. Between a setjmp and the jump no object with a destructor is
// made: those of the caller's are made before.
struct Decoding {
  std::string_view bytes;
  size_t position = 0;
  Image *image;
  char message[JMSG_LENGTH_MAX] = "";
  bool isTooLarge = false;
};

bool takeSize(Decoding &decoding, uint64_t height, uint64_t width, int channels) {
  if (!height || !width || height > kMostPixels / width) {
    decoding.isTooLarge = true;
    return false;
  }
  *decoding.image = {static_cast<int64_t>(height), static_cast<int64_t>(width), channels, {}};
  decoding.image->pixels.resize(height * width * static_cast<uint64_t>(channels));
  return true;
}

[[noreturn]] void pngFails(png_structp png, const char *message) {
  auto *decoding = static_cast<Decoding *>(png_get_error_ptr(png));
  std::snprintf(decoding->message, sizeof decoding->message, "%s", message);
  png_longjmp(png, 1);
}

void pngWarns(png_structp, const char *) {}

void readPng(png_structp png, png_bytep to, size_t size) {
  auto *decoding = static_cast<Decoding *>(png_get_io_ptr(png));
  if (decoding->bytes.size() - decoding->position < size)
    png_error(png, "the file ends in the middle");
  std::memcpy(to, decoding->bytes.data() + decoding->position, size);
  decoding->position += size;
}

bool decodePng(Decoding &decoding, std::vector<png_bytep> &rows) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoding, pngFails, pngWarns);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw std::bad_alloc();
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, nullptr);
    return false;
  }
  png_set_read_fn(png, &decoding, readPng);
  png_read_info(png, info);
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  bool fits =
      takeSize(decoding, png_get_image_height(png, info), png_get_image_width(png, info), png_get_channels(png, info));
  if (fits) {
    Image &image = *decoding.image;
    rows.resize(static_cast<size_t>(image.height));
    for (size_t i = 0; i < rows.size(); ++i)
      rows[i] = image.pixels.data() + i * static_cast<size_t>(image.width) * static_cast<size_t>(image.channels);
    png_read_image(png, rows.data());
    png_read_end(png, nullptr);
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return fits;
}

struct JpegErrors {
  jpeg_error_mgr manager; // first: the library knows only this
  std::jmp_buf jump;
  Decoding *decoding;
};

[[noreturn]] void jpegFails(j_common_ptr jpeg) {
  auto *errors = reinterpret_cast<JpegErrors *>(jpeg->err);
  errors->manager.format_message(jpeg, errors->decoding->message);
  std::longjmp(errors->jump, 1);
}

// Warnings are damage, too: the library fills the rest of a truncated file with grey.
void jpegWarns(j_common_ptr jpeg, int level) {
  if (level < 0)
    jpegFails(jpeg);
}

bool decodeJpeg(Decoding &decoding) {
  jpeg_decompress_struct jpeg;
  JpegErrors errors;
  jpeg.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = jpegFails;
  errors.manager.emit_message = jpegWarns;
  errors.decoding = &decoding;
  if (setjmp(errors.jump)) {
    jpeg_destroy_decompress(&jpeg);
    return false;
  }
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char *>(decoding.bytes.data()), decoding.bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  if (jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK) {
    std::snprintf(decoding.message, sizeof decoding.message, "the colours are those of print (CMYK)");
    longjmp(errors.jump, 1);
  }
  jpeg.out_color_space = jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  bool fits = takeSize(decoding, jpeg.output_height, jpeg.output_width, jpeg.output_components);
  while (fits && jpeg.output_scanline < jpeg.output_height) {
    JSAMPROW row = decoding.image->pixels.data() + static_cast<size_t>(jpeg.output_scanline) * jpeg.output_width *
                                                       static_cast<size_t>(jpeg.output_components);
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  if (fits)
    jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return fits;
}

bool isPng(std::string_view bytes) { return bytes.substr(0, 8) == "\x89PNG\r\n\x1a\n"; }
bool isJpeg(std::string_view bytes) { return bytes.substr(0, 3) == "\xFF\xD8\xFF"; }

} // namespace

bool isImage(std::string_view bytes) { return isPng(bytes) || isJpeg(bytes); }

Image decodeImage(std::string_view bytes, const std::string &path) {
  const std::string remedy = "replace or remove it, or leave such images out with --skip-bad";
  if (!isImage(bytes))
    throw Problem(ExitCode::BadInput, path,
                  bytes.empty() ? "the file is empty" : "expected a PNG or JPEG image, found something else", remedy);
  Image image;
  std::vector<png_bytep> rows;
  Decoding decoding;
  decoding.bytes = bytes;
  decoding.image = &image;
  if (isPng(bytes) ? decodePng(decoding, rows) : decodeJpeg(decoding))
    return image;
  throw Problem(ExitCode::BadInput, path,
                decoding.isTooLarge ? std::string("the image has more than 2^28 pixels")
                                    : std::string("the image cannot be read: ") + decoding.message,
                remedy);
}

void convertChannels(Image &image, int channels) {
  if (image.channels == channels)
    return;
  size_t count = static_cast<size_t>(image.height * image.width);
  std::vector<uint8_t> pixels(count * static_cast<size_t>(channels));
  const uint8_t *from = image.pixels.data();
  if (channels == 1)
    for (size_t i = 0; i < count; ++i, from += 3)
      pixels[i] = static_cast<uint8_t>((19595 * from[0] + 38470 * from[1] + 7471 * from[2] + 32768) >> 16);
  else
    for (size_t i = 0; i < count; ++i)
      pixels[3 * i] = pixels[3 * i + 1] = pixels[3 * i + 2] = from[i];
  image.pixels = std::move(pixels);
  image.channels = channels;
}

} // namespace dlc::fit
