#include "cli/sessions.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/target.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "db/advisory_lock.h"
#include "db/schema.h"

namespace pcx::cli {

struct Sessions::State {
  std::optional<ChosenTarget> chosen;
  std::optional<db::Database> database;
  std::vector<db::AdvisoryLock> locks;  // after the database: released before it closes
};

namespace {

void log_notice(std::string_view severity, std::string_view message) {
  if (severity == "WARNING") {
    log::warning(message);
  } else {
    log::info(message);
  }
}

void upgrade_schema(db::Database& database, const Cmd& command, Progress& progress) {
  const auto status = db::read_schema_status(database);
  if (status.state == db::SchemaState::current) return;
  const bool may = status.may_create || status.state == db::SchemaState::outdated;
  if (command.journal_optional && !may) {
    log::warning(
        "schema pcx is missing and this role may not create it; the journal goes to the "
        "log, see 'pcx doctor'");
    return;
  }
  progress.say(fmt::format("bringing schema pcx from step {} to step {}", status.installed_step,
                           status.newest_step));
  const auto steps = db::upgrade_schema(database);
  log::info("schema pcx upgraded", {{"steps", join(steps, ", ")}});
}

}  // namespace

bool is_dry_run(const Cmd& command, const Values& values) {
  const auto has_option = std::any_of(command.options.begin(), command.options.end(),
                                      [](const Opt& option) { return option.name == "--dry-run"; });
  return has_option && values.flag("--dry-run");
}

Sessions::Sessions(const SessionTools& tools) : tools_(tools), state_(std::make_unique<State>()) {}

Sessions::~Sessions() = default;

void Sessions::prepare() {
  state_->database.emplace(open(db::ConnectOptions{}));
  db::Database& database = *state_->database;
  if (tools_.command.needs == Needs::database_state || !tools_.command.locks.empty()) {
    database.require_session_state();
  }
  if (is_dry_run(tools_.command, tools_.values)) return;  // changes nothing, keeps nobody out
  if (tools_.command.mutating) upgrade_schema(database, tools_.command, tools_.progress);
  for (const db::AdvisoryKey* key : tools_.command.locks) {
    const db::AdvisoryLock::Wait wait{.deadline = tools_.values.duration("--lock-wait")};
    state_->locks.emplace_back(database, *key, wait, tools_.clock, tools_.interrupt);
  }
}

db::Database& Sessions::database() {
  if (!state_->database) throw Error{ErrorCode::internal, "the command did not ask for a database"};
  return *state_->database;
}

db::Database Sessions::open(const db::ConnectOptions& options) {
  auto& chosen = state_->chosen;
  if (!chosen) {
    chosen =
        choose_target(tools_.values.entry("--database-url"), tools_.environment, tools_.config);
    if (chosen->is_sandbox) {
      tools_.progress.say(fmt::format("using the running sandbox, {}", describe(chosen->target)));
    }
  }
  return open(chosen->target, options);
}

db::Database Sessions::open(const db::Target& target, const db::ConnectOptions& options) {
  db::ConnectOptions named = options;
  if (named.application_name == db::ConnectOptions{}.application_name) {
    named.application_name = fmt::format("pcx {}", tools_.command.path);
  }
  db::Database database{target, named, &tools_.interrupt};
  database.set_notice_handler(log_notice);
  return database;
}

}  // namespace pcx::cli
