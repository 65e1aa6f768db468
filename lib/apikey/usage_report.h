// What became of requests with API keys: out of what the application records of each request
// (api_usage_metrics) and what pcx counts by the day (pcx.apikey_usage). The server adds up; here
// come a row for a key and a step, and five for its endpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "db/database.h"

namespace pcx::apikey {

inline constexpr std::int64_t kUsageStepsMax = 1000;
inline constexpr std::size_t kUsageRowsMax = 500'000;  // of keys and steps together
inline constexpr std::size_t kUsageEndpointsMax = 5;   // of a key

enum class UsageStep { hour, day };
const char* to_string(UsageStep step) noexcept;

struct UsageQuestion {
  std::vector<std::string> ids;  // empty: every key that was used since then
  Time since{};
  Time now{};
  UsageStep step = UsageStep::day;
};

// A step begins with a full hour or day of UTC; the first and the last one may be cut.
struct UsageCount {
  Time from{};
  std::int64_t calls = 0;
  std::int64_t client_errors = 0;  // 400 to 499
  std::int64_t server_errors = 0;  // 500 to 599
};

struct UsageEndpoint {
  std::string method;
  std::string endpoint;
  std::int64_t calls = 0;
};

// What the application recorded since then.
struct RecordedUsage {
  std::int64_t calls = 0;
  std::int64_t client_errors = 0;
  std::int64_t server_errors = 0;
  std::optional<std::int64_t> p95_ms;  // of responseTime, a value that occurred; none without calls
  std::vector<UsageEndpoint> endpoints;  // with the most calls first
  std::vector<UsageCount> series;        // every step, those of no calls, too
};

// What pcx counted, since the beginning of that day.
struct CountedUsage {
  std::int64_t taken = 0;
  std::int64_t refused = 0;
};

struct KeyUsage {
  Key key;
  std::optional<RecordedUsage> recorded;  // std::nullopt: the application never recorded any of it
  std::optional<CountedUsage> counted;    // std::nullopt: pcx never counted any of it
  std::optional<Time> last_seen;          // at any time, as far as one of the two knows
};

struct UsageReport {
  std::vector<KeyUsage> keys;   // those asked for in their order, or by calls, the most first
  std::int64_t unused = 0;      // keys that are left out, since there was nothing since then
  std::int64_t unrecorded = 0;  // of those: of which nothing was ever recorded or counted
};

// The beginnings of all steps from `since` to `now`.
// Throws Error{usage} with reason "too_much" above kUsageStepsMax.
std::vector<Time> steps_between(Time since, Time now, UsageStep step);

// Throws Error{not_found} with reason "no_such_key" for an id that is not there, with reason
// "no_usage_metrics" without the application's table; Error{usage} with reason "too_much" above
// kUsageRowsMax.
// REQUIRES: `tx` is repeatable read
UsageReport read_usage(db::Transaction& tx, const UsageQuestion& question);

}  // namespace pcx::apikey
