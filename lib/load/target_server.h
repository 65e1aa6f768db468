// A small HTTP server that answers as it is told: for the tests of the load engine, and for whoever
// wants to try a script without an API. One thread; loopback only.
//
//   /delay/250         after 250 ms
//   /status/503        with that status
//   /bytes/1024        that many bytes
//   /echo              method, target, headers and body as JSON
//   /redirect/2        to /redirect/1, to /redirect/0, which is 200
//   /cookie/NAME/VALUE sets one
//   /login             {"token": "..."}: the same for the same body
//   /reset  /hang      the connection is reset, or nothing ever comes
//   everything else    {"ok": true} and 200
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace pcx::load {

struct TargetOptions {
  std::uint16_t port = 0;  // 0: any that is free
  int backlog = 4096;
  // From `freeze_after` on nothing is read or answered for so long; 0: never.
  std::chrono::milliseconds freeze_after{0}, freeze_for{0};
  double error_share = 0;  // of all answers that are 500 instead, spread evenly
  // Each request as it came, for tests; nullptr: nobody wants them.
  std::function<void(const std::string& request)> on_request;
};

class TargetServer {
 public:
  // Listens from now on. Throws Error{cannot_create} when the port is taken.
  explicit TargetServer(const TargetOptions& options);
  TargetServer(const TargetServer&) = delete;
  TargetServer& operator=(const TargetServer&) = delete;
  ~TargetServer();

  std::uint16_t port() const;
  std::int64_t requests() const;
  // Until stop(), from another thread or a signal's.
  void run();
  void stop();

 private:
  class Room;
  std::unique_ptr<Room> room_;
};

}  // namespace pcx::load
