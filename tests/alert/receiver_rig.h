// Receivers against a server on the loopback: real HTTP, a clock that only moves when somebody
// sleeps, secrets in files and variables.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "alert/receiver.h"
#include "core/time.h"
#include "http/http_transport.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/temporary_folder.h"

namespace pcx::alert {

inline constexpr const char* kRoutingKey = "0123456789abcdef0123456789ABCDEF";
inline constexpr std::chrono::milliseconds kTimeMax{10'000};

// "2026-03-08T07:00:00Z"
inline Time time_of(std::string_view text) { return *parse_rfc3339(text); }

inline Member sample_member(const std::string& tenant = "north") {
  return {.alert_id = "practice/LowStock/warning#1",
          .rule = "practice/LowStock/warning",
          .labels = {{"alertname", "LowStock"}, {"severity", "warning"}, {"tenant", tenant}},
          .annotations = {{"summary", "12 items below reorder point"},
                          {"runbook_url", "https://wiki.example.org/alerts#low-stock"}},
          .value = 12,
          .active_since = time_of("2026-03-08T06:50:00Z"),
          .severity = Severity::warning};
}

inline Notification sample_notification(Action action = Action::trigger) {
  return {.action = action,
          .dedup_key = "pcx/production/LowStock/0123456789abcdef",
          .severity = Severity::warning,
          .summary = "12 items below reorder point",
          .members = {sample_member()},
          .at = time_of("2026-03-08T07:00:00Z"),
          .began_at = time_of("2026-03-08T06:50:00Z"),
          .why = action == Action::resolve ? "resolved" : "fired"};
}

class ReceiverRig {
 public:
  ReceiverRig() { clock.advance(time_of("2026-03-08T07:00:05Z") - clock.wall_now()); }

  ReceiverConfig config(ReceiverKind kind) {
    ReceiverConfig made{.name = "it", .kind = kind};
    made.url = server.url("");
    made.place = {"/etc/pcx/config.yaml", 4, 7};
    if (kind == ReceiverKind::pagerduty) made.secret_variable = kPagerDutyVariable;
    return made;
  }

  // Of a file of mode 0600.
  std::filesystem::path secret(const std::string& content) {
    return folder.write("secret" + std::to_string(++files_), content, 0600);
  }

  const ReceiverTools& tools() {
    environment = std::make_unique<MapEnvironment>(variables);
    tools_ = std::make_unique<ReceiverTools>(
        ReceiverTools{.connect =
                          [this](const ReceiverConfig&, std::chrono::milliseconds timeout) {
                            timeouts.push_back(timeout);
                            http::HttpOptions options;
                            options.total_timeout = std::min(timeout, timeout_max);
                            return std::make_unique<http::HttpTransport>(options, &interrupt);
                          },
                      .environment = *environment,
                      .clock = clock,
                      .interrupt = interrupt,
                      .print = [this](std::string_view text) { printed += text; },
                      .host_name = "db1.example.org"});
    return *tools_;
  }

  Attempt send(const ReceiverConfig& config, const Notification& notification) {
    return make_receiver(config, tools())->send("id-1", notification, kTimeMax);
  }

  testing::LoopbackServer server;
  testing::FakeClock clock;
  testing::TemporaryFolder folder;
  Interrupt interrupt;
  std::map<std::string, std::string, std::less<>> variables{
      {std::string{kPagerDutyVariable}, kRoutingKey}, {"PATH", "/usr/bin:/bin"}};
  std::string printed;
  std::vector<std::chrono::milliseconds> timeouts;
  std::chrono::milliseconds timeout_max{10'000};  // so that a test need not wait long
  std::unique_ptr<MapEnvironment> environment;

 private:
  std::unique_ptr<ReceiverTools> tools_;
  int files_ = 0;
};

}  // namespace pcx::alert
