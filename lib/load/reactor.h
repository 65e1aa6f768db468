// One thread's event loop, and what the users on it share.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/tls_channel.h"
#include "load/connection.h"
#include "load/exchange.h"
#include "load/origins.h"
#include "load/poller.h"
#include "load/tally.h"
#include "load/user.h"
#include "load/wheel.h"

namespace pcx::load {

struct ReactorOptions {
  Instant start{};  // of the test
  Time wall_start{};
  bool strict = false;  // --artillery-strict
  Resolve resolve;
  std::function<void(const std::string& line)> log;  // of `log:` steps
};

// REQUIRES: `plan` outlives it; all but the constructor on one thread.
class Reactor {
 public:
  // Throws Error for TLS options that do not fit.
  Reactor(const Plan& plan, const ReactorOptions& options);

  // Until poller().stop(): turns the wheel and calls `on_tick` every millisecond, between other
  // things.
  void run(std::function<void(Instant now)> on_tick);

  Poller& poller() { return poller_; }
  ConnectionTools& connections() { return connections_; }
  Tally& tally() { return tally_; }
  const UserTools& user_tools() const { return user_tools_; }

 private:
  void on_tick(Instant due, Instant now);

  Poller poller_;
  Poller::Alarm tick_;
  std::function<void(Instant now)> on_tick_;
  std::unique_ptr<http::TlsClient> tls_;
  Wheel wheel_;
  ConnectionTools connections_;
  Origins origins_;
  Tally tally_;
  ExchangeTools exchange_;
  UserTools user_tools_;
};

}  // namespace pcx::load
