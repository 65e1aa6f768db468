// The journal of migrations that run in steps (tables pcx.migration_run and pcx.migration_step):
// what is done, and what was begun. It outlives every crash; by it the next run goes on exactly
// there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "db/database.h"
#include "db/query.h"
#include "migrate/ledger.h"
#include "migrate/step.h"

namespace pcx::migrate {

// What the catalog held before a statement ran; see Probe.
struct Facts {
  std::int64_t relation = 0;       // oid of the table it works on; 0: none
  std::int64_t object = 0;         // oid of what it drops or rebuilds; 0: none
  std::vector<std::string> known;  // oids of indexes, as text
};

struct StepRecord {
  int number = 0;  // of the step in its script, from 1
  std::string kind;
  std::string hash;
  Facts facts;
  bool finished = false;  // false: it was begun, and nobody knows yet how it ended
};

// How it came to be known that a step is done.
enum class Outcome {
  done,   // it ran
  found,  // after a crash the catalog said so
  told,   // after a crash the operator said so
};

// The records of the runs that belong to failed rows of the ledger, by ledger row; runs without a
// step are there, too. Nothing where the tables are missing or not readable.
using StepRecords = std::map<std::string, std::vector<StepRecord>>;
StepRecords read_step_records(db::Database& database, const Ledger& ledger);

// In the transaction that adds the ledger row.
void begin_run(db::Transaction& tx, const std::string& schema, const LedgerRow& row);

// Before a step that stands alone.
void record_intent(db::Database& database, const std::string& ledger_row, int number,
                   const Step& step, const Facts& facts);
// After it. Throws Error{internal} when it was not begun, or is finished.
void record_outcome(db::Database& database, const std::string& ledger_row, int number,
                    Outcome outcome);
// After it failed and left nothing: as if it had not been begun.
void forget_intent(db::Database& database, const std::string& ledger_row, int number);

// What the operator says of a step in flight.
db::Query settle_query(const std::string& ledger_row, int number, bool is_done);

// Throws Error{permission} where this role may not write these tables, or they
// are missing.
void require_step_journal(db::Database& database);

// A transactional step, in its own transaction.
db::Query insert_done(const std::string& ledger_row, int number, const Step& step);

}  // namespace pcx::migrate
