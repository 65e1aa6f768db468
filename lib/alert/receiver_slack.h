// Slack's incoming webhooks (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks):
// the URL is the secret.
#pragma once

#include <memory>
#include <string>

#include "alert/receiver.h"

namespace pcx::alert {

// Limits of Block Kit (docs.slack.dev/reference/block-kit/blocks), in characters.
inline constexpr std::size_t kSlackHeaderMax = 150;
inline constexpr std::size_t kSlackSectionMax = 3000;
inline constexpr std::size_t kSlackTextMax = 4000;  // of the fallback, as Slack recommends

// {"text": ..., "blocks": [...]}: a headline, an alert a section (20 at most), the key. Data cannot
// mention anybody (<!channel>) or make links: & < > are escaped. Pure.
std::string slack_body(const Notification& notification);

std::unique_ptr<Receiver> make_slack(const ReceiverConfig& config, const ReceiverTools& tools);

}  // namespace pcx::alert
