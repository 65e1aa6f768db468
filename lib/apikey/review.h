// Which keys somebody should look at, or revoke: filters over what is stored. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "apikey/scope.h"

namespace pcx::apikey {

// Every one that is set has to fit. None set: all keys.
struct Filter {
  std::optional<std::string> owner;
  std::optional<Scope> scope;          // may do this: a scope of the key matches or is it
  std::optional<Time> created_before;  // made before, not at it
  std::optional<Time> expires_before;  // taken now, not any more then, and not replaced
  std::optional<Time> unused_since;    // not used since then, and made before
  bool never_used = false;             // taken, and not used up to now
  bool over_scoped = false;            // has a scope that names nothing (apikey/scope.h)
  bool revoked = false;                // not taken any more, for whatever reason

  bool operator==(const Filter&) const = default;
  bool is_empty() const { return *this == Filter{}; }
};

// `now` decides what is taken.
bool fits(const Key& key, const Filter& filter, Time now);
std::vector<Key> filtered(std::vector<Key> keys, const Filter& filter, Time now);

}  // namespace pcx::apikey
