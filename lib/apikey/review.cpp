#include "apikey/review.h"

#include <algorithm>

namespace pcx::apikey {

namespace {

std::vector<Scope> scopes_of(const Key& key) { return read_scopes(key.scopes).scopes; }

bool may_do(const Key& key, const Scope& scope) {
  return std::ranges::any_of(scopes_of(key),
                             [&](const Scope& granted) { return covers(granted, scope); });
}

bool names_nothing(const Key& key) { return std::ranges::any_of(scopes_of(key), is_over_scoped); }

// The end of a key that was replaced is planned: nobody has to act.
bool expires_before(const Key& key, Time then, Time now) {
  if (key.replaced) return false;
  const auto until = standing_until(key, now);
  return until && *until < then;
}

bool is_unused_since(const Key& key, Time then) {
  return key.made_at < then && (!key.last_used_at || *key.last_used_at < then);
}

}  // namespace

bool fits(const Key& key, const Filter& filter, Time now) {
  if (filter.owner && key.owner != filter.owner) return false;
  if (filter.scope && !may_do(key, *filter.scope)) return false;
  if (filter.created_before && key.made_at >= *filter.created_before) return false;
  if (filter.expires_before && !expires_before(key, *filter.expires_before, now)) return false;
  if (filter.unused_since && !is_unused_since(key, *filter.unused_since)) return false;
  if (filter.never_used && key.last_used_at) return false;
  if (filter.over_scoped && !names_nothing(key)) return false;
  return !filter.revoked || !is_taken(standing_of(key, now));
}

std::vector<Key> filtered(std::vector<Key> keys, const Filter& filter, Time now) {
  std::erase_if(keys, [&](const Key& key) { return !fits(key, filter, now); });
  return keys;
}

}  // namespace pcx::apikey
