#include <gmock/gmock.h>

#include "alert/app.h"
#include "core/error.h"
#include "core/yaml.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using testing::error_of;

Config config_of(const std::string& text) { return {"pcx.yaml", parse_yaml(text, "pcx.yaml")}; }

TEST(AppConfig, IsReadWhole) {
  const auto app = read_app_config(
      config_of("alert:\n  app:\n    url: https://api.example.org/\n"
                "    credentials_file: /etc/pcx/app\n    token_file: /var/lib/pcx/token\n"
                "    ca_file: /etc/pcx/ca.pem\n    timeout: 3s\n"));
  ASSERT_TRUE(app.has_value());
  EXPECT_EQ(app->url, "https://api.example.org");
  EXPECT_EQ(app->credentials_file, "/etc/pcx/app");
  EXPECT_EQ(app->token_file, "/var/lib/pcx/token");
  EXPECT_EQ(app->ca_file, "/etc/pcx/ca.pem");
  EXPECT_EQ(app->timeout, 3s);
}

TEST(AppConfig, NeedsAUrlAndNothingElse) {
  EXPECT_EQ(read_app_config(config_of("alert: {}\n")), std::nullopt);
  const auto app = read_app_config(config_of("alert:\n  app:\n    url: http://api:3000\n"));
  ASSERT_TRUE(app.has_value());
  EXPECT_EQ(app->url, "http://api:3000");
  EXPECT_EQ(app->timeout, 10s);
  EXPECT_TRUE(app->credentials_file.empty());
}

struct Wrong {
  std::string text;
  int line, column;
  std::string message;
};

TEST(AppConfig, RefusesWithThePlace) {
  const std::vector<Wrong> cases{
      {"timeout: 3s", 3, 5, "alert.app has no url"},
      {"url: https://api.example.org/api", 3, 10, "alert.app.url has a path"},
      {"url: api.example.org", 3, 10,
       "alert.app.url: not a URL that can be called: it does not begin with http:// or https://"},
      {"url: https://a.example\n    timeout: soon", 4, 14,
       "alert.app.timeout is no duration up to 60s"},
      {"url: https://a.example\n    timeout: 61s", 4, 14,
       "alert.app.timeout is no duration up to 60s"},
      {"url: https://a.example\n    credentials_file: x", 4, 23,
       "alert.app has credentials, but no token_file"},
      {"url: http://a.example\n    credentials_file: x\n    token_file: y", 3, 10,
       "alert.app.url: the password would be sent in clear text; https:// does not"},
  };
  for (const Wrong& each : cases) {
    const Error error =
        error_of([&] { read_app_config(config_of("alert:\n  app:\n    " + each.text + "\n")); });
    EXPECT_EQ(error.code(), ErrorCode::config) << each.text;
    EXPECT_EQ(error.what(), each.message) << each.text;
    EXPECT_EQ(error.location().line, each.line) << each.text;
    EXPECT_EQ(error.location().column, each.column) << each.text;
  }
}

}  // namespace
}  // namespace pcx::alert
