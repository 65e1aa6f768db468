// Expected values: Node.js 22's localeCompare.
#include "migrate/name_order.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace pcx::migrate {
namespace {

struct Order {
  const char* name;
  const char* other;
};

class IsBeforeInPrisma : public ::testing::TestWithParam<Order> {};

TEST_P(IsBeforeInPrisma, ComparesAsLocaleCompare) {
  const auto& [name, other] = GetParam();
  EXPECT_TRUE(is_before_in_prisma(name, other));
  EXPECT_FALSE(is_before_in_prisma(other, name));
}

INSTANTIATE_TEST_SUITE_P(
    Names, IsBeforeInPrisma,
    ::testing::Values(Order{"20260101000000_a", "20260102000000_a"}, Order{"0_init", "20260101_a"},
                      Order{"1_a", "10_b"}, Order{"10_b", "2_c"}, Order{"1_a", "1a"},
                      Order{"1", "1_a"}, Order{"a", "B"}, Order{"a", "A"}, Order{"A", "b"},
                      Order{"b_note", "B_pet"}, Order{"B_a", "b_b"}, Order{"Aa", "ab"},
                      Order{"aB", "Ab"}, Order{"a_b", "a-b"}, Order{"a-b", "a.b"},
                      Order{"a b", "a_b"}, Order{"z", "\xc3\xa4"}));

TEST(IsBeforeInPrisma, SaysNoOfTheSameName) {
  EXPECT_FALSE(is_before_in_prisma("1_a", "1_a"));
  EXPECT_FALSE(is_before_in_prisma("", ""));
}

TEST(IsBeforeInPrisma, SortsAllOfAscii) {
  std::string all;
  for (char c = ' '; c <= '~'; ++c) all += c;
  std::sort(all.begin(), all.end(), [](char a, char b) {
    return is_before_in_prisma({&a, 1}, {&b, 1});
  });
  EXPECT_EQ(all,
            " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789"
            "aAbBcCdDeEfFgGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ");
}

}  // namespace
}  // namespace pcx::migrate
