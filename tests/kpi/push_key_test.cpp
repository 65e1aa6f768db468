#include "kpi/push_key.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using testing::error_of;

TEST(PushKey, OfNewRelicIsForItsOwnHosts) {
  for (const char* url : {"https://otlp.nr-data.net", "https://otlp.eu01.nr-data.net:4318/",
                          "https://NR-Data.net", "http://gov-otlp.nr-data.net/v1"}) {
    EXPECT_TRUE(is_new_relic_otlp(url)) << url;
  }
  for (const char* url :
       {"https://collector.example.org", "https://nr-data.net.example.org",
        "https://evilnr-data.net", "https://example.org/nr-data.net", "http://localhost:4318",
        "https://example.org/?x=.nr-data.net", "https://nr-data.network"}) {
    EXPECT_FALSE(is_new_relic_otlp(url)) << url;
  }
}

TEST(PushKey, NeedsAUrl) {
  for (const char* url : {"", "example.org", "http://127.1", "http://user@example.org"}) {
    EXPECT_EQ(error_of([&] { is_new_relic_otlp(url); }).code(), ErrorCode::data) << url;
  }
}

}  // namespace
}  // namespace pcx::kpi
