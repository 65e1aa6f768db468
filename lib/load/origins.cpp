#include "load/origins.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/error.h"

namespace pcx::load {

namespace {

// Names that are not found may be made up by a server, or by the script for each user anew.
constexpr std::size_t kFailedMax = 1'000;

bool starts_with_scheme(std::string_view url) {
  const auto begins = [&](std::string_view scheme) {
    if (url.size() < scheme.size()) return false;
    for (std::size_t i = 0; i < scheme.size(); ++i) {
      if (to_lower_ascii(url[i]) != scheme[i]) return false;
    }
    return true;
  };
  return begins("http://") || begins("https://");
}

// Percent-encodes what the URL standard's path (or query) set has; "%" is left as it is.
void append_encoded(std::string_view text, bool is_query, std::string& out) {
  constexpr std::string_view kPath = " \"#<>?`{}";
  constexpr std::string_view kQuery = " \"#<>'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_special = (is_query ? kQuery : kPath).find(c) != std::string_view::npos;
    if (byte > 0x20 && byte < 0x7f && !is_special) {
      out += c;
    } else if (byte != '\t' && byte != '\n' && byte != '\r') {  // these are removed
      out += fmt::format("%{:02X}", byte);
    }
  }
}

// Without "." and "..": path begins with "/".
std::string without_dots(std::string_view path) {
  if (path.find("/.") == std::string_view::npos) return std::string{path};
  std::string result;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash);
    if (segment == "..") {
      result.erase(result.rfind('/') == std::string::npos ? 0 : result.rfind('/'));
    } else if (segment != ".") {
      result += "/";
      result += segment;
      continue;
    }
    if (path.empty()) result += "/";
  }
  return result.empty() ? "/" : result;
}

}  // namespace

SplitUrl split_url(std::string_view url) {
  if (!starts_with_scheme(url)) return {};
  const auto host = url.find("://") + 3;
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  SplitUrl split{.origin = url.substr(0, end), .target = {}};
  std::string_view rest = url.substr(end);
  rest = rest.substr(0, rest.find('#'));
  const auto question = rest.find('?');
  const std::string_view path = rest.substr(0, question);
  append_encoded(path.empty() ? "/" : without_dots(path), false, split.target);
  // As new URL() has it, an empty query is none.
  if (question != std::string_view::npos && question + 1 < rest.size()) {
    split.target += '?';
    append_encoded(rest.substr(question + 1), true, split.target);
  }
  return split;
}

std::string resolve_reference(std::string_view location, std::string_view origin,
                              std::string_view target) {
  if (starts_with_scheme(location)) return std::string{location};
  if (location.starts_with("//")) {
    return std::string{origin.substr(0, origin.find("//"))} + std::string{location};
  }
  const std::string_view path = target.substr(0, target.find('?'));
  std::string url{origin};
  if (location.empty() || location.starts_with('#')) {
    url += target;
  } else if (location.starts_with('/')) {
    url += location;
  } else if (location.starts_with('?')) {
    url.append(path).append(location);
  } else {
    url.append(path.substr(0, path.rfind('/') + 1)).append(location);
  }
  return url;
}

bool may_have_credentials(const http::Url& from, const http::Url& to, bool is_strict) {
  const auto is_usual = [](const http::Url& url) { return url.port == (url.tls ? 443 : 80); };
  const bool is_laid_open = from.tls && !to.tls;
  return from.host == to.host && (from.port == to.port || (is_usual(from) && is_usual(to))) &&
         (is_strict || !is_laid_open);
}

void Origin::set_aside(const boost::asio::ip::tcp::endpoint& address) {
  const auto end = addresses.begin() + static_cast<std::ptrdiff_t>(answering);
  const auto found = std::find(addresses.begin(), end, address);
  if (found == end) return;  // another connection has done so
  std::iter_swap(found, end - 1);
  if (--answering == 0) answering = addresses.size();
}

std::unique_ptr<Origin> Origins::make(std::string_view origin) const {
  auto made = std::make_unique<Origin>();
  made->url = http::parse_url(origin);
  made->text = made->url.origin();
  made->authority = made->url.authority();
  made->addresses = resolve_(made->url);
  made->answering = made->addresses.size();
  return made;
}

Origin& Origins::find(std::string_view origin, Instant now) {
  const auto known = origins_.find(origin);
  if (known != origins_.end()) return *known->second;
  const auto failed = failed_.find(origin);
  if (failed != failed_.end() && now < failed->second.until) throw Error{failed->second.error};
  try {
    return *origins_.emplace(std::string{origin}, make(origin)).first->second;
  } catch (const Error& error) {
    if (failed_.size() >= kFailedMax) failed_.clear();
    failed_.insert_or_assign(std::string{origin}, Failed{error, now + std::chrono::seconds{1}});
    throw;
  }
}

}  // namespace pcx::load
