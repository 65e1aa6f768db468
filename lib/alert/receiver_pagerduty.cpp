#include "alert/receiver_pagerduty.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "alert/receiver_post.h"
#include "alert/receiver_secret.h"
#include "alert/receiver_text.h"
#include "core/error.h"
#include "core/json.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kSourceMax = 255;
// What Alertmanager writes in its place.
constexpr const char* kTooLarge =
    "Custom details have been removed because the original event exceeds the maximum size of "
    "500KB";

struct Link {
  const char* annotation;
  const char* text;
};
constexpr std::array<Link, 2> kLinks{{{"runbook_url", "Runbook"}, {"dashboard_url", "Dashboard"}}};

const Member* worst(const Notification& notification) {
  return notification.members.empty() ? nullptr : &notification.members.front();
}

Document links_of(const Notification& notification) {
  Document links = Document::array();
  for (const Link& link : kLinks) {
    if (worst(notification) == nullptr) break;
    const std::string url = annotation(*worst(notification), link.annotation);
    if (!is_https_url(url)) continue;
    Document made = Document::object();
    made.set("href", url);
    made.set("text", link.text);
    links.add(std::move(made));
  }
  return links;
}

Document images_of(const Notification& notification) {
  Document images = Document::array();
  if (worst(notification) == nullptr) return images;
  const std::string url = annotation(*worst(notification), "image_url");
  if (!is_https_url(url)) return images;
  Document image = Document::object();
  image.set("src", url);
  image.set("alt", headline(notification, kSourceMax));
  return images.add(std::move(image));
}

Document details_of(const Notification& notification) {
  Document details = Document::object();
  details.set("why", notification.why);
  details.set("began_at", to_rfc3339(notification.began_at));
  Document alerts = Document::array();
  for (const Member& member : notification.members) alerts.add(member_document(member));
  details.set("alerts", std::move(alerts));
  return details;
}

Document removed_details() {
  Document details = Document::object();
  return details.set("error", kTooLarge);
}

void set_unless_empty(Document& document, const char* key, const std::string& text) {
  const std::string shown = shown_to(trim(text), kSourceMax);
  if (!shown.empty()) document.set(key, shown);
}

Document payload_of(const ReceiverConfig& config, const Notification& notification,
                    const std::string& source, Document details) {
  const std::string& from = config.source.empty() ? source : config.source;
  Document payload = Document::object();
  payload.set("summary", headline(notification, kPagerDutySummaryMax));
  payload.set("source", from.empty() ? std::string{"pcx"} : shown_to(from, kSourceMax));
  payload.set("severity", to_string(notification.severity));
  payload.set("timestamp", to_rfc3339(notification.at));
  if (const Member* const member = worst(notification)) {
    const std::string group = label(*member, "group");
    set_unless_empty(payload, "component", label(*member, "component"));
    set_unless_empty(payload, "group", group.empty() ? label(*member, "tenant") : group);
    set_unless_empty(payload, "class", label(*member, "class"));
  }
  payload.set("custom_details", std::move(details));
  return payload;
}

Document event_head(const Notification& notification, std::string_view routing_key) {
  Document body = Document::object();
  body.set("routing_key", std::string{routing_key});
  body.set("event_action", to_string(notification.action));
  body.set("dedup_key", notification.dedup_key);
  return body;
}

std::string trigger_body(const ReceiverConfig& config, const Notification& notification,
                         const std::string& source, std::string_view routing_key,
                         Document details) {
  Document body = event_head(notification, routing_key);
  body.set("client", config.client);
  if (!config.client_url.empty()) body.set("client_url", config.client_url);
  body.set("payload", payload_of(config, notification, source, std::move(details)));
  Document links = links_of(notification);
  if (!links.items().empty()) body.set("links", std::move(links));
  Document images = images_of(notification);
  if (!images.items().empty()) body.set("images", std::move(images));
  return to_json(body);
}

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

static_assert(kDedupKeyBytesMax <= kPagerDutyDedupKeyMax);

std::string fault_of(const std::string& dedup_key) {
  if (dedup_key.empty()) return "the dedup key is empty";
  if (characters_of(dedup_key) <= kPagerDutyDedupKeyMax) return {};
  return fmt::format("the dedup key is longer than {} characters", kPagerDutyDedupKeyMax);
}

class PagerDuty final : public Receiver {
 public:
  PagerDuty(ReceiverConfig config, const ReceiverTools& tools)
      : config_(std::move(config)), tools_(tools) {}

  Attempt send(const std::string&, const Notification& notification,
               milliseconds time_max) override {
    if (const auto fault = fault_of(notification.dedup_key); !fault.empty()) {
      return {.verdict = Verdict::refused, .words = fault};
    }
    const Secret key = need_secret(config_, tools_.environment, "routing key");
    require_routing_key(config_, key.reveal_text());
    const std::string_view secrets[] = {key.reveal_text()};
    return post(config_, tools_,
                json_request(pagerduty_url(config_, "/v2/enqueue"),
                             pagerduty_body(config_, notification, tools_.host_name, secrets[0])),
                secrets, time_max);
  }

 private:
  ReceiverConfig config_;
  const ReceiverTools& tools_;
};

}  // namespace

std::string pagerduty_body(const ReceiverConfig& config, const Notification& notification,
                           const std::string& source, std::string_view routing_key) {
  if (notification.action != Action::trigger) return to_json(event_head(notification, routing_key));
  std::string body =
      trigger_body(config, notification, source, routing_key, details_of(notification));
  if (body.size() <= kPagerDutyBodyMax) return body;
  return trigger_body(config, notification, source, routing_key, removed_details());
}

void require_routing_key(const ReceiverConfig& config, std::string_view routing_key) {
  const auto is_fit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (routing_key.size() == kPagerDutyKeyBytes && std::ranges::all_of(routing_key, is_fit)) return;
  throw Error{ErrorCode::config,
              fmt::format("receiver {}: the routing key is not 32 letters and digits",
                          escape_controls(config.name)),
              "It is the Integration Key of an Events API v2 integration, not an API access key."}
      .at(config.place);
}

std::string pagerduty_url(const ReceiverConfig& config, std::string_view path) {
  require_safe_url(config, config.url, "routing key");
  return config.url + std::string{path};
}

std::unique_ptr<Receiver> make_pagerduty(const ReceiverConfig& config, const ReceiverTools& tools) {
  return std::make_unique<PagerDuty>(config, tools);
}

}  // namespace pcx::alert
