// A small HTTP server that answers as it is told: for the tests of the load engine, and for whoever
// wants to try a script without an API. One thread; loopback only.
//
//   /delay/250          {"ok": true} after 250 ms
//   /slow/250           the same, but its head at once
//   /status/503         with that status, 200 to 599; {"ok": false} from 400 on
//   /bytes/1024         that many bytes
//   /chunked/3          "chunk 0\n" to "chunk 2\n", each as a chunk of its own
//   /encoded/gzip       {"ok": true, "encoding": "gzip"}, encoded so; also deflate, br, zstd,
//   identity /echo               method, target, headers (names in lower case) and body as JSON
//   /mirror             the body of the request, with its content type
//   /redirect/2         to /redirect/1, to /redirect/0, which is as /echo; with 302, or as
//                       ?status=303 says
//   /redirect?to=URL    there; the same
//   /cookie/NAME/VALUE  sets one
//   /header/NAME/VALUE  has that header
//   /login              POST: {"token": "..."}, the same for the same body
//   /private            only with "authorization: Bearer TOKEN" of a token of /login, else 401
//   /close              says "connection: close", and closes
//   /leave              closes without having said so
//   /cut                closes in the middle of the body
//   /reset  /hang       the connection is reset, or nothing ever comes
//   everything else     {"ok": true} and 200
//
// A path whose number or name is none is 400. Refused are also: what is no HTTP/1.1 (400, 505),
// bodies without a length (411) or above 16 MB (413), heads above 64 KB (431).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace pcx::load {

struct TargetOptions {
  std::uint16_t port = 0;  // 0: any that is free
  int backlog = 4096;      // the system may have a lower limit: net.core.somaxconn
  // For so long nothing is accepted, read or answered, as if the process were stopped: from
  // `freeze_after` the first request on, or when that is 0, from the beginning of run().
  std::chrono::milliseconds freeze_after{0}, freeze_for{0};
  double error_share = 0;  // of all answers that are 500 instead, spread evenly
  // Each request as it came, for tests, on the thread of run(); nullptr: nobody wants them.
  std::function<void(const std::string& request)> on_request;
};

class TargetServer {
 public:
  // Listens from now on, on 127.0.0.1. Throws Error{cannot_create} when the port is taken.
  explicit TargetServer(const TargetOptions& options);
  TargetServer(const TargetServer&) = delete;
  TargetServer& operator=(const TargetServer&) = delete;
  ~TargetServer();

  std::uint16_t port() const;
  // So far; from any thread.
  std::int64_t requests() const;
  std::int64_t connections() const;
  // Until stop(), from another thread or a signal's handler; that may have been called before.
  void run();
  void stop() noexcept;

 private:
  class Room;
  class Guest;
  std::unique_ptr<Room> room_;
};

}  // namespace pcx::load
