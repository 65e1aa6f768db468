#include "alert/receiver_text.h"

#include <cmath>

#include <fmt/format.h>

#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"
#include "http/url.h"

namespace pcx::alert {
namespace {

constexpr std::string_view kEllipsis = "\u2026";
constexpr std::string_view kReplacement = "\ufffd";
constexpr std::size_t kLinkBytesMax = 2048;
constexpr std::size_t kMemberLinesMax = 50;
constexpr std::size_t kLineCharactersMax = 2000;

std::string value_or_nothing(const Labels& from, const std::string& name) {
  const auto found = from.find(name);
  return found == from.end() ? std::string{} : found->second;
}

Document texts(const Labels& labels) {
  Document object = Document::object();
  for (const auto& label : labels) object.set(label.first, label.second);
  return object;
}

std::string line(std::string_view text) { return shown_to(text, kLineCharactersMax) + "\n"; }

std::string member_lines(const Member& member) {
  std::string lines = line(fmt::format("- {} {}: value {} since {}", to_string(member.severity),
                                       to_string(member.labels), number_text(member.value),
                                       to_rfc3339(member.active_since)));
  for (const auto& each : member.annotations) {
    lines += line(fmt::format("  {}: {}", each.first, each.second));
  }
  return lines;
}

}  // namespace

std::string cut_to(std::string_view text, std::size_t characters_max) {
  std::string kept;
  std::size_t before_last = 0;  // where the ellipsis would go
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == characters_max) return kept.substr(0, before_last).append(kEllipsis);
    before_last = kept.size();
    const CodePoint next = first_code_point(text);
    kept += next.bytes == 0 ? kReplacement : text.substr(0, next.bytes);
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return kept;
}

std::string shown_to(std::string_view text, std::size_t characters_max) {
  return cut_to(escape_controls(cut_to(text, characters_max)), characters_max);
}

std::string headline(const Notification& notification, std::size_t characters_max) {
  const std::string_view summary = trim(notification.summary);
  return shown_to(summary.empty() ? notification.dedup_key : summary, characters_max);
}

std::string_view state_word(Action action) noexcept {
  switch (action) {
    case Action::trigger: return "FIRING";
    case Action::acknowledge: return "ACKNOWLEDGED";
    case Action::resolve: return "RESOLVED";
  }
  return "";
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

Document number_document(double value) {
  if (!std::isfinite(value)) return number_text(value);
  return value;
}

std::string annotation(const Member& member, const std::string& name) {
  return value_or_nothing(member.annotations, name);
}

std::string label(const Member& member, const std::string& name) {
  return value_or_nothing(member.labels, name);
}

bool is_https_url(std::string_view text) {
  if (!text.starts_with("https://") || text.size() > kLinkBytesMax) return false;
  std::string plain{text};
  const std::size_t fragment = plain.find('#');
  if (fragment != std::string::npos) plain[fragment] = '?';  // has the same characters
  try {
    http::parse_url(plain);
    return true;
  } catch (const Error&) {
    return false;
  }
}

Document member_document(const Member& member) {
  Document document = Document::object();
  document.set("value", number_document(member.value));
  document.set("active_since", to_rfc3339(member.active_since));
  document.set("severity", to_string(member.severity));
  document.set("rule", member.rule);
  document.set("labels", texts(member.labels));
  document.set("annotations", texts(member.annotations));
  return document;
}

Document notification_body(const std::string& id, const Notification& notification) {
  Document body = Document::object();
  body.set("version", 1);
  body.set("id", id);
  body.set("action", to_string(notification.action));
  body.set("dedup_key", notification.dedup_key);
  body.set("severity", to_string(notification.severity));
  body.set("summary", notification.summary);
  body.set("why", notification.why);
  body.set("at", to_rfc3339(notification.at));
  body.set("began_at", to_rfc3339(notification.began_at));
  Document alerts = Document::array();
  for (const Member& member : notification.members) alerts.add(member_document(member));
  body.set("alerts", std::move(alerts));
  return body;
}

std::string notification_lines(const Notification& notification) {
  std::string lines = line(headline(notification, kLineCharactersMax)) + "\n";
  lines += line(fmt::format("{} ({}), {}", state_word(notification.action),
                            to_string(notification.severity), notification.why));
  lines += line("began " + to_rfc3339(notification.began_at));
  lines += line("key " + notification.dedup_key) + "\n";
  const std::size_t shown = std::min(notification.members.size(), kMemberLinesMax);
  for (std::size_t i = 0; i < shown; ++i) lines += member_lines(notification.members[i]);
  const std::size_t left_out = notification.members.size() - shown;
  if (left_out > 0) lines += line(fmt::format("and {} more", left_out));
  return lines;
}

}  // namespace pcx::alert
