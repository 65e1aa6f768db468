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

TEST(JudgeCapacity, WarnsOfAMachineThatIsNoGenerator) {
  EXPECT_EQ(judge_capacity(1'048'576, 28'232).health, Health::ok);
  EXPECT_EQ(
      judge_capacity(1'048'576, 28'232).message,
      "1,048,576 descriptors, 28,232 local ports: at most 470 new connections a second to one "
      "address");
  EXPECT_EQ(judge_capacity(9'999, 28'232).health, Health::warn);
  EXPECT_NE(judge_capacity(9'999, 28'232).hint.find("ulimit -n"), std::string::npos);
  EXPECT_NE(judge_capacity(1'048'576, 9'999).hint.find("ip_local_port_range"), std::string::npos);
}

}  // namespace
}  // namespace pcx::cli
