#include "migrate/step_journal.h"

#include <fmt/format.h>

#include "core/error.h"
#include "migrate/sql.h"

namespace pcx::migrate {

namespace {

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::done: return "done";
    case Outcome::found: return "found";
    case Outcome::told: return "told";
  }
  return "";
}

StepRecord record_of(const db::Row& row) {
  return {.number = row["number"].as<int>(),
          .kind = row["kind"].as<std::string>(),
          .hash = row["hash"].as<std::string>(),
          .facts = {.relation = row["relation"].as<std::int64_t>(),
                    .object = row["object"].as<std::int64_t>(),
                    .known = row["known"].as<std::vector<std::string>>()},
          .finished = row["finished"].as<bool>()};
}

}  // namespace

StepRecords read_step_records(db::Database& database, const Ledger& ledger) {
  std::vector<std::string> failed;
  for (const LedgerRow& row : ledger.rows) {
    if (row.is_failed()) failed.push_back(row.id);
  }
  StepRecords records;
  if (failed.empty()) return records;
  if (!database.query(sql::step_journal_readable).one()["readable"].as<bool>()) return records;
  const db::Result rows = database.query(sql::read_steps, {failed});
  for (const auto& row : rows) {
    auto& steps = records[row["ledger_row"].as<std::string>()];
    if (!row["number"].is_null()) steps.push_back(record_of(row));
  }
  return records;
}

void begin_run(db::Transaction& tx, const std::string& schema, const LedgerRow& row) {
  tx.query(sql::begin_run, {row.id, schema, row.name});
}

void record_intent(db::Database& database, const std::string& ledger_row, int number,
                   const Step& step, const Facts& facts) {
  database.query(sql::begin_step, {ledger_row, number, step.kind, step.hash, facts.relation,
                                   facts.object, facts.known});
}

void record_outcome(db::Database& database, const std::string& ledger_row, int number,
                    Outcome outcome) {
  const db::Result done = database.query(sql::finish_step, {ledger_row, number, to_text(outcome)});
  if (done.affected_rows() == 1) return;
  throw Error{ErrorCode::internal,
              fmt::format("step {} of a migration was finished by somebody else", number)};
}

void forget_intent(db::Database& database, const std::string& ledger_row, int number) {
  database.query(sql::forget_step, {ledger_row, number});
}

db::Query settle_query(const std::string& ledger_row, int number, bool is_done) {
  if (!is_done) return db::Query{sql::forget_step, {ledger_row, number}};
  return db::Query{sql::finish_step, {ledger_row, number, to_text(Outcome::told)}};
}

void require_step_journal(db::Database& database) {
  if (database.query(sql::step_journal_readable).one()["writable"].as<bool>()) return;
  throw Error{ErrorCode::permission,
              "a migration cannot be one transaction, and this role may not write the journal of "
              "its steps (tables pcx.migration_run and pcx.migration_step)",
              "Without it nobody could go on after a crash. Nothing was applied. Run it as a role "
              "that may use schema pcx; pcx doctor tells what is missing."};
}

db::Query insert_done(const std::string& ledger_row, int number, const Step& step) {
  return db::Query{sql::insert_done_step, {ledger_row, number, step.kind, step.hash}};
}

}  // namespace pcx::migrate
