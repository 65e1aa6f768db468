// Keys that have not been taken for long, deleted: from pcx.apikey with their counts of uses, and
// from api_keys. What the application recorded of them (api_usage_metrics) stays.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "db/database.h"

namespace pcx::apikey {

// Since when it is not taken: the first of its revocation, its expiry and the end of its grace.
// Only switched off by the application's status, which has no time: since its row was last written.
// std::nullopt: it is taken.
std::optional<Time> not_taken_since(const Key& key, Time row_updated_at, Time now);

struct EndedKey {
  Key key;
  Time since{};
  // False: its row in api_keys holds something else than its placeholder, perhaps a key in plain
  // that is taken. Somebody has to look at it first.
  bool is_deletable = true;
};

// Those that have not been taken since before `before`, by age.
std::vector<EndedKey> find_ended(db::Transaction& tx, Time before, Time now);

// Deletes those of `ids` of which that holds and which may be deleted, and returns them: nobody
// changes them meanwhile. Whoever listens is told.
std::vector<EndedKey> delete_ended(db::Transaction& tx, const std::vector<std::string>& ids,
                                   Time before, Time now);

}  // namespace pcx::apikey
