#include "rotate/lane.h"

#include <gmock/gmock.h>

namespace pcx::rotate {
namespace {

TEST(Lane, HasSmallWindowsWhereARateIsKept) {
  EXPECT_EQ(window_blocks_for(0), kWindowBlocks);
  EXPECT_EQ(window_blocks_for(1), 25);
  EXPECT_EQ(window_blocks_for(5'000), 25);
  EXPECT_EQ(window_blocks_for(40'000), 100);
  EXPECT_EQ(window_blocks_for(1'000'000), kWindowBlocks);
}

}  // namespace
}  // namespace pcx::rotate
