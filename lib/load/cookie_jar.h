// The cookies of one virtual user (RFC 6265): names and values by domain and path. Most users have
// none; a jar without cookies is a few bytes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "http/url.h"

namespace pcx::load {

class CookieJar {
 public:
  static constexpr std::size_t kCookiesMax = 64;  // then the oldest goes

  // A Set-Cookie line that came from `url`. What the RFC says to ignore is ignored: another
  // domain's, Secure from http, a public suffix by its lack of a dot.
  // False: it was refused.
  bool put(std::string_view set_cookie, const http::Url& url, Time now);
  // As the script gives it: for this host and the folder of this path, until the end. Name and
  // value end at their first semicolon or control character, as tough-cookie has it.
  void set(const std::string& name, const std::string& value, const http::Url& url);

  // "a=1; b=2" for a request, longer paths first; appended to `out`. False: none.
  bool append_header(const http::Url& url, Time now, std::string& out) const;
  bool is_empty() const { return cookies_.empty(); }
  // An answer has set one: from then on requests have cookies whether or not the script says so.
  bool is_open() const { return is_open_; }

 private:
  struct Cookie {
    std::string name, value, domain, path;
    bool host_only = true;
    bool secure = false;
    Time expires = Time::max();
  };
  void keep(Cookie&& cookie);

  std::vector<Cookie> cookies_;  // the oldest first
  bool is_open_ = false;
};

}  // namespace pcx::load
