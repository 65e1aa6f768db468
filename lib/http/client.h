// HTTP as a slice sees it: a request goes out, a response or an Error comes back. Slices take a
// Transport, so that their tests need no network.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pcx::http {

struct Header {
  std::string name;
  std::string value;
  bool operator==(const Header&) const = default;
};

struct Request {
  std::string method = "GET";  // a token (RFC 9110, 9.1), not CONNECT
  std::string url;             // see parse_url()
  // Host, Content-Length, Transfer-Encoding and Connection are the transport's.
  std::vector<Header> headers;
  std::string body;
};

struct Response {
  int status = 0;               // 200 to 599; 429 and 500 are answers, not errors
  std::vector<Header> headers;  // in the order of the message, but those of one name together
  std::string body;             // decoded from chunks, otherwise as sent

  // The first header of that name (case does not matter); nullptr when there is none.
  const std::string* header(std::string_view name) const noexcept;
};

class Transport {
 public:
  virtual ~Transport() = default;

  // Throws Error{data} for a URL, method or header that cannot be sent; Error{unreachable} when no
  // complete response came, with because() one of "resolve", "connect", "timeout", "tls", "reset",
  // "truncated", "protocol", "too_large". Messages name scheme, host and port, never the path, the
  // query, a header or a body.
  virtual Response send(const Request& request) = 0;
};

}  // namespace pcx::http
