#include "core/clock.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(SystemClock, SleepsAtLeastAsLongAsAsked) {
  SystemClock clock;
  const auto wall = clock.wall_now();
  const auto began = clock.steady_now();
  clock.sleep_for(std::chrono::milliseconds{2});
  EXPECT_GE(clock.steady_now() - began, std::chrono::milliseconds{2});
  EXPECT_GT(wall, std::chrono::sys_days{std::chrono::year{2024} / 1 / 1});
}

}  // namespace
}  // namespace pcx
