#include "alert/change_event.h"

#include <fmt/format.h>

#include "alert/receiver_pagerduty.h"
#include "alert/receiver_post.h"
#include "alert/receiver_secret.h"
#include "alert/receiver_text.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kSourceMax = 255;  // characters
constexpr std::size_t kLinkTextMax = 255;

Document links_of(const ChangeEvent& event) {
  Document links = Document::array();
  for (const std::string& link : event.links) {
    if (!is_https_url(link)) continue;
    Document made = Document::object();
    made.set("href", link);
    made.set("text", shown_to(link, kLinkTextMax));
    links.add(std::move(made));
  }
  return links;
}

std::string source_of(const ReceiverConfig& config, const ChangeEvent& event,
                      const std::string& host_name) {
  for (const std::string* source : {&event.source, &config.source, &host_name}) {
    if (!source->empty()) return shown_to(*source, kSourceMax);
  }
  return "pcx";
}

std::string body_with(const ReceiverConfig& config, const ChangeEvent& event,
                      const std::string& host_name, std::string_view routing_key,
                      const Document& details) {
  Document payload = Document::object();
  payload.set("summary", shown_to(trim(event.summary), kPagerDutySummaryMax));
  payload.set("timestamp", to_rfc3339(event.at));
  payload.set("source", source_of(config, event, host_name));
  if (details.is_object()) payload.set("custom_details", details);
  Document body = Document::object();
  body.set("routing_key", std::string{routing_key});
  body.set("payload", std::move(payload));
  Document links = links_of(event);
  if (!links.items().empty()) body.set("links", std::move(links));
  return to_json(body);
}

void require_change_key(const ReceiverConfig& config, std::string_view routing_key) {
  require_routing_key(config, routing_key);
  if (!routing_key.starts_with('R')) return;
  throw Error{ErrorCode::config,
              fmt::format("receiver {}: its routing key is a ruleset's, which takes no change "
                          "events",
                          escape_controls(config.name)),
              "Use the Integration Key of a service."}
      .at(config.place);
}

}  // namespace

std::string change_body(const ReceiverConfig& config, const ChangeEvent& event,
                        const std::string& host_name, std::string_view routing_key) {
  std::string body = body_with(config, event, host_name, routing_key, event.details);
  if (body.size() <= kPagerDutyBodyMax) return body;
  Document note = Document::object();
  note.set("error", "the details were left out: they are larger than PagerDuty takes");
  return body_with(config, event, host_name, routing_key, note);
}

Attempt send_change(const ReceiverConfig& config, const ReceiverTools& tools,
                    const ChangeEvent& event, std::chrono::milliseconds time_max) {
  if (config.kind != ReceiverKind::pagerduty) {
    throw Error{ErrorCode::config,
                fmt::format("receiver {} is of kind {}: change events go to PagerDuty",
                            escape_controls(config.name), to_string(config.kind)),
                "Name a receiver of kind pagerduty."}
        .at(config.place);
  }
  if (trim(event.summary).empty()) {
    return {.verdict = Verdict::refused, .words = "the summary is empty"};
  }
  const Secret key = need_secret(config, tools.environment, "routing key");
  require_change_key(config, key.reveal_text());
  const std::string_view secrets[] = {key.reveal_text()};
  return post(config, tools,
              json_request(pagerduty_url(config, "/v2/change/enqueue"),
                           change_body(config, event, tools.host_name, secrets[0])),
              secrets, time_max);
}

}  // namespace pcx::alert
