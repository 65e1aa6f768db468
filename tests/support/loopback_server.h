// An HTTP server on the loopback that does what a test tells it, also what no server should do.
//
// One connection at a time, one request a connection. Plain sockets and OpenSSL only, so that it
// shares no code with the client it tests.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/certificate.h"

struct ssl_ctx_st;

namespace pcx::testing {

// What the server does with one connection, after it read the request.
struct Script {
  enum class Manner {
    answer,   // writes the bytes, closes in order
    hang,     // never answers
    reset,    // writes the bytes, then a TCP reset
    cut_off,  // writes the bytes, then closes without TLS's farewell
    trickle,  // writes a byte every pause
  };
  Manner manner = Manner::answer;
  std::string bytes;
  std::chrono::milliseconds pause{0};
};

using HeaderLines = std::vector<std::pair<std::string, std::string>>;

Script answer(int status, const std::string& body, const HeaderLines& headers = {});
Script chunked(const std::vector<std::string>& chunks);
Script raw(std::string bytes);
Script hang();
Script reset(std::string bytes = {});
Script cut_off(std::string bytes);
Script trickle(std::string bytes, std::chrono::milliseconds pause);

// A request as it came.
struct Received {
  std::string method;
  std::string target;
  HeaderLines headers;
  std::string body;
  // The value of the first header of that name, any case; empty when there is none.
  std::string header(const std::string& name) const;
};

class LoopbackServer {
 public:
  // Listens at once, on a free port of `address` ("127.0.0.1" or "::1"). With a certificate it
  // speaks TLS; `newest_tls` caps the version ("TLSv1.1" for a server that is too old).
  explicit LoopbackServer(std::optional<Certificate> certificate = std::nullopt,
                          const std::string& address = "127.0.0.1",
                          const std::string& newest_tls = {});
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const { return port_; }
  // "http://127.0.0.1:PORT" + path, or https; `host` when the address is not meant.
  std::string url(const std::string& path = "/", const std::string& host = {}) const;

  // Queued for the connections to come; without any, the answer is an empty 200, or what
  // `answer_with` says.
  void then(Script script);
  // Called in the server's own thread.
  using Answerer = std::function<Script(const Received&)>;
  void answer_with(Answerer answerer);
  // All whole requests so far, in order.
  std::vector<Received> requests() const;
  // Blocks until `count` requests were received whole. False after ten seconds.
  bool wait_for_requests(std::size_t count);

 private:
  class Connection;
  void serve();
  void converse(int socket);
  Script next_script(const Received& request);
  void play(Connection& connection, const Script& script);
  void record(Received request);

  std::string host_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::shared_ptr<ssl_ctx_st> tls_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Script> scripts_;
  Answerer answerer_;
  std::vector<Received> requests_;
  int current_ = -1;  // the connection that is served
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pcx::testing
