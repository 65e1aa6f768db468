#include "cli/commands/migrate_tools.h"

#include <fmt/format.h>

#include "cli/commands/lock_wait_view.h"
#include "cli/commands/running_view.h"
#include "core/json.h"
#include "core/log.h"
#include "db/schema.h"
#include "migrate/lock.h"
#include "migrate/tools_at_work.h"

namespace pcx::cli {

namespace {

// While it asks how far a statement is, nobody notices that the statement is over.
const db::ConnectOptions kWatching{.connect_timeout = std::chrono::seconds{3},
                                   .statement_timeout = std::chrono::seconds{2},
                                   .read_only = true};

// Where schema pcx could not be made the journal goes to the log, as App has warned.
void log_deed(const db::Actor& actor, const db::Deed& deed) {
  std::vector<log::Field> fields = {{"action", deed.action},    {"object", deed.object},
                                    {"os_user", actor.os_user}, {"host", actor.host},
                                    {"reason", actor.reason},   {"run", actor.run_id}};
  if (const Document* agreed = deed.details.find("consequences")) {
    fields.emplace_back("consequences", to_json(*agreed));
  }
  log::warning("journal", fields);
}

}  // namespace

migrate::Tools tools_for(Context& context, std::string_view activity) {
  const bool in_schema = db::read_schema_status(context.database()).takes_journal();
  const db::Actor& actor = context.actor();
  Progress& progress = context.progress();
  migrate::Tools tools{
      context.clock(), context.random(), context.interrupt(),
      [&context, &actor, in_schema](const db::Deed& deed) {
        return in_schema ? std::optional{db::deed_query(actor, context.agreed(deed))}
                         : std::nullopt;
      },
      [&progress, activity](const migrate::Migration& migration, std::size_t number,
                            std::size_t total) {
        progress.update(activity, migration.name, static_cast<std::int64_t>(number),
                        static_cast<std::int64_t>(total), "migration");
      }};
  if (!in_schema) {
    tools.on_done = [&context, &actor](const db::Deed& deed) {
      log_deed(actor, context.agreed(deed));
    };
  }
  return tools;
}

migrate::Tools patient_tools_for(Context& context, const Values& values,
                                 std::string_view activity) {
  migrate::Tools tools = tools_for(context, activity);
  tools.patience.deadline = values.duration("--lock-deadline");
  Progress& progress = context.progress();
  tools.on_wait = lock_wait_teller(progress);
  tools.prisma_lock = &context.lock(migrate::kPrismaLock);
  tools.open_session = [&context] { return context.open_database(kWatching); };
  tools.on_running = running_teller(progress);
  tools.on_repair = [&progress](const std::string& sentence) { progress.say(sentence); };
  return tools;
}

void warn_of_other_tools(Context& context) {
  for (const auto& at_work : migrate::find_tools_at_work(context.database())) {
    log::warning(fmt::format("{} is migrating this database, too: {}", at_work.tool,
                             db::to_string(at_work.holder)));
  }
}

}  // namespace pcx::cli
