// Prometheus's Alertmanager, API v2 (POST /api/v2/alerts; its openapi.yaml, 0.25): it is told of
// alerts, not of incidents, again and again while they fire.
#pragma once

#include <memory>
#include <string>

#include "alert/receiver.h"

namespace pcx::alert {

// A list of alerts. endsAt is `now` plus three times the interval, so that an alert does not end
// between two runs even when one is missed; `now` of a resolve. Never before startsAt.
std::string alertmanager_body(const ReceiverConfig& config, const Notification& notification,
                              Time now);

// An acknowledgement is delivered without a call: Alertmanager has none.
std::unique_ptr<Receiver> make_alertmanager(const ReceiverConfig& config,
                                            const ReceiverTools& tools);

}  // namespace pcx::alert
