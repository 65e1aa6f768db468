// What follows when keys were revoked (revoke_keys() in apikey/store.h): the application's table
// says so, too. That is for people and for the application's own pages; whether a key is taken does
// not depend on it.
#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "db/database.h"

namespace pcx::apikey {

struct MarkTools {
  db::Database& database;
  Clock& clock;
  const Interrupt& interrupt;
};

// Sets api_keys.status to 'revoked' for those of `ids` that are revoked. Rows that somebody has
// locked are passed over, and tried again for some seconds. Returns the ids of those that were
// locked all the time. REQUIRES: no transaction is open
//
// Throws Error when the server refuses it, or a stop was requested: its hint says that the keys are
// revoked all the same.
std::vector<std::string> mark_revoked(const MarkTools& tools, const std::vector<std::string>& ids);

// Of an error of SQLSTATE 55P03 that revoke_keys() or lock_keys() threw: the same, naming who has
// the keys where that is known. REQUIRES: the transaction is over
Error naming_holders(db::Database& database, const Error& error,
                     const std::vector<std::string>& ids);

}  // namespace pcx::apikey
