// One request and its response over one connection. Private to this folder.
#pragma once

#include <chrono>
#include <exception>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "core/interrupt.h"
#include "http/resolve.h"
#include "http/response_reader.h"
#include "http/url.h"

namespace pcx::http {

struct Deadlines {
  std::chrono::steady_clock::time_point connect;  // never after `total`
  std::chrono::steady_clock::time_point total;
};

// Asynchronous inside, because Beast's blocking calls know no time limits; run() blocks.
class Exchange {
 public:
  // `url`, `request`, `reader` and, for https, `tls` are kept by reference.
  Exchange(const Url& url, const std::string& request, ResponseReader& reader,
           const Deadlines& deadlines, boost::asio::ssl::context* tls);

  // Feeds the reader until it is done. Throws as Transport::send() says.
  void run(const std::vector<Address>& addresses, const Interrupt* interrupt);

 private:
  using Failure = boost::system::error_code;

  boost::asio::awaitable<void> talk(const std::vector<Address>& addresses);
  boost::asio::awaitable<void> connect(const std::vector<Address>& addresses);
  boost::asio::awaitable<void> talk_tls();
  template <typename Stream>
  boost::asio::awaitable<void> send_and_receive(Stream& stream);
  [[noreturn]] void throw_failure(const char* doing, const Failure& failure) const;

  const Url& url_;
  const std::string& request_;
  ResponseReader& reader_;
  Deadlines deadlines_;
  boost::asio::ssl::context* tls_;
  boost::asio::io_context io_{1};
  boost::beast::tcp_stream tcp_{io_};
  bool ended_ = false;
  std::exception_ptr problem_;
};

}  // namespace pcx::http
