// What receivers would be sent, whatever is in a notification.
#include <cstdlib>
#include <set>

#include <gmock/gmock.h>

#include "alert/receiver_alertmanager.h"
#include "alert/receiver_email.h"
#include "alert/receiver_exec.h"
#include "alert/receiver_pagerduty.h"
#include "alert/receiver_slack.h"
#include "alert/receiver_webhook.h"
#include "core/json.h"
#include "core/text.h"
#include "tests/alert/pagerduty_model.h"
#include "tests/alert/random_notification.h"
#include "tests/alert/receiver_rig.h"

namespace pcx::alert {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kSlackBlocksMax = 50;  // of Block Kit

// A sample; $PCX_ALERT_FUZZ for more.
int rounds() {
  const char* const wanted = std::getenv("PCX_ALERT_FUZZ");
  return wanted == nullptr ? 500 : std::atoi(wanted);
}

TEST(ReceiverFuzz, PagerDutyTakesEveryBody) {
  SeededRandom random{1};
  const ReceiverConfig config{.kind = ReceiverKind::pagerduty};
  int removed = 0;
  int cut = 0;
  int linked = 0;
  for (int i = 0; i < rounds(); ++i) {
    const Notification notification = random_notification(random);
    testing::Received request{.method = "POST", .target = "/v2/enqueue"};
    request.headers = {{"Content-Type", "application/json"}};
    request.body = pagerduty_body(config, notification, "db1", kRoutingKey);
    ASSERT_THAT(pagerduty_faults(request), IsEmpty()) << i << ": " << request.body.substr(0, 4000);
    removed += request.body.find("exceeds the maximum size") != std::string::npos;
    cut += request.body.find("\u2026\",\"source\"") != std::string::npos;
    linked += request.body.find("\"links\":[{") != std::string::npos;
  }
  EXPECT_GT(removed, 0);
  EXPECT_GT(cut, 5);
  EXPECT_GT(linked, 5);
}

std::size_t characters_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Nothing of data may be markup: of < only that of the runbook's link.
void expect_no_markup(const std::string& text) {
  for (auto at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
    EXPECT_EQ(text.substr(at, 9), "<https://") << text;
  }
}

TEST(ReceiverFuzz, SlackTakesEveryBody) {
  SeededRandom random{2};
  for (int i = 0; i < rounds() / 10; ++i) {
    const Document body = parse_json(slack_body(random_notification(random)), "body");
    ASSERT_LE(characters_of(*body.find("text")->text()), kSlackTextMax);
    expect_no_markup(*body.find("text")->text());
    const Document& blocks = *body.find("blocks");
    ASSERT_LE(blocks.items().size(), kSlackBlocksMax);
    for (const Document& block : blocks.items()) {
      const Document* text = block.find("text");
      if (text == nullptr) text = &block.find("elements")->items().front();
      const bool is_header = *block.find("type")->text() == "header";
      const std::string words = *text->find("text")->text();
      ASSERT_GE(characters_of(words), 1u);
      ASSERT_LE(characters_of(words), is_header ? kSlackHeaderMax : kSlackSectionMax);
      if (!is_header) expect_no_markup(words);
    }
  }
}

TEST(ReceiverFuzz, AlertmanagerGetsFitAlerts) {
  SeededRandom random{3};
  const ReceiverConfig config{.kind = ReceiverKind::alertmanager};
  for (int i = 0; i < rounds() / 10; ++i) {
    const Notification notification = random_notification(random);
    const std::string body = alertmanager_body(config, notification, notification.at);
    const Document parsed = parse_json(body, "body");
    for (const Document& alert : parsed.items()) {
      const Time starts = *parse_rfc3339(*alert.find("startsAt")->text());
      ASSERT_LE(starts, *parse_rfc3339(*alert.find("endsAt")->text()));
      for (const char* key : {"labels", "annotations"}) {
        for (const auto& label : alert.find(key)->members()) {
          ASSERT_TRUE(is_label_name(label.first));
          ASSERT_FALSE(label.second.text()->empty());
        }
      }
    }
  }
}

TEST(ReceiverFuzz, ProgramsGetOneObjectAndOneLineEach) {
  SeededRandom random{4};
  for (int i = 0; i < rounds() / 10; ++i) {
    const CommandRun run = exec_run({}, "id", random_notification(random));
    EXPECT_TRUE(parse_json(run.input, "stdin").is_object());
    for (const auto& variable : run.environment) {
      ASSERT_EQ(escape_controls(variable.second), variable.second);
      ASSERT_LE(characters_of(variable.second), 1024u);
    }
  }
}

TEST(ReceiverFuzz, MailIsAsciiInShortLinesWithItsOwnHeadersOnly) {
  SeededRandom random{5};
  const ReceiverConfig config{.kind = ReceiverKind::email, .to = {"ops@example.org"}};
  for (int i = 0; i < rounds() / 10; ++i) {
    const Notification notification = random_notification(random);
    const std::string text =
        mail_text(mail_of(config, "id-1", notification, random_text(random, 20), notification.at));
    const std::string head = text.substr(0, text.find("\n\n"));
    for (const std::string& line : split(text, '\n')) {
      const bool is_id = line.find(": <") != std::string::npos;  // cannot be folded
      ASSERT_LE(line.size(), is_id ? 998u : 78u) << line;
      ASSERT_EQ(escape_controls(line), line);
    }
    for (const std::string& line : split(head, '\n')) {
      const std::string name = line.substr(0, line.find(':'));
      const std::set<std::string> known{
          "From",           "To",           "Subject",      "Date",
          "Message-ID",     "References",   "In-Reply-To",  "Importance",
          "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};
      ASSERT_TRUE(line.starts_with(' ') || known.contains(name)) << line;
    }
  }
}

}  // namespace
}  // namespace pcx::alert
