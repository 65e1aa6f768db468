#include "migrate/resolve.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::migrate {

namespace {

LedgerRow marked_row(const Migration& migration, Time at, Random& random) {
  LedgerRow row;
  row.id = uuid_v4(random);
  row.checksum = migration.checksum;
  row.name = migration.name;
  row.started_at = at;
  row.finished_at = at;
  row.logs = "";
  return row;
}

void end_failed_rows(db::Transaction& tx, const Ledger& ledger, const std::string& schema,
                     const std::string& name, Time at) {
  for (const auto& row : ledger.rows) {
    if (row.name == name && row.is_failed()) mark_rolled_back(tx, schema, row.id, at);
  }
}

void record(db::Transaction& tx, const Tools& tools, const db::Deed& deed) {
  if (const auto query = tools.journal(deed)) tx.query(*query);
}

}  // namespace

void mark_applied(db::Database& database, const Ledger& ledger, const UpPlan& plan,
                  const Tools& tools) {
  const std::string& schema = database.schema();
  db::Transaction tx = database.begin();
  if (!ledger.exists) create_ledger(tx, schema);
  Time at = tools.clock.wall_now();
  for (const Migration* migration : plan.steps) {
    end_failed_rows(tx, ledger, schema, migration->name, at);
    const LedgerRow row = marked_row(*migration, at, tools.random);
    insert_row(tx, schema, row);
    record(
        tx, tools,
        {"migrate.resolve_applied", migration->name, Document::object().set("ledger_row", row.id)});
    at += std::chrono::milliseconds{1};  // readers order rows by started_at
  }
  tx.commit();
}

void mark_failed_rolled_back(db::Database& database, const Ledger& ledger, const std::string& name,
                             const Tools& tools) {
  const auto named = [&](const LedgerRow& row) { return row.name == name; };
  const auto failed = [&](const LedgerRow& row) { return named(row) && row.is_failed(); };
  const auto& rows = ledger.rows;
  if (std::none_of(rows.begin(), rows.end(), named)) {
    throw Error{
        ErrorCode::conflict,
        fmt::format("migration {} was never applied (Prisma's P3011)", escape_controls(name)),
        "pcx migrate status lists what the ledger has."}
        .because("never_applied");
  }
  if (std::none_of(rows.begin(), rows.end(), failed)) {
    throw Error{ErrorCode::conflict,
                fmt::format("migration {} is not in a failed state (Prisma's P3012)", name),
                "To undo an applied migration run: pcx migrate down"}
        .because("not_failed");
  }
  db::Transaction tx = database.begin();
  end_failed_rows(tx, ledger, database.schema(), name, tools.clock.wall_now());
  record(tx, tools, {"migrate.resolve_rolled_back", name, Document::object()});
  tx.commit();
}

UpPlan plan_resolve(const std::vector<Entry>& entries, const std::string& name) {
  const Entry& entry = find_entry(entries, name);
  if (entry.file == nullptr) {
    throw Error{ErrorCode::not_found,
                fmt::format("migration {} has no file (Prisma's P3017)", entry.name),
                "Restore it from version control."};
  }
  if (entry.row && entry.row->is_applied()) {
    throw Error{
        ErrorCode::conflict,
        fmt::format("migration {} is already recorded as applied (Prisma's P3008)", entry.name),
        "There is nothing to resolve. To undo it run: pcx migrate down"}
        .because("already_applied");
  }
  return {{entry.file}};
}

}  // namespace pcx::migrate
