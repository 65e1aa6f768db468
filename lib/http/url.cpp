#include "http/url.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::http {

namespace {

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, 2.3.4, as text
constexpr std::size_t kLabelBytesMax = 63;

[[noreturn]] void refuse(std::string_view what, std::string hint = {}) {
  throw Error{ErrorCode::data, fmt::format("not a URL that can be called: {}", what),
              std::move(hint)};
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_address(int family, const std::string& text) {
  in6_addr buffer;  // the larger of the two
  return ::inet_pton(family, text.c_str(), &buffer) == 1;
}

// Cuts "http://" or "https://" off.
bool take_scheme(std::string_view& rest) {
  const std::size_t end = rest.find("://");
  if (end == std::string_view::npos) refuse("it does not begin with http:// or https://");
  const std::string scheme = to_lower_ascii(rest.substr(0, end));
  if (scheme != "http" && scheme != "https") refuse("its scheme is neither http nor https");
  rest.remove_prefix(end + 3);
  return scheme == "https";
}

std::uint16_t read_port(std::string_view digits) {
  unsigned port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || stopped != end || port < 1 || port > 65535) {
    refuse("its port is not a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

void check_name(std::string_view host) {
  if (host.empty()) refuse("it has no host");
  if (host.size() > kHostBytesMax) refuse("its host name is longer than 253 characters");
  for (const std::string& label : split(host, '.')) {
    if (label.empty() || label.size() > kLabelBytesMax) refuse("its host name has a bad label");
    const bool good = std::ranges::all_of(
        label, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
    if (!good) refuse("its host name has a character that names do not have");
  }
}

void read_name(std::string_view authority, Url& url) {
  const std::size_t colon = authority.find(':');
  const std::string_view host = authority.substr(0, colon);
  check_name(host);
  url.host = to_lower_ascii(host);
  url.host_is_address = is_address(AF_INET, url.host);
  // "127.1" or "0x7f000001" are addresses for some libraries and names for others.
  const std::string_view last = std::string_view{url.host}.substr(url.host.rfind('.') + 1);
  if (!url.host_is_address && is_digit(last.front())) refuse("its IPv4 address is incomplete");
  if (colon != std::string_view::npos) url.port = read_port(authority.substr(colon + 1));
}

void read_bracketed(std::string_view authority, Url& url) {
  const std::size_t end = authority.find(']');
  url.host = to_lower_ascii(authority.substr(1, end == std::string_view::npos ? end : end - 1));
  if (end == std::string_view::npos || !is_address(AF_INET6, url.host)) {
    refuse("there is no IPv6 address between its brackets");
  }
  url.host_is_address = true;
  const std::string_view port = authority.substr(end + 1);
  if (port.empty()) return;
  if (port.front() != ':') refuse("something other than a port follows its host");
  url.port = read_port(port.substr(1));
}

// RFC 3986, 3.3 and 3.4: pchar, '/' and, in the query, '?'.
void check_target(std::string_view target) {
  constexpr std::string_view kAllowed = "-._~!$&'()*+,;=:@/?";
  for (std::size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (c == '#') refuse("it has a fragment", "Leave out '#' and what follows it.");
    if (c == '%') {
      if (i + 2 >= target.size() || !is_hex(target[i + 1]) || !is_hex(target[i + 2])) {
        refuse("it has a '%' without two hexadecimal digits");
      }
      i += 2;
    } else if (!is_letter(c) && !is_digit(c) && kAllowed.find(c) == std::string_view::npos) {
      refuse("it has a character that must be percent-encoded");
    }
  }
}

}  // namespace

std::string Url::authority() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  const std::string shown = is_ipv6 ? fmt::format("[{}]", host) : host;
  return port == (tls ? 443 : 80) ? shown : fmt::format("{}:{}", shown, port);
}

std::string Url::origin() const {
  return fmt::format("{}://{}", tls ? "https" : "http", authority());
}

Url parse_url(std::string_view text) {
  if (text.size() > kUrlBytesMax) refuse("it is longer than 8192 bytes");
  Url url;
  url.tls = take_scheme(text);
  url.port = url.tls ? 443 : 80;
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  const std::string_view authority = text.substr(0, end);
  if (authority.find('@') != std::string_view::npos) {
    refuse("it has a user name or password", "Send credentials in an Authorization header.");
  }
  if (authority.starts_with('[')) {
    read_bracketed(authority, url);
  } else {
    read_name(authority, url);
  }
  const std::string_view target = text.substr(end);
  check_target(target);
  url.target = target.starts_with('/') ? std::string{target} : fmt::format("/{}", target);
  return url;
}

}  // namespace pcx::http
