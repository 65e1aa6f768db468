// Any other program over HTTP: the JSON of receiver_text.h's notification_body(), signed when there
// is a key.
//
// Signatures are those of Standard Webhooks (standardwebhooks.com, spec of 2023), for which most
// languages have a verifier:
//
//   webhook-id: <uuid>                    the outbox line's: the same for every try
//   webhook-timestamp: 1772953200         seconds, when it was sent
//   webhook-signature: v1,<base64 of HMAC-SHA-256 of "<id>.<timestamp>.<body>">
//
// A key that begins with whsec_ is base64 behind that, as the specification has it; any other is
// taken as it is. Receivers should refuse timestamps that are minutes away from their own clock,
// and remember ids.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "alert/receiver.h"

namespace pcx::alert {

std::string webhook_body(const std::string& id, const Notification& notification);

// The value of webhook-signature. Throws Error{config} for a whsec_ key that is no base64.
std::string webhook_signature(const ReceiverConfig& config, std::string_view key,
                              const std::string& id, std::int64_t timestamp_s,
                              const std::string& body);

std::unique_ptr<Receiver> make_webhook(const ReceiverConfig& config, const ReceiverTools& tools);

}  // namespace pcx::alert
