// The header Retry-After (RFC 9110, 10.2.3).
#pragma once

#include <chrono>
#include <optional>

#include "core/document.h"
#include "http/client.h"

namespace pcx::http {

// How long the server asks to wait: whole seconds, or until a date in one of the three forms of
// RFC 9110, 5.6.7 (one that is over: 0). std::nullopt without the header, and for anything else in
// it. At most kRetryAfterMax.
inline constexpr std::chrono::seconds kRetryAfterMax{366 * 24 * 3600};
std::optional<std::chrono::seconds> retry_after(const Response& response, Time now);

}  // namespace pcx::http
