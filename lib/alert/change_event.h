// PagerDuty's change events (developer.pagerduty.com/docs/send-change-event): what was deployed or
// switched, beside the incidents that may come of it. Kept there for 90 days.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert/receiver.h"
#include "core/document.h"

namespace pcx::alert {

struct ChangeEvent {
  std::string summary;  // cut at 1024 characters; not blank
  Time at{};
  std::string source;              // empty: the receiver's, else the host's name
  Document details;                // an object; null: none
  std::vector<std::string> links;  // https
};

// The body of POST /v2/change/enqueue. A note takes the place of details that would make it larger
// than 512,000 bytes; links that are not https are left out. Pure.
std::string change_body(const ReceiverConfig& config, const ChangeEvent& event,
                        const std::string& host_name, std::string_view routing_key);

// One try. Throws as Receiver::send(); Error{config} for a receiver of another kind, and for a
// routing key that begins with R: a ruleset's takes no change events.
Attempt send_change(const ReceiverConfig& config, const ReceiverTools& tools,
                    const ChangeEvent& event, std::chrono::milliseconds time_max);

}  // namespace pcx::alert
