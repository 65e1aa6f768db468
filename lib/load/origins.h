// The servers that are talked to, and their addresses. Of one shard.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "core/error.h"
#include "http/url.h"
#include "load/wheel.h"

namespace pcx::load {

// Addresses of a host, asked for in advance or again when they are old. Throws Error{unreachable}.
using Resolve = std::function<std::vector<boost::asio::ip::tcp::endpoint>(const http::Url& url)>;

struct Origin {
  http::Url url;                                          // its target says nothing
  std::string text;                                       // "https://example.org:8443"
  std::string authority;                                  // for Host
  std::vector<boost::asio::ip::tcp::endpoint> addresses;  // those that answer first
  std::size_t answering = 0;                              // how many; 0 only without addresses
  std::size_t next = 0;

  // One after the other of those that answer.
  boost::asio::ip::tcp::endpoint next_address() { return addresses[next++ % answering]; }
  // It did not: it is left out while another one does ("localhost" is ::1 and 127.0.0.1, and many
  // servers listen at one of them). When none is left, all are tried again.
  void set_aside(const boost::asio::ip::tcp::endpoint& address);
};

// "https://example.org:8443/a/../b c?x=é" into its origin and what is sent of it, as WHATWG's URL
// standard has it: dot segments are resolved, what may not stand in a URL is percent-encoded.
struct SplitUrl {
  std::string_view origin;  // "https://example.org:8443"; empty: no absolute http URL
  std::string target;       // "/b%20c?x=%C3%A9"
};
SplitUrl split_url(std::string_view url);
// The URL that `location` means on a page of `origin` and `target` (RFC 3986, 5.2).
std::string resolve_reference(std::string_view location, std::string_view origin,
                              std::string_view target);

// Whether what proves who one is may follow a redirect `from` here `to` there: to the same site, as
// got has it (from http to https is no other one). From https to plain http only in a strict run.
bool may_have_credentials(const http::Url& from, const http::Url& to, bool is_strict);

class Origins {
 public:
  explicit Origins(Resolve resolve) : resolve_(std::move(resolve)) {}

  // Throws Error{data} for a URL that is none, and what resolving throws; the same again for a
  // second, so that a name that is not found does not stop the shard for every user.
  Origin& find(std::string_view origin, Instant now);

 private:
  std::unique_ptr<Origin> make(std::string_view origin) const;

  struct Failed {
    Error error;
    Instant until;
  };
  Resolve resolve_;
  std::map<std::string, std::unique_ptr<Origin>, std::less<>> origins_;
  std::map<std::string, Failed, std::less<>> failed_;
};

}  // namespace pcx::load
