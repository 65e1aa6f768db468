// Keys that have not been taken for long, deleted: from pcx.apikey with their counts of uses, and
// from api_keys. Their digests stay in pcx.apikey_gone, so that no import and no copy in plain
// makes one good again. What the application recorded of them (api_usage_metrics) stays, too.
//
// What is long ago says the server's clock, in the transaction that reads or deletes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apikey/key.h"
#include "db/database.h"

namespace pcx::apikey {

inline constexpr std::int64_t kUsageYearsMax = 2;

// Since when it is not taken: the first of its revocation, its expiry and the end of its grace.
// Only switched off by the application's status, which has no time: since its row was last written,
// std::nullopt where nobody knows when that was.
// REQUIRES: it is not taken at `now`
std::optional<Time> not_taken_since(const Key& key, std::optional<Time> row_updated_at, Time now);

// Why it is not deleted.
enum class Kept {
  no,
  text,  // its row in api_keys holds something else than its placeholder, perhaps a key in plain
         // that is taken: somebody has to look at it first
  time,  // nobody knows since when it is not taken
  row,   // it has no row in api_keys, and nobody has revoked it: the table may have been lost, and
         // come back from a backup
};

struct EndedKey {
  Key key;
  std::optional<Time> since;  // std::nullopt: Kept::time, Kept::row
  bool has_row = true;        // in api_keys
  Kept kept = Kept::no;

  bool is_deletable() const { return kept == Kept::no; }
};

struct Ended {
  Time now{};  // by the server's clock
  std::vector<EndedKey> keys;
};

// Those that have not been taken for longer than `for_longer`, by age, then those without a row.
Ended find_ended(db::Transaction& tx, std::chrono::milliseconds for_longer);

// Deletes those of `ids` of which that holds and which may be deleted, and returns them: nobody
// changes them meanwhile. Whoever listens is told.
// REQUIRES: schema pcx is current
Ended delete_ended(db::Transaction& tx, const std::vector<std::string>& ids,
                   std::chrono::milliseconds for_longer);

// Rows of pcx.apikey_usage, one for a key and a day, that are older than kUsageYearsMax; of keys
// that are taken, too. The second deletes them.
std::int64_t count_old_usage(db::Transaction& tx);
std::int64_t delete_old_usage(db::Transaction& tx);

}  // namespace pcx::apikey
