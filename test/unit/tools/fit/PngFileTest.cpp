// Images as PNG files, and bytes as text.
#include "tools/fit/PngFile.h"
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

TEST(PngFileTest, ImagesReadBackAsTheyWere) {
  for (int channels : {1, 3}) {
    fit::Image image = {3, 5, channels, {}};
    for (int i = 0; i < 15 * channels; ++i)
      image.pixels.push_back(static_cast<uint8_t>(i * 17));
    std::string file = fit::encodePng(image);
    EXPECT_EQ(file, fit::encodePng(image));
    ASSERT_TRUE(fit::isImage(file));
    fit::Image read = fit::decodeImage(file, "a.png");
    EXPECT_EQ(read.height, 3);
    EXPECT_EQ(read.width, 5);
    EXPECT_EQ(read.channels, channels);
    EXPECT_EQ(read.pixels, image.pixels);
  }
}

TEST(PngFileTest, Base64IsThatOfTheStandard) { // RFC 4648, section 10
  EXPECT_EQ(fit::base64(""), "");
  EXPECT_EQ(fit::base64("f"), "Zg==");
  EXPECT_EQ(fit::base64("fo"), "Zm8=");
  EXPECT_EQ(fit::base64("foo"), "Zm9v");
  EXPECT_EQ(fit::base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(fit::base64("\xff\xfe\xfb"), "//77");
}

} // namespace
} // namespace dlc::test
