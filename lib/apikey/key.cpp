#include "apikey/key.h"

#include <algorithm>

namespace pcx::apikey {

namespace {

constexpr std::string_view kActive = "active";

}  // namespace

const char* to_string(Standing standing) noexcept {
  switch (standing) {
    case Standing::good: return "good";
    case Standing::in_grace: return "in grace";
    case Standing::expired: return "expired";
    case Standing::revoked: return "revoked";
  }
  return "unknown";
}

Standing standing_of(const Key& key, Time now) {
  if (key.revoked || key.status != kActive) return Standing::revoked;
  if (key.replaced && now >= key.replaced->grace_until) return Standing::revoked;
  if (key.expires_at && now >= *key.expires_at) return Standing::expired;
  return key.replaced ? Standing::in_grace : Standing::good;
}

std::optional<Time> standing_until(const Key& key, Time now) {
  if (!is_taken(standing_of(key, now))) return std::nullopt;
  std::optional<Time> until = key.expires_at;
  if (key.replaced) until = std::min(until.value_or(Time::max()), key.replaced->grace_until);
  return until;
}

}  // namespace pcx::apikey
