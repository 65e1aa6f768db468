#include "crypto/constant_time.h"

#include <gtest/gtest.h>

namespace pcx::crypto {
namespace {

TEST(EqualInConstantTime, SeesEveryDifference) {
  EXPECT_TRUE(equal_in_constant_time(bytes_of("secret"), bytes_of("secret")));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("secret"), bytes_of("secreT")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("secret"), bytes_of("Secret")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("secret"), bytes_of("secre")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("secret"), {}));
}

}  // namespace
}  // namespace pcx::crypto
