#include "migrate/patience.h"

#include <gtest/gtest.h>

#include "core/random.h"

namespace pcx::migrate {
namespace {

using std::chrono::milliseconds;

TEST(LockTimeout, BeginsShortAndGrowsToItsLimit) {
  const Patience patience;
  EXPECT_EQ(lock_timeout(patience, 1), milliseconds{100});
  EXPECT_EQ(lock_timeout(patience, 2), milliseconds{110});
  EXPECT_EQ(lock_timeout(patience, 1'000'000), milliseconds{2'000});
}

TEST(Within, TakesTheStricterLimit) {
  EXPECT_EQ(lock_timeout(within({}, milliseconds{0}), 1), milliseconds{100});
  EXPECT_EQ(lock_timeout(within({}, milliseconds{40}), 1), milliseconds{40});
  EXPECT_EQ(lock_timeout(within({}, milliseconds{40}), 100), milliseconds{40});
  EXPECT_EQ(lock_timeout(within({}, milliseconds{500}), 1), milliseconds{100});
  EXPECT_EQ(lock_timeout(within({}, milliseconds{500}), 100), milliseconds{500});
  EXPECT_EQ(lock_timeout(within({}, milliseconds{60'000}), 100), milliseconds{2'000});
}

TEST(PauseBeforeNext, IsSpreadByAQuarter) {
  const Patience patience;
  SeededRandom random{7};
  milliseconds least{10'000};
  milliseconds most{0};
  for (int i = 0; i < 1'000; ++i) {
    const auto pause = pause_before_next(patience, random);
    least = std::min(least, pause);
    most = std::max(most, pause);
  }
  EXPECT_GE(least, milliseconds{300});
  EXPECT_LT(least, milliseconds{310});
  EXPECT_LE(most, milliseconds{500});
  EXPECT_GT(most, milliseconds{490});
}

}  // namespace
}  // namespace pcx::migrate
