// Turns the bytes of HTTP/1.1 into a Response, within limits. Knows no sockets.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/client.h"

namespace pcx::http {

struct ResponseLimits {
  std::size_t header_bytes_max = std::size_t{64} * 1024;
  std::size_t body_bytes_max = std::size_t{16} * 1024 * 1024;
};

// Bodies with Content-Length, chunked, and up to the end of the connection; interim responses
// (1xx) are skipped, at most kInterimMax. What comes after the response is ignored.
class ResponseReader {
 public:
  static constexpr int kInterimMax = 5;

  // `origin` is named in errors. `without_body` for answers to HEAD.
  ResponseReader(std::string origin, const ResponseLimits& limits, bool without_body);
  ~ResponseReader();

  // The next bytes. Throws Error{unreachable}, because "protocol" or "too_large".
  void put(std::string_view bytes);
  // The connection ended in order. Throws Error{unreachable}, because "truncated", when the
  // response is not complete.
  void put_end();
  bool done() const;

  // REQUIRES: done(). Leaves the reader empty.
  Response take();

 private:
  struct Parser;
  std::string origin_;
  ResponseLimits limits_;
  bool without_body_;
  std::string pending_;  // received, not yet parsed
  bool begun_ = false;   // the message showed that it is HTTP
  int interim_ = 0;
  std::unique_ptr<Parser> parser_;

  void start_message();
  void check_beginning();
  bool skip_interim();
};

}  // namespace pcx::http
