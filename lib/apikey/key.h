// An API key as it is stored: its row in the application's table api_keys (name, permissions, rate,
// expiry, status) and what that has no column for (pcx.apikey). The key itself is nowhere. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apikey/hash.h"
#include "apikey/token.h"
#include "core/time.h"
#include "keyring/data_key.h"

namespace pcx::apikey {

struct Revocation {
  Time at{};
  std::string by;
  std::string reason;  // may be empty
};

// What it was rotated to, and until when it is taken all the same: strictly before.
struct Replacement {
  std::string by;
  Time grace_until{};
};

struct Key {
  std::string id;      // lookup id: ten of 0-9A-Za-z; "" of a row that still holds its key in plain
  std::string row_id;  // in api_keys
  bool has_row = true;  // there
  Kind kind = Kind::live;
  KeyHash hash{};
  keyring::KeyId pepper = 0;
  std::string name;
  std::vector<std::string> scopes;   // api_keys.permissions
  std::optional<std::int64_t> rate;  // api_keys."rateLimit": the application enforces it
  std::string status;                // "active", or what the application wrote; "": the row is gone
  std::optional<std::string> owner;
  std::optional<std::string> tenant;
  std::vector<std::string> cidrs;  // empty: from anywhere
  Time created_at{};               // in pcx.apikey: made or adopted
  Time made_at{};                  // since when there is this key: of an adopted one, its row
  std::string created_by;
  std::optional<Time> expires_at;
  std::optional<Time> last_used_at;
  std::optional<Revocation> revoked;
  std::optional<Replacement> replaced;
};

// What becomes of a key without being asked for: by its own row and the clock.
enum class Standing {
  good,
  in_grace,  // replaced, and still taken
  expired,
  revoked,  // also: by the application's status, or the grace is over
};

const char* to_string(Standing standing) noexcept;

// Expiry and grace end at their instant: at that it is not taken any more.
Standing standing_of(const Key& key, Time now);
inline bool is_taken(Standing standing) {
  return standing == Standing::good || standing == Standing::in_grace;
}
// Until when standing_of() stays as it is if nobody changes the row; std::nullopt: for ever.
std::optional<Time> standing_until(const Key& key, Time now);

}  // namespace pcx::apikey
