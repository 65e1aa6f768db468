// No secret in anything that is shown, logged or kept, even when the other side repeats all that it
// was sent.
#include <gmock/gmock.h>

#include "alert/change_event.h"
#include "alert/delivery.h"
#include "alert/heartbeat.h"
#include "core/error.h"
#include "tests/alert/outbox_fixture.h"
#include "tests/alert/receiver_rig.h"
#include "tests/alert/shown_body.h"

namespace pcx::alert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const char* const kToken = "SecretSecretSecret0123456789abcd";  // 32 letters and digits

testing::Script echo(int status, const testing::Received& request) {
  std::string all = request.target + " ";
  for (const auto& header : request.headers) all += header.second + " ";
  return testing::answer(status, all.substr(0, 150) + request.body.substr(0, 60));
}

struct Kind {
  ReceiverKind kind;
  bool is_url;   // the secret is a URL
  bool is_file;  // in url_file
};

constexpr Kind kKinds[] = {
    {ReceiverKind::pagerduty, false, false}, {ReceiverKind::alertmanager, false, false},
    {ReceiverKind::slack, true, false},      {ReceiverKind::webhook, false, false},
    {ReceiverKind::webhook, true, true},
};

ReceiverConfig config_of(ReceiverRig& rig, const Kind& kind) {
  ReceiverConfig config = rig.config(kind.kind);
  config.secret_variable.clear();
  const std::string path = std::string{"/"} + kToken;
  const auto file = rig.secret(kind.is_url ? rig.server.url(path) : kToken);
  (kind.is_file ? config.url_file : config.secret_file) = file;
  return config;
}

// All that a run leaves behind, as text.
std::string traces_of(ReceiverRig& rig, const ReceiverConfig& config) {
  KeptOutbox kept{rig.clock};
  OutboxLine line{.id = "id-1", .sequence = 1, .receiver = "it"};
  line.notification = sample_notification();
  kept.lines[1] = line;
  Memory memory = kept.load();
  const auto receiver = make_receiver(config, rig.tools());
  SeededRandom random{1};
  const DeliveryReport report =
      deliver(memory, {.store = kept,
                       .receiver = [&](const std::string&) { return receiver.get(); },
                       .calls_per_minute_max = [](const std::string&) { return 0; },
                       .clock = rig.clock,
                       .random = random,
                       .interrupt = rig.interrupt,
                       .deadline = rig.clock.steady_now() + std::chrono::seconds{5}});
  kept.save(memory);
  std::string traces = kept.lines.at(1).last_failure + "\n";
  for (const auto& failure : report.failures) traces += failure.second + "\n";
  for (const Event& event : kept.events) traces += event.text + "\n";
  traces += to_string(kept.lines.at(1).notification.members.at(0).labels);
  return traces + shown_body(config, line.notification, "db1");
}

TEST(Secrets, AreInNothingThatADeliveryLeavesBehind) {
  for (const Kind& kind : kKinds) {
    for (const int status : {200, 400, 404, 429, 500}) {
      ReceiverRig rig;
      rig.server.answer_with(
          [&](const testing::Received& request) { return echo(status, request); });
      const std::string traces = traces_of(rig, config_of(rig, kind));
      EXPECT_THAT(traces, Not(HasSubstr("SecretSecret"))) << to_string(kind.kind) << status;
      ASSERT_EQ(rig.server.requests().size(), 1u);
      EXPECT_EQ(traces.find("answered") == std::string::npos, status == 200);
    }
  }
}

TEST(Secrets, AreInNoErrorOfAReceiverThatCannotBeTried) {
  for (const Kind& kind : kKinds) {
    ReceiverRig rig;
    ReceiverConfig config = config_of(rig, kind);
    config.url = "http://far.example.org";  // in clear text
    const auto file = rig.secret(kind.is_url ? std::string{"http://far.example.org/"} + kToken
                                             : std::string{kToken} + " x");
    (kind.is_file ? config.url_file : config.secret_file) = file;
    const std::string traces = traces_of(rig, config);
    EXPECT_THAT(traces, Not(HasSubstr("SecretSecret"))) << to_string(kind.kind);
    EXPECT_THAT(traces, HasSubstr("receiver it: "));
  }
}

TEST(Secrets, AreInNoWordsOfChangesAndPings) {
  ReceiverRig rig;
  rig.server.answer_with([](const testing::Received& request) { return echo(400, request); });
  const ReceiverConfig config = config_of(rig, kKinds[0]);
  ChangeEvent change;
  change.summary = "x";
  EXPECT_THAT(send_change(config, rig.tools(), change, kTimeMax).words,
              Not(HasSubstr("SecretSecret")));
  EXPECT_THAT(change_body(config, change, "db1", "***"), Not(HasSubstr("SecretSecret")));
  const HeartbeatTools tools{
      .connect = [&](std::chrono::milliseconds time) { return rig.tools().connect(config, time); }};
  Heartbeat heartbeat{Secret{rig.server.url(std::string{"/"} + kToken)}, "run", tools};
  EXPECT_THAT(heartbeat.start().words, Not(HasSubstr("SecretSecret")));
}

}  // namespace
}  // namespace pcx::alert
