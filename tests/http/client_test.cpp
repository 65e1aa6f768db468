#include "http/client.h"

#include <gtest/gtest.h>

namespace pcx::http {
namespace {

TEST(Response, FindsTheFirstHeaderOfAnyCase) {
  const Response response{.headers{{"Retry-After", "5"}, {"retry-after", "9"}}};
  ASSERT_NE(response.header("RETRY-AFTER"), nullptr);
  EXPECT_EQ(*response.header("RETRY-AFTER"), "5");
  EXPECT_EQ(response.header("Retry"), nullptr);
}

}  // namespace
}  // namespace pcx::http
