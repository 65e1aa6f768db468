// What may be changed of a key that is there: everything but the key itself. Whoever listens is
// told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "core/document.h"
#include "db/database.h"

namespace pcx::apikey {

// Of what may be absent. No optional of an optional: the one converts to the other without a word.
template <typename T>
struct Replacing {
  std::optional<T> value;  // std::nullopt: it is taken away
  bool operator==(const Replacing&) const = default;
};

// Of each: std::nullopt leaves it as it is.
struct Amendment {
  std::optional<std::string> name;
  std::optional<Replacing<std::string>> owner;
  std::optional<Replacing<std::string>> tenant;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::vector<std::string>> cidrs;
  std::optional<Replacing<std::int64_t>> rate;
  std::optional<Replacing<Time>> expires_at;

  bool operator==(const Amendment&) const = default;
  bool is_empty() const { return *this == Amendment{}; }
};

// Throws as require_valid() of issue.h, for what is changed.
void require_valid(const Amendment& amendment, Time now);

// Returns what is different then: an object of {"from", "to"} by the names of `apikey show`, for
// the journal; empty when all of it was so before, and nothing is written.
//
// Throws Error{not_found} with reason "no_such_key", and Error{busy} when somebody holds the key's
// rows for seconds. REQUIRES: require_valid()
Document amend_key(db::Transaction& tx, const std::string& id, const Amendment& amendment);

}  // namespace pcx::apikey
