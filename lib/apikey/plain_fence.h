// The fence around api_keys: a CHECK constraint that admits placeholders only, so that no key can
// be stored in plain any more, by whatever program.
//
//   pcx_api_keys_fence CHECK (key ^@ 'pcx:')
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "db/polite_change.h"

namespace pcx::apikey {

inline constexpr const char* kFenceName = "pcx_api_keys_fence";

enum class FenceState {
  absent,
  unproven,  // new rows are refused; whether older ones break it nobody has looked
  valid,
};

// Throws Error{conflict} with reason "fence_name" when something else has the name.
FenceState read_plain_fence(db::Database& database);

// The two statements of a migration that puts it up, with their semicolons.
std::vector<std::string> fence_migration();

// With locks that nobody waits behind for long; `before` runs in the transaction that changes the
// table. Throws Error{permission} for who does not own the table, and as db::change_politely().
void add_plain_fence(const db::PoliteTools& tools,
                     const std::function<void(db::Transaction& tx)>& before);
void drop_plain_fence(const db::PoliteTools& tools,
                      const std::function<void(db::Transaction& tx)>& before);
// False when a row breaks it. Reads every row, beside those who write.
bool validate_plain_fence(const db::PoliteTools& tools);

}  // namespace pcx::apikey
