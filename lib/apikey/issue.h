// New keys: made, or made in the place of another one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "apikey/pepper.h"
#include "apikey/store.h"
#include "apikey/token.h"
#include "core/random.h"

namespace pcx::apikey {

inline constexpr std::size_t kNameBytesMax = 200;  // of names, owners and tenants

// What a key shall be. Scopes and ranges are checked by scope.h and cidr.h.
struct Wish {
  Kind kind = Kind::live;  // live or test
  std::string name;
  std::vector<std::string> scopes;
  std::optional<std::int64_t> rate;  // requests, in the application's unit
  std::optional<Time> expires_at;
  std::optional<std::string> owner;
  std::optional<std::string> tenant;
  std::vector<std::string> cidrs;
};

// Throws Error{usage}, naming what is wrong: an empty name, one with control characters or longer
// than kNameBytesMax, a rate that is no positive integer of 32 bits, an expiry that is not after
// `now`; with reason "whole_key", repeating nothing of it, a name, owner, tenant or scope with a
// key of pcx in it, since these are stored in clear; and as require_scopes() and require_cidrs().
void require_valid(const Wish& wish, Time now);

struct IssueTools {
  Hashers& hashers;
  Random& random;
  std::string by;  // "ann@desk"
};

// Draws a key and inserts it; it is one once `tx` has committed. Times are cut to milliseconds, as
// api_keys has them. REQUIRES: require_valid()
Token issue_key(db::Transaction& tx, const Wish& wish, const IssueTools& tools);

struct Rotation {
  Token token;                     // the new key
  Time grace_until{};              // until when the old one is taken
  std::optional<Time> expires_at;  // of the new one
};

// A key that may do what `old` may, for the same owner, from the same addresses. `old` is taken
// until `grace` is over, or not at all from now on (zero: it is revoked, and its status in api_keys
// is for mark_revoked() once `tx` has committed). Where `old` expires, the new one does after a
// life as long as that one's, unless `expires_at` says otherwise; never, when that would be later
// than 2261, the last year that pcx knows. REQUIRES: `old` was read by lock_keys() in `tx`
//
// Throws Error{conflict} with reason "not_taken" for a key that is not taken, and with
// "replaced_meanwhile" when somebody else replaced or revoked it in between.
Rotation rotate_key(db::Transaction& tx, const Key& old, std::chrono::milliseconds grace,
                    std::optional<Time> expires_at, Time now, const IssueTools& tools);

}  // namespace pcx::apikey
