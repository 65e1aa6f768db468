// Sends numbers elsewhere: what all targets over HTTP have in common, and what comes of it.
//
// Numbers are gauges with their time or their group, so that sending the same twice changes
// nothing: after a lost answer the same body is sent again.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/backoff.h"
#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "db/advisory_lock.h"
#include "http/client.h"
#include "http/secret_header.h"

namespace pcx::kpi {

// Held while numbers are read and sent: runs that overlap would only slow each other down. Not that
// of 'pcx kpi record': neither waits for the other. The bytes "pcx_push".
inline constexpr db::AdvisoryKey kPushLock{0x7063785f70757368, "pcx kpi push"};

struct Outcome {
  int bodies = 0;   // that the target took: requests, files
  int points = 0;   // numbers in them
  int dropped = 0;  // numbers that were not sent, or that the target refused; a warning says why
  int deleted = 0;  // stale groups (Pushgateway)
  std::vector<std::string> warnings;  // phrases as in Error
  // What the target calls the bodies that it took: New Relic's requestIds. Whether it keeps what is
  // in them shows later, and there (NrIntegrationError).
  std::vector<std::string> receipts;
};

using http::SecretHeader;

struct PushTools {
  // A Transport whose send() ends within `total_timeout`: one for each try, so that none outlasts
  // the deadline.
  std::function<std::unique_ptr<http::Transport>(std::chrono::milliseconds total_timeout)> connect;
  Clock& clock;
  Random& random;
  const Interrupt& interrupt;
  std::chrono::steady_clock::time_point deadline;  // of everything together
  // Between tries, where the target asks for no longer pause. Not retries_max: the deadline ends
  // it.
  BackoffPolicy pauses{.delay_max = std::chrono::seconds{30}, .jitter = 0.3};
};

// One try at most, so that a target which hangs is tried again.
inline constexpr std::chrono::milliseconds kTryMax{30'000};

// The first answer whose status is not transient. Asks again while `is_transient` says so, and
// after failures of the network (not of TLS, nor of HTTP itself), after a pause: Retry-After where
// the answer has it, never less than the first of tools.pauses.
//
// Throws when the deadline leaves no time for the next try: Error{busy} with reason "http_503" (the
// status) when the target answered, Error{unreachable} as Transport::send() when it did not; and
// Error{interrupted} or Error{terminated} within 0.1 s when a stop is requested.
using IsTransient = bool (*)(int status);
http::Response deliver(const PushTools& tools, const http::Request& request,
                       const std::vector<SecretHeader>& secrets, IsTransient is_transient);

inline bool is_success(const http::Response& response) {
  return response.status >= 200 && response.status < 300;
}

// An answer that is final and no success: Error{permission} for 401 and 403, Error{config} for
// redirects, 404 and 405 (the URL is another one's), Error{busy} for 5xx, else Error{data}. The
// reason is "http_403" (the status); the message has the target's scheme, host and port, and its
// words (http/answer_words.h). `key_hint` is the hint for 401 and 403.
[[noreturn]] void throw_refused(const http::Request& request, const http::Response& response,
                                const std::vector<SecretHeader>& secrets,
                                const std::string& key_hint);

// "https://example.org/prefix/" -> "https://example.org/prefix". Throws Error{data} as parse_url(),
// and for a URL with a query.
std::string base_of(std::string_view url);

}  // namespace pcx::kpi
