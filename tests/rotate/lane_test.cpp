#include "rotate/lane.h"

#include <gmock/gmock.h>

namespace pcx::rotate {
namespace {

constexpr std::int64_t kMegabyte = std::int64_t{1} << 20;

TEST(Lane, HasLargeWindowsWithoutLimits) { EXPECT_EQ(window_blocks_for({}), kWindowBlocks); }

TEST(Lane, HasSmallWindowsWhereARateIsKept) {
  EXPECT_EQ(window_blocks_for({.rows_per_second = 1}), 25);
  EXPECT_EQ(window_blocks_for({.rows_per_second = 10'000}), 25);
  EXPECT_EQ(window_blocks_for({.rows_per_second = 100'000}), 100);
  EXPECT_EQ(window_blocks_for({.rows_per_second = 1'000'000}), kWindowBlocks);
}

TEST(Lane, HasSmallWindowsWhereLatencyIsLimited) {
  EXPECT_EQ(window_blocks_for({.latency = milliseconds{1}}), 25);
  EXPECT_EQ(window_blocks_for({.latency = milliseconds{4}}), 100);
  EXPECT_EQ(window_blocks_for({.latency = milliseconds{1'000}}), kWindowBlocks);
}

TEST(Lane, HasSmallWindowsWhereWalIsLimited) {
  EXPECT_EQ(window_blocks_for({.lag_bytes = kMegabyte}), 25);
  EXPECT_EQ(window_blocks_for({.lag_bytes = 16 * kMegabyte}), 128);
  EXPECT_EQ(window_blocks_for({.lag_bytes = 1'024 * kMegabyte}), kWindowBlocks);
  EXPECT_EQ(window_blocks_for({.wal_per_second = 8 * kMegabyte}), 64);
  EXPECT_EQ(window_blocks_for({.lag_bytes = 16 * kMegabyte, .wal_per_second = 8 * kMegabyte}), 64);
}

}  // namespace
}  // namespace pcx::rotate
