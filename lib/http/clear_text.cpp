#include "http/clear_text.h"

#include <fmt/format.h>

#include "core/error.h"
#include "http/url.h"

namespace pcx::http {
namespace {

bool is_loopback(const Url& url) {
  if (!url.host_is_address) return url.host == "localhost";
  return url.host.starts_with("127.") || url.host == "::1" || url.host == "0:0:0:0:0:0:0:1";
}

}  // namespace

void require_safe_for_key(std::string_view url) {
  const Url parsed = parse_url(url);
  if (parsed.tls || is_loopback(parsed)) return;
  throw Error{ErrorCode::config,
              fmt::format("{}: the key would be sent in clear text", parsed.origin()),
              "Name the target with https://, or send without a key; http:// is for this machine "
              "itself."}
      .because("clear_text");
}

}  // namespace pcx::http
