// The journal: every mutating command records who, where, what, when and why, in its own
// transaction (table pcx.journal). Writing it is this floor; reading the trail is lib/audit.
#pragma once

#include <cstdint>
#include <string>

#include "core/document.h"
#include "db/database.h"
#include "db/query.h"

namespace pcx::db {

// What is the same for all deeds of one run. Filled by cli/.
struct Actor {
  std::string os_user;
  std::string host;
  std::string command_line;  // without secrets
  std::string reason;        // --reason; may be empty
  std::string run_id;        // UUID of this run of pcx
};

struct Deed {
  std::string action;  // "migrate.up", "sandbox.seed": group and verb, a stable word
  std::string object;  // what it was done to: a migration, a key id
  Document details;    // an object; stored as jsonb, without secrets
};

// REQUIRES: schema pcx exists (db/schema.h). Returns the row's id.
std::int64_t record_deed(Transaction& tx, const Actor& actor, const Deed& deed);

// The same as a query, for Transaction::commit_after(). Needs SchemaStatus::journal_writable only.
Query deed_query(const Actor& actor, const Deed& deed);

// For deeds without a transaction: the intent is committed before, the result after. An intent
// without a result is under way, or was killed. Throws Error{internal} for a second result.
std::int64_t record_intent(Database& database, const Actor& actor, const Deed& deed);
void record_result(Database& database, std::int64_t intent_id, const std::string& outcome);

}  // namespace pcx::db
