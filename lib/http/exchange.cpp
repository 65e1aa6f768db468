// Written for g++ 12's coroutines: no temporaries with braces and no capturing lambdas in co_await
// expressions, references as parameters only to what outlives run().
#include "http/exchange.h"

#include <array>
#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <fmt/format.h>

#include "core/error.h"
#include "http/tls.h"

#ifndef __clang__
// g++ 12 looks into Asio's allocation of coroutine frames and takes its two halves for strangers.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace pcx::http {

namespace asio = boost::asio;
using asio::awaitable;
using asio::redirect_error;
using asio::use_awaitable;
using TlsStream = asio::ssl::stream<boost::beast::tcp_stream&>;

namespace {

constexpr std::chrono::milliseconds kInterruptPoll{50};
constexpr std::size_t kChunkBytes = 16 * 1024;

asio::ip::tcp::endpoint endpoint_of(const Address& address) {
  asio::ip::tcp::endpoint endpoint;
  endpoint.resize(address.size);
  std::memcpy(endpoint.data(), &address.storage, address.size);
  return endpoint;
}

}  // namespace

Exchange::Exchange(const Url& url, const std::string& request, ResponseReader& reader,
                   const Deadlines& deadlines, asio::ssl::context* tls)
    : url_(url), request_(request), reader_(reader), deadlines_(deadlines), tls_(tls) {}

void Exchange::run(const std::vector<Address>& addresses, const Interrupt* interrupt) {
  asio::co_spawn(io_, talk(addresses), [this](const std::exception_ptr& problem) {
    problem_ = problem;
    ended_ = true;
  });
  while (!ended_) {
    io_.run_for(kInterruptPoll);
    if (ended_ || interrupt == nullptr || !interrupt->stop_requested()) continue;
    tcp_.close();  // whatever waits ends with an error
    io_.run();
    interrupt->throw_if_requested();
  }
  if (problem_) std::rethrow_exception(problem_);
}

awaitable<void> Exchange::talk(const std::vector<Address>& addresses) {
  co_await connect(addresses);
  if (tls_ != nullptr) {
    co_await talk_tls();
  } else {
    co_await send_and_receive(tcp_);
  }
}

// One address after the other; a silent one gets its share of the time, not all of it.
awaitable<void> Exchange::connect(const std::vector<Address>& addresses) {
  Failure failed = asio::error::host_not_found;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto now = std::chrono::steady_clock::now();
    const auto left = static_cast<std::ptrdiff_t>(addresses.size() - i);
    tcp_.expires_at(now + (deadlines_.connect - now) / left);
    const asio::ip::tcp::endpoint endpoint = endpoint_of(addresses[i]);
    co_await tcp_.async_connect(endpoint, redirect_error(use_awaitable, failed));
    if (!failed) co_return;
    tcp_.close();
    if (failed == asio::error::operation_aborted) break;  // by run()
  }
  throw_failure("connecting", failed);
}

awaitable<void> Exchange::talk_tls() {
  TlsStream stream{tcp_, *tls_};
  expect_host(stream.native_handle(), url_);
  tcp_.expires_at(deadlines_.connect);
  Failure failed;
  co_await stream.async_handshake(TlsStream::client, redirect_error(use_awaitable, failed));
  if (failed == boost::beast::error::timeout) throw_failure("the TLS handshake", failed);
  if (failed) {
    const std::string reason = handshake_failure(stream.native_handle(), failed.message());
    throw Error{ErrorCode::unreachable, fmt::format("{}: no TLS: {}", url_.origin(), reason),
                "Check the server's certificate; a private authority's certificate must be given "
                "as CA file."}
        .because("tls");
  }
  co_await send_and_receive(stream);
}

template <typename Stream>
awaitable<void> Exchange::send_and_receive(Stream& stream) {
  tcp_.expires_at(deadlines_.total);
  Failure failed;
  const asio::const_buffer request = asio::buffer(request_);
  co_await asio::async_write(stream, request, redirect_error(use_awaitable, failed));
  if (failed) throw_failure("sending the request", failed);

  std::array<char, kChunkBytes> chunk;
  const asio::mutable_buffer target = asio::buffer(chunk);
  while (!reader_.done()) {
    const std::size_t count =
        co_await stream.async_read_some(target, redirect_error(use_awaitable, failed));
    reader_.put(std::string_view{chunk.data(), count});
    if (failed == asio::error::eof) reader_.put_end();
    if (failed && !reader_.done()) throw_failure("waiting for the response", failed);
  }
}

void Exchange::throw_failure(const char* doing, const Failure& failure) const {
  const std::string origin = url_.origin();
  if (failure == boost::beast::error::timeout) {
    throw Error{ErrorCode::unreachable, fmt::format("{}: {} took too long", origin, doing)}.because(
        "timeout");
  }
  const bool cut_off = failure == asio::ssl::error::stream_truncated;
  const bool connecting = !tcp_.socket().is_open();
  throw Error{ErrorCode::unreachable,
              fmt::format("{}: {} failed: {}", origin, doing, failure.message())}
      .because(cut_off ? "truncated" : (connecting ? "connect" : "reset"));
}

}  // namespace pcx::http
