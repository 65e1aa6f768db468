#include "rotate/eta.h"

#include <gmock/gmock.h>

namespace pcx::rotate {
namespace {

using std::chrono::seconds;
using ::testing::Optional;

TEST(EtaTest, HasNothingToGoByAtFirst) {
  Eta eta;
  EXPECT_EQ(eta.add(seconds{0}, 0, 1'000), std::nullopt);
  EXPECT_EQ(eta.speed(), 0);
  EXPECT_EQ(eta.add(seconds{1}, 0, 1'000), std::nullopt);  // nothing done yet
}

TEST(EtaTest, GoesOnAtTheSpeedThatItHad) {
  Eta eta;
  eta.add(seconds{0}, 0, 1'000);
  EXPECT_THAT(eta.add(seconds{10}, 100, 1'000), Optional(seconds{90}));
  EXPECT_DOUBLE_EQ(eta.speed(), 10);
  EXPECT_THAT(eta.add(seconds{20}, 200, 1'000), Optional(seconds{80}));
}

TEST(EtaTest, WhatWasDoneBeforeIsNoSpeed) {
  Eta eta;
  eta.add(seconds{0}, 900, 1'000);  // by an earlier run
  EXPECT_THAT(eta.add(seconds{10}, 910, 1'000), Optional(seconds{90}));
}

TEST(EtaTest, ForgetsWhatIsOlderThanHalfAMinute) {
  Eta eta;
  std::int64_t done = 0;
  int second = 0;
  for (; second < 60; ++second) eta.add(seconds{second}, done += 100, 1'000'000);
  for (; second < 90; ++second) eta.add(seconds{second}, done += 10, 1'000'000);
  eta.add(seconds{second}, done += 10, 1'000'000);
  EXPECT_NEAR(eta.speed(), 10, 0.5);
}

TEST(EtaTest, KnowsNothingWhileItStandsStill) {
  Eta eta;
  std::optional<std::chrono::seconds> left;
  for (int second = 0; second < 100; ++second) left = eta.add(seconds{second}, 500, 1'000);
  EXPECT_EQ(left, std::nullopt);
  EXPECT_EQ(eta.speed(), 0);
}

TEST(EtaTest, IsZeroAtTheEnd) {
  Eta eta;
  eta.add(seconds{0}, 0, 1'000);
  EXPECT_THAT(eta.add(seconds{10}, 1'000, 1'000), Optional(seconds{0}));
}

TEST(EtaTest, IsWithinATenthWhenATenthIsDoneAtAnUnevenSpeed) {
  Eta eta;
  std::int64_t done = 0;
  std::optional<std::chrono::seconds> left;
  // 200 pages a second on the average, in bursts; 20 s in, a tenth is done.
  for (int tick = 0; tick <= 40; ++tick) {
    left = eta.add(std::chrono::milliseconds{500 * tick}, done, 40'000);
    done += tick % 4 == 0 ? 250 : 50;
  }
  EXPECT_NEAR(static_cast<double>(left->count()), 180, 18);
}

}  // namespace
}  // namespace pcx::rotate
