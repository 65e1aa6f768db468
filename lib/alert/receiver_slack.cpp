#include "alert/receiver_slack.h"

#include <algorithm>

#include <fmt/format.h>

#include "alert/receiver_post.h"
#include "alert/receiver_secret.h"
#include "alert/receiver_text.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMembersMax = 20;

// docs.slack.dev/messaging/formatting-message-text, "Escaping text"
std::string escaped_line(std::string_view line) {
  std::string safe;
  for (const char c : escape_controls(line)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      default: safe += c;
    }
  }
  return safe;
}

// Lines stay lines.
std::string escaped(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string& line : split(text, '\n')) lines.push_back(escaped_line(line));
  return join(lines, "\n");
}

// Cut before it is escaped, so that no escape is cut in two: each character becomes five at most.
std::string fit(std::string_view text, std::size_t characters_max) {
  std::string safe = escaped(cut_to(text, characters_max));
  for (std::size_t most = characters_max; safe.size() > characters_max;) {
    most = most * 3 / 4;
    safe = escaped(cut_to(text, most));
  }
  return safe;
}

Document text_object(const char* type, std::string text) {
  Document object = Document::object();
  object.set("type", type);
  return object.set("text", std::move(text));
}

Document block(const char* type, Document text) {
  Document made = Document::object();
  made.set("type", type);
  return made.set("text", std::move(text));
}

std::string title_of(const Notification& notification) {
  return fmt::format("{} {}: {}", state_word(notification.action), to_string(notification.severity),
                     headline(notification, kSlackTextMax));
}

// <https://...|Runbook>
std::string runbook_of(const Member& member) {
  const std::string url = annotation(member, "runbook_url");
  if (!is_https_url(url)) return {};
  return fmt::format("\n<{}|Runbook>", url);
}

Document member_block(const Member& member) {
  const std::string link = runbook_of(member);
  const std::string summary = annotation(member, "summary");
  std::string text = fmt::format("{}{}value {} since {}\n{}", summary, summary.empty() ? "" : ": ",
                                 number_text(member.value), to_rfc3339(member.active_since),
                                 to_string(member.labels));
  return block("section", text_object("mrkdwn", fit(text, kSlackSectionMax - link.size()) + link));
}

Document context_block(const Notification& notification, std::size_t left_out) {
  std::string text = fmt::format("{} at {}, key {}", notification.why, to_rfc3339(notification.at),
                                 notification.dedup_key);
  if (left_out > 0) text = fmt::format("and {} more; {}", left_out, text);
  Document elements = Document::array();
  elements.add(text_object("mrkdwn", fit(text, kSlackSectionMax)));
  Document made = Document::object();
  made.set("type", "context");
  return made.set("elements", std::move(elements));
}

class Slack final : public Receiver {
 public:
  Slack(ReceiverConfig config, const ReceiverTools& tools)
      : config_(std::move(config)), tools_(tools) {}

  Attempt send(const std::string&, const Notification& notification,
               milliseconds time_max) override {
    const Secret url = need_secret(config_, tools_.environment, "incoming webhook's URL");
    require_safe_url(config_, url.reveal_text(), "incoming webhook's URL");
    return post(config_, tools_,
                json_request(std::string{url.reveal_text()}, slack_body(notification)),
                secret_parts(url.reveal_text()), time_max);
  }

 private:
  ReceiverConfig config_;
  const ReceiverTools& tools_;
};

}  // namespace

std::string slack_body(const Notification& notification) {
  Document blocks = Document::array();
  blocks.add(
      block("header", text_object("plain_text", cut_to(title_of(notification), kSlackHeaderMax))));
  const std::size_t shown = std::min(notification.members.size(), kMembersMax);
  for (std::size_t i = 0; i < shown; ++i) blocks.add(member_block(notification.members[i]));
  blocks.add(context_block(notification, notification.members.size() - shown));
  Document body = Document::object();
  body.set("text", fit(title_of(notification), kSlackTextMax));
  return to_json(body.set("blocks", std::move(blocks)));
}

std::unique_ptr<Receiver> make_slack(const ReceiverConfig& config, const ReceiverTools& tools) {
  return std::make_unique<Slack>(config, tools);
}

}  // namespace pcx::alert
