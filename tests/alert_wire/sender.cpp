// A notification by each receiver, for tests with the real other sides.
//
// usage: alert_sender alertmanager URL INTERVAL_MS trigger|resolve   prints the verdict
//        alert_sender pagerduty URL 0 trigger|resolve                key: PAGERDUTY_INTEGRATION_KEY
//        alert_sender mails COUNT                                    lines of JSON: subject, text,
//        mail
#include <cstdio>
#include <string>

#include "alert/mail_message.h"
#include "alert/receiver_text.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "http/http_transport.h"
#include "tests/alert/random_notification.h"
#include "tests/alert/receiver_rig.h"

namespace {

using namespace pcx;
using namespace pcx::alert;

// Fires since a time that is over, so that it began before it ends.
Notification notification_now(const std::string& action, Time now) {
  Notification made = sample_notification(action == "resolve" ? Action::resolve : Action::trigger);
  made.at = now;
  return made;
}

ReceiverConfig config_of(const std::string& kind, const std::string& url,
                         const std::string& interval_ms) {
  ReceiverConfig config{
      .name = "it",
      .kind = kind == "alertmanager" ? ReceiverKind::alertmanager : ReceiverKind::pagerduty,
      .url = url};
  config.client_url = "http://pcx.example.org";
  config.interval = std::chrono::milliseconds{std::stol(interval_ms)};
  if (kind == "pagerduty") config.secret_variable = kPagerDutyVariable;
  return config;
}

int send(const ReceiverConfig& config, const std::string& action) {
  SystemClock clock;
  Interrupt interrupt;
  const SystemEnvironment environment;
  const ReceiverTools tools{.connect =
                                [](const ReceiverConfig&, std::chrono::milliseconds timeout) {
                                  return std::make_unique<http::HttpTransport>(
                                      http::HttpOptions{.total_timeout = timeout});
                                },
                            .environment = environment,
                            .clock = clock,
                            .interrupt = interrupt,
                            .print = [](std::string_view) {},
                            .host_name = "db1"};
  const Attempt attempt = make_receiver(config, tools)
                              ->send("id-1", notification_now(action, clock.wall_now()), kTimeMax);
  std::printf("%s\n", attempt.verdict == Verdict::delivered ? "delivered" : attempt.words.c_str());
  return attempt.verdict == Verdict::delivered ? 0 : 1;
}

void print_mails(int count) {
  SeededRandom random{1};
  for (int i = 0; i < count; ++i) {
    const Mail mail{.from = "pcx@example.org",
                    .to = {"a@example.org", "b@example.org"},
                    .subject = cut_to(random_text(random, 120), 10'000),  // UTF-8 from here on
                    .message_id = "id.pcx@example.org",
                    .thread_id = "t.pcx@example.org",
                    .text = escape_controls(random_text(random, 300)) + "\n" +
                            escape_controls(random_text(random, 300)) + "\n"};
    Document line = Document::object();
    line.set("subject", mail.subject);
    line.set("text", mail.text);
    line.set("mail", mail_text(mail));
    std::printf("%s\n", to_json(line).c_str());
  }
}

}  // namespace

int main(int count, char** words) try {
  const std::string what = count > 1 ? words[1] : "";
  if (what == "mails" && count == 3) {
    print_mails(std::stoi(words[2]));
    return 0;
  }
  if (count != 5) throw Error{ErrorCode::usage, "see the head of sender.cpp"};
  return send(config_of(what, words[2], words[3]), words[4]);
} catch (const Error& error) {
  std::fprintf(stderr, "alert_sender: %s %s\n", error.what(), error.hint().c_str());
  return 1;
}
