#include <fmt/format.h>

#include "alert/app.h"
#include "core/duration.h"
#include "core/error.h"
#include "http/clear_text.h"
#include "http/url.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTimeoutMax = 60s;

[[noreturn]] void refuse_setting(const YamlNode& node, const std::string& what) {
  throw Error{ErrorCode::config, what}.at(node.place);
}

std::string text_of(const Config& config, std::string_view key) {
  return config.text("alert.app." + std::string{key}).value_or("");
}

// The node of a key that is set.
const YamlNode& node_of(const Config& config, std::string_view key) {
  return *config.find("alert.app." + std::string{key});
}

std::string read_url(const Config& config) {
  std::string url = text_of(config, "url");
  if (url.empty()) refuse_setting(*config.find("alert.app"), "alert.app has no url");
  const YamlNode& node = node_of(config, "url");
  try {
    if (http::parse_url(url).target != "/") refuse_setting(node, "alert.app.url has a path");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::config) throw;
    refuse_setting(node, fmt::format("alert.app.url: {}", error.what()));
  }
  if (url.ends_with('/')) url.pop_back();
  return url;
}

std::chrono::milliseconds read_timeout(const Config& config) {
  const std::string text = text_of(config, "timeout");
  if (text.empty()) return AppConfig{}.timeout;
  const auto timeout = parse_duration(text);
  if (!timeout || *timeout <= 0ms || *timeout > kTimeoutMax) {
    refuse_setting(node_of(config, "timeout"), "alert.app.timeout is no duration up to 60s");
  }
  return *timeout;
}

void require_safe(const Config& config, const AppConfig& app) {
  if (app.credentials_file.empty()) return;
  if (app.token_file.empty()) {
    refuse_setting(node_of(config, "credentials_file"),
                   "alert.app has credentials, but no token_file");
  }
  try {
    http::require_safe_for_key(app.url);
  } catch (const Error&) {
    refuse_setting(node_of(config, "url"),
                   "alert.app.url: the password would be sent in clear text; https:// does not");
  }
}

}  // namespace

std::optional<AppConfig> read_app_config(const Config& config) {
  const YamlNode* const node = config.find("alert.app");
  if (node == nullptr || node->kind == YamlNode::Kind::null) return std::nullopt;
  AppConfig app{.url = read_url(config),
                .credentials_file = text_of(config, "credentials_file"),
                .token_file = text_of(config, "token_file"),
                .ca_file = text_of(config, "ca_file"),
                .timeout = read_timeout(config)};
  require_safe(config, app);
  return app;
}

std::vector<ConfigKey> app_config_keys() {
  return {
      {"alert.app.url", "the application, for its /health/* and /metrics: https://api.example.org"},
      {"alert.app.credentials_file",
       "an administrator's e-mail and password, a line each, in a file of mode 0600; for /metrics"},
      {"alert.app.token_file", "where the token is kept that the login gives"},
      {"alert.app.ca_file", "trusted certificate authorities, instead of the system's"},
      {"alert.app.timeout", "of one request; default 10s"},
  };
}

}  // namespace pcx::alert
