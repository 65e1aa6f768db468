// A target of pushes on the loopback, and what pushing to it needs: real HTTP, a clock that only
// moves when somebody sleeps.
#pragma once

#include "core/time.h"
#include "http/http_transport.h"
#include "kpi/push.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"

namespace pcx::kpi {

class PushRig {
 public:
  // At noon UTC of the day after sample_report()'s.
  PushRig() { clock.advance(*parse_rfc3339("2026-03-09T12:00:00Z") - clock.wall_now()); }

  PushTools tools(std::chrono::seconds time = std::chrono::seconds{60}) {
    return {.connect = [this](std::chrono::milliseconds timeout) { return connect(timeout); },
            .clock = clock,
            .random = random,
            .interrupt = interrupt,
            .deadline = clock.steady_now() + time};
  }

  // What was slept, whole: interrupts are looked for in slices.
  std::chrono::milliseconds slept() const {
    std::chrono::nanoseconds sum{0};
    for (const auto& slice : clock.sleeps) sum += slice;
    return std::chrono::duration_cast<std::chrono::milliseconds>(sum);
  }

  testing::LoopbackServer server;
  testing::FakeClock clock;
  SeededRandom random{1};
  Interrupt interrupt;
  std::vector<std::chrono::milliseconds> timeouts;  // that tries were given, in order
  // So that a test need not wait for a server that hangs.
  std::chrono::milliseconds timeout_max{10'000};

 private:
  std::unique_ptr<http::Transport> connect(std::chrono::milliseconds timeout) {
    timeouts.push_back(timeout);
    http::HttpOptions options;
    options.total_timeout = std::min(timeout, timeout_max);
    return std::make_unique<http::HttpTransport>(options, &interrupt);
  }
};

inline SecretHeader secret_header(std::string name, std::string_view value) {
  return {std::move(name), Secret{value}};
}

}  // namespace pcx::kpi
