#include "http/clear_text.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::http {
namespace {

using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RequireSafeForKey, LetsItGoNowhereInClearTextButToThisMachine) {
  for (const char* url :
       {"https://example.org", "https://10.0.0.1:9091", "http://localhost:9091", "http://LOCALHOST",
        "http://127.0.0.1:9091/x", "http://127.8.9.10", "http://[::1]:4318"}) {
    EXPECT_NO_THROW(require_safe_for_key(url)) << url;
  }
  for (const char* url :
       {"http://example.org", "http://10.0.0.1:9091", "http://localhost.example.org",
        "http://127.example.org", "http://128.0.0.1", "http://[::2]", "http://[fe80::1]",
        "http://0.0.0.0", "http://metric-api.newrelic.com"}) {
    const Error error = error_of([&] { require_safe_for_key(url); });
    EXPECT_EQ(error.code(), ErrorCode::config) << url;
    EXPECT_EQ(error.reason(), "clear_text") << url;
    EXPECT_THAT(error.hint(), HasSubstr("https://")) << url;
  }
}

TEST(RequireSafeForKey, NamesTheTargetWithoutItsPath) {
  const Error error =
      error_of([] { require_safe_for_key("http://example.org:81/a?token=s3cret"); });
  EXPECT_STREQ(error.what(), "http://example.org:81: the key would be sent in clear text");
  EXPECT_THAT(error.what() + error.hint() + error.detail(), Not(HasSubstr("s3cret")));
}

TEST(RequireSafeForKey, NeedsAUrl) {
  for (const char* url : {"", "example.org", "http://127.1", "http://user@example.org"}) {
    EXPECT_EQ(error_of([&] { require_safe_for_key(url); }).code(), ErrorCode::data) << url;
  }
}

}  // namespace
}  // namespace pcx::http
