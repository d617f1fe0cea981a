// What a search tries.
#include "tools/fit/SearchSpace.h"
#include "test/unit/tools/fit/Complaint.h"
#include <cmath>
#include <set>

namespace dlc::test {
namespace {

using fit::parseSearchAxis;
using fit::Trial;

std::string faultOf(const std::string &text) {
  return complaintOf([&] { parseSearchAxis(text); }).text;
}

TEST(SearchSpaceTest, CommasWithinBracketsAndQuotesDoNotSeparate) {
  fit::SearchAxis axis = parseSearchAxis("optimizer = adam, sgd(momentum = 0.9, nesterov = true),\"a,b\",[1, 2]");
  EXPECT_EQ(axis.name, "optimizer");
  EXPECT_EQ(axis.values,
            (std::vector<std::string>{"adam", "sgd(momentum = 0.9, nesterov = true)", "\"a,b\"", "[1, 2]"}));
  EXPECT_FALSE(axis.range);
  EXPECT_EQ(parseSearchAxis("a=b=c").values, std::vector<std::string>{"b=c"});
}

TEST(SearchSpaceTest, RangesKnowTheirKind) {
  fit::SearchAxis rate = parseSearchAxis("r=1e-4..1e-1"), narrow = parseSearchAxis("r=0.5..2.0");
  fit::SearchAxis units = parseSearchAxis("u=8..64"), text = parseSearchAxis("u=a..b");
  ASSERT_TRUE(rate.range && narrow.range && units.range);
  EXPECT_TRUE(rate.range->isLogarithmic && !rate.range->isWhole);
  EXPECT_TRUE(!narrow.range->isLogarithmic && !narrow.range->isWhole);
  EXPECT_TRUE(!units.range->isLogarithmic && units.range->isWhole);
  EXPECT_EQ(units.values, (std::vector<std::string>{"8", "64"}));
  EXPECT_TRUE(parseSearchAxis("u=1..10").range->isLogarithmic);
  EXPECT_FALSE(parseSearchAxis("u=-1..10").range->isLogarithmic);
  EXPECT_FALSE(text.range);
}

TEST(SearchSpaceTest, RefusesWhatIsNoList) {
  EXPECT_EQ(faultOf("units"), "expected NAME=VALUE,VALUE");
  EXPECT_EQ(faultOf("=3"), "expected NAME=VALUE,VALUE");
  EXPECT_EQ(faultOf("units="), "nothing to try for units");
  EXPECT_EQ(faultOf("units=1,,2"), "a value of the list is empty");
  EXPECT_EQ(faultOf("units=1,2,1"), "the value 1 is given twice");
  EXPECT_EQ(faultOf("rate=1..0.1"), "the range ends before it begins");
  EXPECT_EQ(faultOf("rate=1..1"), "the range ends before it begins");
}

TEST(SearchSpaceTest, AGridHasEveryCombination) {
  std::vector<Trial> trials = fit::gridTrials({parseSearchAxis("a=1,2"), parseSearchAxis("b=x,y,z")});
  ASSERT_EQ(trials.size(), 6u);
  EXPECT_EQ(trials[0], (Trial{{"a", "1"}, {"b", "x"}}));
  EXPECT_EQ(trials[1], (Trial{{"a", "1"}, {"b", "y"}}));
  EXPECT_EQ(trials[5], (Trial{{"a", "2"}, {"b", "z"}}));
  Complaint range = complaintOf([] { fit::gridTrials({parseSearchAxis("a=1..5")}); });
  EXPECT_EQ(range.text, "a range has no end of values to try");
  std::string ten = "=0,1,2,3,4,5,6,7,8,9";
  std::vector<fit::SearchAxis> five;
  for (char name = 'a'; name < 'f'; ++name)
    five.push_back(parseSearchAxis(name + ten));
  EXPECT_EQ(complaintOf([&] { fit::gridTrials(five); }).text, "these are more than 10,000 combinations");
}

TEST(SearchSpaceTest, DrawsAreOfTheSeedAndWithinTheirRange) {
  std::vector<fit::SearchAxis> axes = {parseSearchAxis("rate=1e-4..1e-1"), parseSearchAxis("units=3..5"),
                                       parseSearchAxis("act=relu,tanh")};
  std::vector<Trial> trials = fit::randomTrials(axes, 200, 7);
  ASSERT_EQ(trials.size(), 200u);
  EXPECT_EQ(trials, fit::randomTrials(axes, 200, 7));
  EXPECT_NE(trials, fit::randomTrials(axes, 200, 8));
  std::set<std::string> units, activations;
  int small = 0;
  for (const Trial &trial : trials) {
    double rate = std::stod(trial[0].second);
    EXPECT_TRUE(rate >= 1e-4 && rate <= 1e-1) << rate;
    small += rate < std::sqrt(1e-5); // the middle of the logarithms
    units.insert(trial[1].second);
    activations.insert(trial[2].second);
  }
  EXPECT_NEAR(small, 100, 30); // four standard deviations
  EXPECT_EQ(units, (std::set<std::string>{"3", "4", "5"}));
  EXPECT_EQ(activations.size(), 2u);
  EXPECT_EQ(fit::randomTrials({parseSearchAxis("units=3..5")}, 50, 7).size(), 3u); // no more than there are
}

} // namespace
} // namespace dlc::test
