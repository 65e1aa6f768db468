#include "cli/doctor.h"

#include <gtest/gtest.h>

namespace pcx::cli {
namespace {

TEST(JudgeSpace, FailsWhereNoSandboxFits) {
  EXPECT_EQ(judge_space("/tmp", 99'000'000).health, Health::fail);
  EXPECT_EQ(judge_space("/tmp", 100'000'000).health, Health::warn);
  EXPECT_EQ(judge_space("/tmp", 1'000'000'000).health, Health::ok);
  EXPECT_EQ(judge_space("/tmp", 1'234'567'890).message, "1234 MB free in /tmp");
  EXPECT_FALSE(judge_space("/tmp", 0).hint.empty());
}

}  // namespace
}  // namespace pcx::cli
