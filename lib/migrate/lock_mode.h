// PostgreSQL's table-level locks (documentation 13.3.1), weakest first.
#pragma once

#include <string>
#include <string_view>

namespace pcx::migrate {

enum class LockMode {
  none,
  access_share,
  row_share,
  row_exclusive,
  share_update_exclusive,
  share,
  share_row_exclusive,
  exclusive,
  access_exclusive,
};

// "ACCESS EXCLUSIVE", as LOCK TABLE writes it; "" for none.
std::string_view to_string(LockMode mode);
// From "AccessExclusiveLock", as pg_locks writes it; none for any other text.
LockMode lock_mode_of(std::string_view pg_locks_mode);

// Whether a session that wants `one` waits for another that holds `other` (table 13.2).
bool conflicts(LockMode one, LockMode other);

// What the application cannot do with the table meanwhile: "no reads, no writes", "no writes", "".
std::string_view stops(LockMode mode);

}  // namespace pcx::migrate
