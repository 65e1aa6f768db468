// Prisma's own table _prisma_migrations, exactly as Prisma keeps it: pcx and `prisma migrate
// deploy` work on one database in turn. It is never altered, and no row is ever deleted.
//
// Source: prisma-engines, schema-engine/connectors/sql-schema-connector (migration persistence).
// Persistent: names and meaning of the columns never change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/document.h"
#include "db/database.h"
#include "db/query.h"

namespace pcx::migrate {

struct LedgerRow {
  std::string id;        // UUID v4 as text
  std::string checksum;  // as recorded
  std::string name;
  Time started_at;
  std::optional<Time> finished_at;     // none: failed, or running right now
  std::optional<Time> rolled_back_at;  // set: the row is history and does not count
  std::optional<std::string> logs;     // NULL after success, the error's text after a failure
  int applied_steps_count = 0;         // 1 after success, 0 for failed and for marked ones

  bool counts() const { return !rolled_back_at.has_value(); }
  bool is_applied() const { return counts() && finished_at.has_value(); }
  bool is_failed() const { return counts() && !finished_at.has_value(); }
};

struct Ledger {
  bool exists = false;          // the table
  std::vector<LedgerRow> rows;  // in the order of started_at, then id
};

// Reads the ledger of `schema`; an absent table is an empty ledger.
Ledger read_ledger(db::Database& database, const std::string& schema);

// The names of the first tables in `schema` that no migration made: what makes Prisma answer P3005.
// PostGIS's own do not count. At most `names_max` of them.
std::vector<std::string> foreign_tables(db::Database& database, const std::string& schema,
                                        int names_max);

// CREATE SCHEMA and CREATE TABLE when missing, as Prisma does.
void create_ledger(db::Transaction& tx, const std::string& schema);

// Adds a finished row in the transaction called `transaction_id`; in any other it fails with
// SQLSTATE 23502 (the row's id would be NULL), so that nothing is committed.
db::Query insert_applied(const std::string& schema, const LedgerRow& row,
                         const std::string& transaction_id);

// Adds any row.
void insert_row(db::Transaction& tx, const std::string& schema, const LedgerRow& row);

// Whether a row that was added unfinished is so still.
bool is_open(db::Database& database, const std::string& schema, const std::string& id);

// What became of a row that was added unfinished. They return false when it is not unfinished any
// more: somebody resolved it meanwhile.
bool finish_row(db::Transaction& tx, const std::string& schema, const LedgerRow& row);
bool fail_row(db::Transaction& tx, const std::string& schema, const std::string& row_id,
              const std::string& logs);

// Whether the row is there, and is rolled back or not.
bool has_row(db::Transaction& tx, const std::string& schema, const std::string& row_id,
             bool is_rolled_back);

// Sets rolled_back_at on the row. Returns false when it is no longer there or already set.
bool mark_rolled_back(db::Transaction& tx, const std::string& schema, const std::string& row_id,
                      Time at);

}  // namespace pcx::migrate
