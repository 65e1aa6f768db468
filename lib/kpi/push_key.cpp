#include "kpi/push_key.h"

#include <fmt/format.h>

#include "core/error.h"
#include "http/url.h"

namespace pcx::kpi {
namespace {

bool is_loopback(const http::Url& url) {
  if (!url.host_is_address) return url.host == "localhost";
  return url.host.starts_with("127.") || url.host == "::1" || url.host == "0:0:0:0:0:0:0:1";
}

}  // namespace

bool is_new_relic_otlp(std::string_view url) {
  const http::Url parsed = http::parse_url(url);
  return parsed.host == "nr-data.net" || parsed.host.ends_with(".nr-data.net");
}

void require_safe_for_key(std::string_view url) {
  const http::Url parsed = http::parse_url(url);
  if (parsed.tls || is_loopback(parsed)) return;
  throw Error{ErrorCode::config,
              fmt::format("{}: the key would be sent in clear text", parsed.origin()),
              "Name the target with https://, or send without a key; http:// is for this machine "
              "itself."}
      .because("clear_text");
}

}  // namespace pcx::kpi
