#include "http/retry_after.h"

#include <gtest/gtest.h>

#include "core/time.h"

namespace pcx::http {
namespace {

struct Case {
  const char* header;
  std::optional<std::int64_t> seconds;
};

TEST(RetryAfter, IsSecondsOrADateOfThreeForms) {
  const Time now = *parse_rfc3339("1994-11-06T08:49:07.250Z");
  const Case cases[] = {
      {"0", 0},
      {"120", 120},
      {"99999999999999999999", kRetryAfterMax.count()},
      {"40000000", kRetryAfterMax.count()},
      {"Sun, 06 Nov 1994 08:49:37 GMT", 30},
      {"Sunday, 06-Nov-94 08:49:37 GMT", 30},
      {"Sun Nov  6 08:49:37 1994", 30},
      {"Sun, 06 Nov 1994 08:49:07 GMT", 0},
      {"Sat, 05 Nov 1994 08:49:37 GMT", 0},
      {"Friday, 06-Nov-99 08:49:37 GMT", kRetryAfterMax.count()},
      {"Monday, 06-Nov-44 08:49:37 GMT", kRetryAfterMax.count()},  // 2044: 50 years ahead
      {"Monday, 06-Nov-45 08:49:37 GMT", 0},                       // 1945
      {"", {}},
      {"-1", {}},
      {"1.5", {}},
      {"soon", {}},
      {"Sun, 06 Nov 1994 08:49:37", {}},
      {"Sun, 06 Nov 1994 08:49:37 CET", {}},
      {"Sun, 31 Feb 1994 08:49:37 GMT", {}},
      {"Sun, 06 Nov 1994 24:49:37 GMT", {}},
      {"Sun, 06 Nov 1994 8:49:37 GMT", {}},
      {"Sun, 06 Noe 1994 08:49:37 GMT", {}},
      {"Sun, xx Nov 1994 08:49:37 GMT", {}},
      {"Sun, 06 Nov 11994 08:49:37 GMT", {}},
  };
  for (const Case& each : cases) {
    const auto found = retry_after({.status = 429, .headers = {{"retry-after", each.header}}}, now);
    const auto count = found ? std::optional<std::int64_t>{found->count()} : std::nullopt;
    EXPECT_EQ(count, each.seconds) << each.header;
  }
}

TEST(RetryAfter, IsNothingWithoutTheHeader) {
  EXPECT_EQ(retry_after({.status = 429}, Time{}), std::nullopt);
}

}  // namespace
}  // namespace pcx::http
