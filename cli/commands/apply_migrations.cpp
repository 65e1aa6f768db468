#include "cli/commands/apply_migrations.h"

#include <chrono>
#include <filesystem>
#include <string>

#include "cli/commands/lock_wait_view.h"
#include "db/advisory_lock.h"
#include "db/schema.h"
#include "migrate/lock.h"
#include "migrate/migrator.h"
#include "sandbox/embedded_migrations.h"

namespace pcx::cli {

namespace {

// The sandbox is for trying migrations: the operator's own ones beside the embedded are no reason
// to refuse it.
constexpr migrate::Allowed kAllowed{.edited = true, .missing = true, .out_of_order = true};

constexpr db::AdvisoryLock::Wait kWait{.deadline = std::chrono::seconds{60}};

migrate::Script script_of(std::string_view text, const std::filesystem::path& file) {
  return {.text = std::string{text}, .file = file};
}

migrate::Folder embedded_folder() {
  migrate::Folder folder{.path = "sandbox", .layout = migrate::Layout::prisma};
  for (const auto& embedded : sandbox::embedded_migrations()) {
    const std::string name{embedded.name};
    auto migration = migrate::with_checksums(name, std::string{embedded.migration_sql});
    migration.up = script_of(embedded.migration_sql, folder.path / name / "migration.sql");
    migration.down = script_of(embedded.down_sql, folder.path / name / "down.sql");
    folder.migrations.push_back(std::move(migration));
  }
  return folder;
}

migrate::Tools tools_for(Context& context) {
  Progress& progress = context.progress();
  const db::Actor& actor = context.actor();
  migrate::Tools tools{
      context.clock(), context.random(), context.interrupt(),
      [&actor](const db::Deed& deed) { return db::deed_query(actor, deed); },
      [&progress](const migrate::Migration& migration, std::size_t number, std::size_t total) {
        progress.update("migrating", migration.name, static_cast<std::int64_t>(number),
                        static_cast<std::int64_t>(total), "migration");
      }};
  tools.on_wait = lock_wait_teller(progress);
  return tools;
}

}  // namespace

AppliedMigrations apply_embedded_migrations(Context& context, db::Database& database) {
  db::upgrade_schema(database);
  const db::AdvisoryLock ours{database, migrate::kPcxLock, kWait, context.clock(),
                              context.interrupt()};
  const db::AdvisoryLock prismas{database, migrate::kPrismaLock, kWait, context.clock(),
                                 context.interrupt()};
  const migrate::Folder folder = embedded_folder();
  const migrate::Ledger ledger = migrate::read_ledger(database, database.schema());
  const auto ready = migrate::make_ready(
      database, ledger, migrate::plan_up(migrate::compare(folder, ledger), {}, kAllowed));
  const auto report = migrate::apply(database, ledger, ready, tools_for(context));
  context.progress().clear();
  if (report.stopped_early) context.interrupt().throw_if_requested();
  return {report.steps.size(), folder.migrations.size()};
}

}  // namespace pcx::cli
