#include "core/grouped.h"

#include <gtest/gtest.h>

namespace pcx {
namespace {

TEST(Grouped, HasACommaBeforeEveryThirdDigit) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-999), "-999");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
}

TEST(Grouped, LeavesWhatIsBehindThePoint) {
  EXPECT_EQ(grouped("1250.50"), "1,250.50");
  EXPECT_EQ(grouped("-123456789012345678901.12345"), "-123,456,789,012,345,678,901.12345");
  EXPECT_EQ(grouped("0.1250"), "0.1250");
  EXPECT_EQ(grouped(""), "");
}

}  // namespace
}  // namespace pcx
