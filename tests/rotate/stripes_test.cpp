#include "rotate/stripes.h"

#include <map>

#include <gmock/gmock.h>

#include "core/random.h"

namespace pcx::rotate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

OldRow row(std::uint32_t block, std::size_t bytes = 10) {
  return {.key = {"k"}, .block = block, .bound_to = {}, .old = {std::string(bytes, 'x')}};
}

TEST(Stripes, OfNoRowsAreNone) { EXPECT_THAT(cut_into_stripes({}, 1), IsEmpty()); }

TEST(Stripes, HaveOneRowOfEachPage) {
  EXPECT_THAT(cut_into_stripes({row(1), row(1), row(1), row(2), row(2), row(5)}, 1),
              ElementsAre(ElementsAre(0, 3, 5), ElementsAre(1, 4), ElementsAre(2)));
}

TEST(Stripes, HaveSeveralRowsOfEachPageWhereThatIsWanted) {
  EXPECT_THAT(cut_into_stripes({row(1), row(1), row(1), row(2), row(2)}, 2),
              ElementsAre(ElementsAre(0, 1, 3, 4), ElementsAre(2)));
}

TEST(Stripes, TakeTheLargestRowOfAPageFirst) {
  EXPECT_THAT(cut_into_stripes({row(1, 10), row(1, 30), row(1, 20)}, 1),
              ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(0)));
}

TEST(Stripes, KeepTheOrderOfEquallyLargeRows) {
  EXPECT_THAT(cut_into_stripes({row(1), row(1), row(1)}, 1),
              ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2)));
}

TEST(Stripes, DoNotMindTheOrderThatRowsComeIn) {
  EXPECT_THAT(cut_into_stripes({row(9), row(3), row(9), row(3)}, 1),
              ElementsAre(ElementsAre(1, 0), ElementsAre(3, 2)));
}

TEST(Stripes, HaveEveryRowOnceAndNeverTooManyOfAPage) {
  SeededRandom random{3};
  for (int round = 0; round < 200; ++round) {
    std::vector<OldRow> rows;
    const auto count = random.below(300);
    for (std::uint64_t i = 0; i < count; ++i) {
      rows.push_back(row(static_cast<std::uint32_t>(random.below(40)), random.below(500)));
    }
    const std::size_t rows_per_page = 1 + random.below(4);
    std::vector<int> times(rows.size(), 0);
    for (const Stripe& stripe : cut_into_stripes(rows, rows_per_page)) {
      std::map<std::uint32_t, std::size_t> of_page;
      std::uint32_t last = 0;
      for (const std::size_t number : stripe) {
        ++times[number];
        EXPECT_LE(++of_page[rows[number].block], rows_per_page);
        EXPECT_GE(rows[number].block, last);  // in the order of their pages
        last = rows[number].block;
      }
    }
    EXPECT_THAT(times, ::testing::Each(1));
  }
}

}  // namespace
}  // namespace pcx::rotate
