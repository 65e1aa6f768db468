// Checks of migrations: the folder beside the ledger, and who is at work.
#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "cli/context.h"
#include "cli/doctor.h"
#include "core/text.h"
#include "core/time.h"
#include "migrate/folder.h"
#include "migrate/ledger.h"
#include "migrate/lock.h"
#include "migrate/state.h"
#include "migrate/step_journal.h"
#include "migrate/tools_at_work.h"

namespace pcx::cli {

namespace {

using migrate::State;

long long count(const std::vector<migrate::Entry>& entries, std::initializer_list<State> states) {
  return std::count_if(entries.begin(), entries.end(), [&](const migrate::Entry& entry) {
    return std::find(states.begin(), states.end(), entry.state) != states.end();
  });
}

Checked judge(const std::vector<migrate::Entry>& entries) {
  const auto failed = count(entries, {State::failed});
  const auto wrong = count(entries, {State::edited, State::missing});
  const auto pending = count(entries, {State::pending, State::out_of_order});
  const std::string message = fmt::format("{} applied, {} pending, {} edited or missing, {} failed",
                                          count(entries, {State::applied}), pending, wrong, failed);
  if (failed > 0) {
    return {Health::fail, message,
            "Look at what the failed migration left, then see 'pcx help migrate resolve'."};
  }
  if (const auto unfinished = count(entries, {State::unfinished}); unfinished > 0) {
    return {Health::fail, fmt::format("{}, {} unfinished", message, unfinished),
            "Run 'pcx migrate up': it goes on where the unfinished migration was stopped."};
  }
  if (wrong > 0) return {Health::fail, message, "Run 'pcx migrate verify' for their names."};
  if (pending > 0) return {Health::warn, message, "Run 'pcx migrate plan' to see what they do."};
  return {Health::ok, message, {}};
}

// pcx is run from anywhere, so a folder that is not here says nothing about the database.
Checked check_migrations(Patient& patient) {
  const std::string folder = patient.setting("migrate.dir");
  try {
    const auto files = migrate::read_folder(folder);
    db::Database& database = *patient.database();
    const auto ledger = migrate::read_ledger(database, database.schema());
    return judge(migrate::compare(files, ledger, migrate::read_step_records(database, ledger)));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::not_found) throw;
    return {Health::skip, fmt::format("there is no folder {} here", escape_controls(folder)),
            "Run it where the folder is, or set PCX_MIGRATE_DIR."};
  }
}

bool waits_for(const std::string& tool) {
  return tool == migrate::kPcxLock.name || tool == migrate::kPrismaLock.name;
}

Checked check_locks(Patient& patient) {
  const auto tools = migrate::find_tools_at_work(*patient.database());
  if (tools.empty()) return {Health::ok, "no migration is under way", {}};
  const auto& [tool, holder] = tools.front();
  return {Health::warn,
          fmt::format("{} is at work: pid {}, user {}, application {}, for {}", tool, holder.pid,
                      holder.user, holder.application, to_short_text(holder.held_for)),
          fmt::format("Wait for it{}; if nobody is there any more, a superuser "
                      "ends it with SELECT pg_terminate_backend({}).",
                      waits_for(tool) ? " with --lock-wait" : "", holder.pid)};
}

}  // namespace

std::vector<Check> migrate_checks() {
  return {
      {"migrations", connected<check_migrations>},
      {"migrate_lock", connected<check_locks>},
  };
}

}  // namespace pcx::cli
