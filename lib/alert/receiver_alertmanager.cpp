#include "alert/receiver_alertmanager.h"

#include <algorithm>

#include "alert/receiver_post.h"
#include "alert/receiver_secret.h"
#include "core/json.h"
#include "core/time.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

// Alertmanager refuses names that Prometheus would, and takes an empty value for no label.
Document fit_labels(const Labels& labels) {
  Document object = Document::object();
  for (const auto& label : labels) {
    if (is_label_name(label.first) && !label.second.empty()) object.set(label.first, label.second);
  }
  return object;
}

Document alert_body(const ReceiverConfig& config, const Member& member, Time ends_at) {
  Document alert = Document::object();
  alert.set("labels", fit_labels(member.labels));
  alert.set("annotations", fit_labels(member.annotations));
  alert.set("startsAt", to_rfc3339(member.active_since));
  alert.set("endsAt", to_rfc3339(std::max(ends_at, member.active_since)));
  if (!config.client_url.empty()) alert.set("generatorURL", config.client_url);
  return alert;
}

class Alertmanager final : public Receiver {
 public:
  Alertmanager(ReceiverConfig config, const ReceiverTools& tools)
      : config_(std::move(config)), tools_(tools) {}

  Attempt send(const std::string&, const Notification& notification,
               milliseconds time_max) override {
    if (notification.action == Action::acknowledge || notification.members.empty()) {
      return {.verdict = Verdict::delivered};
    }
    const Time now = tools_.clock.wall_now();
    http::Request request =
        json_request(config_.url + "/api/v2/alerts", alertmanager_body(config_, notification, now));
    const auto secret = find_secret(config_, tools_.environment, "credentials", true);
    if (!secret) return post(config_, tools_, request, {}, time_max);
    require_safe_url(config_, config_.url, "credentials");
    const std::string_view secrets[] = {secret->reveal_text()};
    request.headers.push_back({"Authorization", std::string{secrets[0]}});
    return post(config_, tools_, request, secrets, time_max);
  }

 private:
  ReceiverConfig config_;
  const ReceiverTools& tools_;
};

}  // namespace

std::string alertmanager_body(const ReceiverConfig& config, const Notification& notification,
                              Time now) {
  const bool is_over = notification.action == Action::resolve;
  const Time ends_at = is_over ? now : now + 3 * config.interval;
  Document alerts = Document::array();
  for (const Member& member : notification.members) alerts.add(alert_body(config, member, ends_at));
  return to_json(alerts);
}

std::unique_ptr<Receiver> make_alertmanager(const ReceiverConfig& config,
                                            const ReceiverTools& tools) {
  return std::make_unique<Alertmanager>(config, tools);
}

}  // namespace pcx::alert
