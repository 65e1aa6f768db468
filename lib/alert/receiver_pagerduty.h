// PagerDuty's Events API v2 (developer.pagerduty.com/docs/events-api-v2-overview, PagerDuty
// developer-docs 2026-08): an alert that is opened, acknowledged and resolved by its dedup key.
//
// payload.class, .group and .component are the worst member's labels of these names (group: else
// its tenant). Annotations runbook_url and dashboard_url become links, image_url an image, when
// they are https.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "alert/receiver.h"

namespace pcx::alert {

// The API's own limits.
inline constexpr std::size_t kPagerDutySummaryMax = 1024;  // characters
inline constexpr std::size_t kPagerDutyDedupKeyMax = 255;  // characters
inline constexpr std::size_t kPagerDutyKeyBytes = 32;      // of a routing key
inline constexpr std::size_t kPagerDutyBodyMax = 512'000;  // bytes

// The body of POST /v2/enqueue; `source` is for a configuration without one. When it would be
// larger than kPagerDutyBodyMax a note takes the place of custom_details. Of acknowledge and
// resolve: the three members that they need. Pure.
std::string pagerduty_body(const ReceiverConfig& config, const Notification& notification,
                           const std::string& source, std::string_view routing_key);

// Throws Error{config} unless it is 32 letters and digits.
void require_routing_key(const ReceiverConfig& config, std::string_view routing_key);

// "https://events.pagerduty.com" + path. Throws Error{config} where the key would go in clear text.
std::string pagerduty_url(const ReceiverConfig& config, std::string_view path);

// Refused without a call: a dedup key that is empty or longer than kPagerDutyDedupKeyMax.
std::unique_ptr<Receiver> make_pagerduty(const ReceiverConfig& config, const ReceiverTools& tools);

}  // namespace pcx::alert
