#include "core/backoff.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

using std::chrono::milliseconds;

// The delays of the application's own retry are in vectors_test.cpp.
TEST(BackoffDelay, DoublesUpToItsLimit) {
  SeededRandom random{1};
  const BackoffPolicy policy{.jitter = 0};
  const int expected[] = {1000, 2000, 4000, 8000, 10'000, 10'000};
  for (int number = 1; number <= 6; ++number) {
    EXPECT_EQ(backoff_delay(policy, number, random), milliseconds{expected[number - 1]});
  }
  EXPECT_EQ(backoff_delay(policy, 1'000'000, random), milliseconds{10'000});
}

TEST(BackoffDelay, StaysZero) {
  SeededRandom random{1};
  const BackoffPolicy policy{.first_delay = milliseconds{0}, .jitter = 0};
  EXPECT_EQ(backoff_delay(policy, 1'000'000, random), milliseconds{0});
}

TEST(BackoffDelay, SpreadsByItsJitter) {
  SeededRandom random{1};
  milliseconds smallest = milliseconds::max();
  milliseconds largest{0};
  for (int i = 0; i < 1000; ++i) {
    const auto delay = backoff_delay({.jitter = 0.1}, 2, random);
    smallest = std::min(smallest, delay);
    largest = std::max(largest, delay);
  }
  EXPECT_GE(smallest, milliseconds{1800});
  EXPECT_LT(smallest, milliseconds{1820});
  EXPECT_LE(largest, milliseconds{2200});
  EXPECT_GT(largest, milliseconds{2180});
}

}  // namespace
}  // namespace pcx
