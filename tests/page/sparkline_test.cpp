#include "page/sparkline.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace pcx::page {
namespace {

std::string line(const std::vector<std::int64_t>& counts, std::size_t columns = 60) {
  return sparkline(counts, columns);
}

TEST(Sparkline, IsAsHighAsItsShareOfTheLargest) {
  EXPECT_EQ(line({1, 2, 3, 4, 5, 6, 7, 8}), "▂▃▄▅▆▇██");
  EXPECT_EQ(line({1000, 1}), "█▁");
  EXPECT_EQ(line({5}), "█");
}

TEST(Sparkline, TellsNothingFromLittle) {
  EXPECT_EQ(line({0, 1, 1'000'000'000'000}), "·▁█");
  EXPECT_EQ(line({0, 0}), "··");
  EXPECT_EQ(line({}), "");
}

TEST(Sparkline, AddsUpWhatHasNoColumn) {
  EXPECT_EQ(line({1, 1, 0, 0, 2, 2}, 3), "▅·█");
  EXPECT_EQ(line({0, 0, 0, 0, 0, 0, 1}, 3), "··█");
  EXPECT_EQ(line({1, 2, 3}, 1), "█");
}

TEST(SparklineOfNumbers, TellsUnknownFromNothing) {
  using Numbers = std::vector<std::optional<double>>;
  EXPECT_EQ(sparkline(Numbers{1.5, {}, 0, 12}, 9), "▂–·█");
  EXPECT_EQ(sparkline(Numbers{{}, {}}, 9), "––");
  EXPECT_EQ(sparkline(Numbers{0, 0}, 9), "··");
  EXPECT_EQ(sparkline(Numbers{}, 9), "");
}

TEST(SparklineOfNumbers, BeginsAtTheSmallestWhenThatIsNegative) {
  using Numbers = std::vector<std::optional<double>>;
  EXPECT_EQ(sparkline(Numbers{-8, 0, 8}, 9), "▁▅█");
  EXPECT_EQ(sparkline(Numbers{-8, -4}, 9), "▁▅") << "0 would be the highest";
}

TEST(SparklineOfNumbers, ShowsTheMeanOfNeighbours) {
  using Numbers = std::vector<std::optional<double>>;
  EXPECT_EQ(sparkline(Numbers{4, {}, {}, {}, 6, 10}, 3), "▅–█");
}

}  // namespace
}  // namespace pcx::page
