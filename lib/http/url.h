// URLs that pcx calls: a strict part of RFC 3986, absolute, http or https.
//
// Errors never repeat the URL: its path and query may hold tokens (webhooks do).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pcx::http {

inline constexpr std::size_t kUrlBytesMax = 8192;

struct Url {
  bool tls = false;              // https
  std::string host;              // lower case; an IPv6 address without its brackets
  bool host_is_address = false;  // IPv4 or IPv6, not a name
  std::uint16_t port = 0;        // 80 or 443 when the URL has none
  std::string target;            // path and query as written, at least "/"

  // As the Host header has it: "example.org", "example.org:8443", "[::1]:8080".
  std::string authority() const;
  // Safe to show: "https://example.org:8443", without path and query.
  std::string origin() const;
};

// "https://example.org:8443/hook?x=1", "http://[::1]:8080".
//
// Throws Error{data}, saying what is wrong, for: no or another scheme, user names and passwords
// (send an Authorization header), host names beyond letters, digits, '-', '_' and '.', zone ids,
// ports outside 1 to 65535, fragments, characters that must be percent-encoded, broken
// percent-encoding, and more than kUrlBytesMax bytes.
Url parse_url(std::string_view text);

}  // namespace pcx::http
