// Suggestions: near names, and none where none is near.
#include "tools/fit/NearestName.h"
#include <gtest/gtest.h>

namespace dlc::fit {
namespace {

TEST(NearestNameTest, FindsTypingErrors) {
  std::vector<std::string> names = {"learning_rate", "epochs", "batch_size"};
  EXPECT_EQ(nearestName("epoch", names), "epochs");
  EXPECT_EQ(nearestName("ephocs", names), "epochs"); // neighbours swapped
  EXPECT_EQ(nearestName("Batch_Size", {"batch_sise", "batch_size"}), "batch_size");
  EXPECT_EQ(nearestName("learning-rate", names), "learning_rate");
}

TEST(NearestNameTest, PrefersTheNearest) {
  EXPECT_EQ(nearestName("colour", {"colander", "color", "colours"}), "color"); // the first of two at distance 1
  EXPECT_EQ(nearestName("ab", {"ba", "AB"}), "ba");                            // a swap costs 1, two cases cost 1
  EXPECT_EQ(nearestName("name", {"game", "Name"}), "Name");                    // case costs a half
}

TEST(NearestNameTest, SuggestsNothingThatIsFar) {
  EXPECT_EQ(nearestName("b", {"a"}), "");
  EXPECT_EQ(nearestName("x", {"X"}), "X");
  EXPECT_EQ(nearestName("momentum", {"decay"}), "");
  EXPECT_EQ(nearestName("abcdef", {"abcxyz"}), ""); // half of the letters
  EXPECT_EQ(nearestName("abcdef", {"abcdyz"}), "abcdyz");
  EXPECT_EQ(nearestName("anything", {}), "");
  EXPECT_EQ(nearestName(std::string(300, 'a'), {std::string(300, 'a')}), ""); // too long to compare
}

TEST(NearestNameTest, ListsNames) {
  EXPECT_EQ(listNames({}), "");
  EXPECT_EQ(listNames({"a"}), "a");
  EXPECT_EQ(listNames({"a", "b", "c"}, 3), "a, b, c");
  EXPECT_EQ(listNames({"a", "b", "c", "d"}, 2), "a, b and 2 more");
  EXPECT_EQ(listNames({"tab\there"}), "tab\\x09here");
}

TEST(NearestNameTest, SaysBothParts) {
  EXPECT_EQ(suggestName("yy", {"y1", "x"}, "it has "), "did you mean 'y1'? it has y1, x");
  EXPECT_EQ(suggestName("label", {"x", "y"}, "it has "), "it has x, y");
  EXPECT_EQ(suggestName("label", {}, "it has "), "it has none");
}

} // namespace
} // namespace dlc::fit
