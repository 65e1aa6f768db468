// One request to a receiver over HTTP, and what its answer means.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "alert/receiver.h"

namespace pcx::alert {

// 2xx: delivered. 408, 425, 429, 5xx: later. Everything else (redirects are not followed) is
// refused: the same body would be refused again.
Verdict verdict_of(int status) noexcept;

// After 429 without Retry-After: PagerDuty's "30 s apart".
inline constexpr std::chrono::seconds kTooManyPause{30};

// One try. The network's failures are `later`, those of TLS and of HTTP itself, too: a certificate
// is mended while the outbox waits. Answers' words are without `secrets`. Throws Error{config} for
// a URL or header that cannot be sent, and the Interrupt's error.
Attempt post(const ReceiverConfig& config, const ReceiverTools& tools, const http::Request& request,
             std::span<const std::string_view> secrets, std::chrono::milliseconds time_max);

// The request: POST, Content-Type: application/json.
http::Request json_request(std::string url, std::string body);

}  // namespace pcx::alert
