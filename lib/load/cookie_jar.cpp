#include "load/cookie_jar.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <iterator>
#include <optional>

#include "core/ascii.h"
#include "core/text.h"

namespace pcx::load {

namespace {

std::string_view path_of(const http::Url& url) {
  return std::string_view{url.target}.substr(0, url.target.find('?'));
}

// RFC 6265, 5.1.4.
std::string default_path(const http::Url& url) {
  const std::string_view path = path_of(url);
  const auto slash = path.rfind('/');
  if (path.empty() || path.front() != '/' || slash == 0 || slash == std::string_view::npos) {
    return "/";
  }
  return std::string{path.substr(0, slash)};
}

bool path_matches(std::string_view path, std::string_view of_cookie) {
  if (!path.starts_with(of_cookie)) return false;
  return path.size() == of_cookie.size() || of_cookie.ends_with('/') ||
         path[of_cookie.size()] == '/';
}

bool domain_matches(const http::Url& url, std::string_view domain) {
  if (url.host == domain) return true;
  return !url.host_is_address && url.host.size() > domain.size() && url.host.ends_with(domain) &&
         url.host[url.host.size() - domain.size() - 1] == '.';
}

// RFC 6265, 4.1.1: a cookie ends at a semicolon, and nothing that controls a line belongs to it. A
// captured value may have both, and what is behind them would be other cookies, or other headers.
std::string_view up_to_end(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == ';' || (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// Any of the forms that RFC 6265, 5.1.1 reads: the words of a date in any order.
std::optional<Time> parse_cookie_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  std::tm date{};
  bool has_time = false, has_day = false, has_month = false, has_year = false;
  std::string word;
  const auto take_word = [&] {
    int a = 0, b = 0, c = 0;
    if (!has_time && std::sscanf(word.c_str(), "%2d:%2d:%2d", &a, &b, &c) == 3) {
      date.tm_hour = a, date.tm_min = b, date.tm_sec = c;
      has_time = true;
      return;
    }
    int number = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool is_number = read.ec == std::errc{} && read.ptr == word.data() + word.size();
    if (is_number && !has_day && word.size() <= 2) {
      date.tm_mday = number;
      has_day = true;
    } else if (is_number && !has_year && (word.size() == 4 || word.size() == 2)) {
      if (word.size() == 2) number += number < 70 ? 2'000 : 1'900;
      date.tm_year = number - 1'900;
      has_year = true;
    } else if (!has_month && word.size() >= 3) {
      const auto found =
          std::find(kMonths.begin(), kMonths.end(), to_lower_ascii(word.substr(0, 3)));
      if (found == kMonths.end()) return;
      date.tm_mon = static_cast<int>(found - kMonths.begin());
      has_month = true;
    }
  };
  for (const char c : std::string{text} + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ':') {
      word += c;
    } else if (!word.empty()) {
      take_word();
      word.clear();
    }
  }
  const bool is_date = has_time && has_day && has_month && has_year && date.tm_mday >= 1 &&
                       date.tm_mday <= 31 && date.tm_year >= -299 && date.tm_hour <= 23 &&
                       date.tm_min <= 59 && date.tm_sec <= 59;
  if (!is_date || date.tm_year > 1'000) return is_date ? std::optional{Time::max()} : std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&date));
}

std::optional<Time> expiry_of_age(std::string_view text, Time now) {
  std::int64_t seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  if (seconds <= 0) return Time::min();
  constexpr std::int64_t kYear = 366 * 86'400;
  return now + std::chrono::seconds{std::min(seconds, 100 * kYear)};
}

}  // namespace

bool CookieJar::put(std::string_view set_cookie, const http::Url& url, Time now) {
  is_open_ = true;
  const auto parts = split(set_cookie, ';');
  const std::string& pair = parts.front();
  const auto equals = pair.find('=');
  if (equals == std::string::npos) return false;
  Cookie cookie{.name = std::string{trim(std::string_view{pair}.substr(0, equals))},
                .value = std::string{trim(std::string_view{pair}.substr(equals + 1))},
                .domain = url.host,
                .path = default_path(url)};
  if (cookie.name.empty()) return false;
  std::optional<Time> by_age;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    const auto at = part.find('=');
    const std::string name = to_lower_ascii(trim(part.substr(0, at)));
    const std::string_view value =
        at == std::string_view::npos ? std::string_view{} : trim(part.substr(at + 1));
    if (name == "domain" && !value.empty()) {
      const std::string domain = to_lower_ascii(value.starts_with('.') ? value.substr(1) : value);
      if (!domain_matches(url, domain)) return false;
      cookie.host_only = domain == url.host && domain.find('.') == std::string::npos;
      if (domain.find('.') == std::string::npos && domain != url.host) return false;
      cookie.domain = domain;
    } else if (name == "path" && value.starts_with('/')) {
      cookie.path = value;
    } else if (name == "secure") {
      cookie.secure = true;
    } else if (name == "max-age") {
      if (const auto expires = expiry_of_age(value, now)) by_age = expires;
    } else if (name == "expires") {
      if (const auto expires = parse_cookie_date(value)) cookie.expires = *expires;
    }
  }
  if (by_age) cookie.expires = *by_age;
  if (cookie.secure && !url.tls) return true;  // nothing is wrong with it
  keep(std::move(cookie));
  std::erase_if(cookies_, [&](const Cookie& kept) { return kept.expires <= now; });
  return true;
}

void CookieJar::set(const std::string& name, const std::string& value, const http::Url& url) {
  keep({.name = std::string{trim(up_to_end(name))},
        .value = std::string{trim(up_to_end(value))},
        .domain = url.host,
        .path = default_path(url)});
}

void CookieJar::keep(Cookie&& cookie) {
  const auto same = std::find_if(cookies_.begin(), cookies_.end(), [&](const Cookie& kept) {
    return kept.name == cookie.name && kept.domain == cookie.domain && kept.path == cookie.path;
  });
  if (same != cookies_.end()) {
    *same = std::move(cookie);
    return;
  }
  if (cookies_.size() == kCookiesMax) cookies_.erase(cookies_.begin());
  cookies_.push_back(std::move(cookie));
}

bool CookieJar::append_header(const http::Url& url, Time now, std::string& out) const {
  if (cookies_.empty()) return false;
  const std::string_view path = path_of(url);
  std::vector<const Cookie*> fitting;
  for (const Cookie& cookie : cookies_) {
    const bool is_of_host =
        cookie.host_only ? url.host == cookie.domain : domain_matches(url, cookie.domain);
    const bool fits = is_of_host && path_matches(path, cookie.path) &&
                      (!cookie.secure || url.tls) && cookie.expires > now;
    if (fits) fitting.push_back(&cookie);
  }
  std::stable_sort(fitting.begin(), fitting.end(), [](const Cookie* a, const Cookie* b) {
    return a->path.size() > b->path.size();
  });
  for (const Cookie* cookie : fitting) {
    if (cookie != fitting.front()) out += "; ";
    out += cookie->name + "=" + cookie->value;
  }
  return !fitting.empty();
}

}  // namespace pcx::load
