#include "migrate/fate.h"

#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "migrate/ledger.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

// The status first: a transaction that it calls ended changes the ledger no more.
Fate ask(db::Transaction& tx, const std::string& schema, const Commit& commit) {
  const auto rows = tx.query(sql::transaction_status, {commit.transaction_id});
  const auto status = db::nullable<std::string>(rows.one()["status"]);
  if (has_row(tx, schema, commit.row_id, commit.reverts)) return Fate::committed;
  if (status == "in progress") return Fate::in_progress;
  return status == "aborted" ? Fate::rolled_back : Fate::unknown;
}

}  // namespace

Fate find_fate(db::Database& database, const db::RetryTools& tools, const Commit& commit) {
  Fate fate = Fate::unknown;
  try {
    db::with_transaction(database, tools,
                         [&](db::Transaction& tx) { fate = ask(tx, database.schema(), commit); });
  } catch (const Error& error) {
    log::info("what became of the transaction could not be asked", {{"error", error.what()}});
    return Fate::unknown;
  }
  return fate;
}

}  // namespace pcx::migrate
