// PNG and JPEG as pixels; colours; sizes by Pillow's arithmetic.
#include "tools/fit/ImageFile.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/ImageBytes.h"

namespace dlc::test {
namespace {

using fit::decodeImage;
using fit::Image;
using Pixels = std::vector<uint8_t>;

TEST(ImageFileTest, ReadsPng) {
  Pixels colours = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  Image image = decodeImage(pngOf(2, 2, 3, colours), "a.png");
  EXPECT_EQ(image.height, 2);
  EXPECT_EQ(image.width, 2);
  EXPECT_EQ(image.channels, 3);
  EXPECT_EQ(image.pixels, colours);
  Image grey = decodeImage(pngOf(1, 3, 1, {0, 100, 255}), "g.png");
  EXPECT_EQ(grey.channels, 1);
  EXPECT_EQ(grey.pixels, (Pixels{0, 100, 255}));
  EXPECT_EQ(decodeImage(pngOf(1, 2, 4, {10, 20, 30, 0, 40, 50, 60, 255}), "t.png").pixels,
            (Pixels{10, 20, 30, 40, 50, 60})); // transparency is dropped
}

TEST(ImageFileTest, ReadsJpeg) {
  Image grey = decodeImage(jpegOf(8, 8, 1, Pixels(64, 77)), "g.jpg");
  EXPECT_EQ(grey.channels, 1);
  EXPECT_EQ(grey.pixels, Pixels(64, 77));
  Pixels red;
  for (int i = 0; i < 64; ++i)
    red.insert(red.end(), {255, 0, 0});
  Image image = decodeImage(jpegOf(8, 8, 3, red), "r.jpg");
  EXPECT_EQ(image.channels, 3);
  EXPECT_NEAR(image.pixels[0], 255, 2);
  EXPECT_NEAR(image.pixels[1], 0, 2);
}

// Every prefix of a file, and every byte changed, is read or refused.
TEST(ImageFileTest, SurvivesDamage) {
  Pixels pixels;
  for (int i = 0; i < 16 * 16 * 3; ++i)
    pixels.push_back(static_cast<uint8_t>(i * 37));
  for (const std::string &whole : {pngOf(16, 16, 3, pixels), jpegOf(16, 16, 3, pixels)}) {
    for (size_t size = 0; size + 12 < whole.size(); ++size) // the last chunk of a PNG is only its end
      complaintOf([&] { decodeImage(std::string_view(whole).substr(0, size), "cut"); });
    int refused = 0;
    for (size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0x55);
      try {
        decodeImage(changed, "changed");
      } catch (const fit::Problem &) {
        ++refused;
      }
    }
    EXPECT_GT(refused, 10);
  }
}

TEST(ImageFileTest, RefusesOtherFiles) {
  Complaint text = complaintOf([] { decodeImage("GIF89a", "a.png"); });
  EXPECT_EQ(text.place, "a.png");
  EXPECT_EQ(text.text, "expected a PNG or JPEG image, found something else");
  EXPECT_EQ(text.remedy, "replace or remove it, or leave such images out with --skip-bad");
  EXPECT_EQ(complaintOf([] { decodeImage("", "a.png"); }).text, "the file is empty");
  Complaint print = complaintOf([] { decodeImage(jpegOf(8, 8, 4, Pixels(256, 9)), "p.jpg"); });
  EXPECT_EQ(print.text, "the image cannot be read: the colours are those of print (CMYK)");
  // A header that promises 2^31 - 1 by 2^31 - 1 pixels.
  std::string large = pngOf(1, 1, 1, {0});
  large.replace(16, 8, "\x00\x0F\xFF\xFF\x00\x0F\xFF\xFF", 8);
  EXPECT_EQ(complaintOf([&] { decodeImage(large, "l.png"); }).text.substr(0, 9), "the image");
}

TEST(ImageFileTest, ConvertsColours) {
  Image image{1, 2, 3, {255, 0, 0, 10, 20, 30}};
  fit::convertChannels(image, 1);
  EXPECT_EQ(image.pixels, (Pixels{76, 18})); // 0.299 * 255 = 76.2; 2.99 + 11.74 + 3.42 = 18.15
  fit::convertChannels(image, 3);
  EXPECT_EQ(image.pixels, (Pixels{76, 76, 76, 18, 18, 18}));
}

TEST(ImageFileTest, TheNearestPixel) {
  Image row{1, 5, 1, {10, 20, 30, 40, 50}};
  EXPECT_EQ(resized(row, 1, 2, fit::Interpolation::Nearest).pixels, (Pixels{20, 40}));     // centres 1.25, 3.75
  EXPECT_EQ(resized(row, 1, 3, fit::Interpolation::Nearest).pixels, (Pixels{10, 30, 50})); // 0.83, 2.5, 4.17
  Image larger = resized({2, 2, 1, {1, 2, 3, 4}}, 4, 3, fit::Interpolation::Nearest);
  EXPECT_EQ(larger.pixels, (Pixels{1, 2, 2, 1, 2, 2, 3, 4, 4, 3, 4, 4})); // 0.33, 1.0, 1.67
}

// By hand: halving takes a triangle four pixels wide, weights 1 3 3 1 of 8; at the left edge 3 3 1 of 7.
TEST(ImageFileTest, BilinearMeansATriangle) {
  Image row{1, 4, 1, {0, 70, 140, 210}};
  EXPECT_EQ(resized(row, 1, 2, fit::Interpolation::Bilinear).pixels, (Pixels{50, 160}));
  EXPECT_EQ(resized({1, 2, 1, {0, 100}}, 1, 4, fit::Interpolation::Bilinear).pixels, (Pixels{0, 25, 75, 100}));
  EXPECT_EQ(resized({4, 1, 1, {0, 70, 140, 210}}, 2, 1, fit::Interpolation::Bilinear).pixels, (Pixels{50, 160}));
}

} // namespace
} // namespace dlc::test
