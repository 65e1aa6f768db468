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
#include "db/server_facts.h"

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

void require_writable(db::Database& database) {
  const db::ServerFacts facts = db::read_server_facts(database);
  if (!facts.in_recovery && !facts.read_only) return;
  const std::string name = database.described();
  Error error =
      facts.in_recovery
          ? Error{ErrorCode::permission, fmt::format("{} is a standby, it cannot be changed", name),
                  "Connect to the primary."}
          : Error{ErrorCode::permission,
                  fmt::format("{} is read-only: default_transaction_read_only is on", name),
                  "Somebody closed it to writers: for the database, the role or the server. Ask "
                  "them, then open it again or run with PGOPTIONS='-c "
                  "default_transaction_read_only=off'."};
  throw error.with_sqlstate("25006");
}

void warn_of_journal(std::string_view what) {
  log::warning(fmt::format("{}; the journal goes to the log, see 'pcx doctor'", what));
}

// Whether schema pcx is, as far as this role may see, as this binary wants it; or as good as.
bool is_ready(const db::SchemaStatus& status) {
  const bool hidden = status.state == db::SchemaState::not_readable && status.journal_writable;
  return status.state == db::SchemaState::current || hidden;
}

// Whether an upgrade is of use, or refuses what must be refused.
bool is_upgradable(const db::SchemaStatus& status) {
  return status.may_create || status.state == db::SchemaState::newer;
}

std::string_view obstacle_of(const db::SchemaStatus& status) {
  switch (status.state) {
    case db::SchemaState::absent: return "schema pcx is missing and this role may not create it";
    case db::SchemaState::outdated:
      return "schema pcx is of an older pcx and this role may not upgrade it";
    default: return "schema pcx is there and this role may not use it";
  }
}

void run_upgrade(db::Database& database, const db::SchemaStatus& status, Progress& progress) {
  const bool is_known =
      status.state == db::SchemaState::absent || status.state == db::SchemaState::outdated;
  if (is_known) {
    progress.say(fmt::format("bringing schema pcx from step {} to step {}", status.installed_step,
                             status.newest_step));
  }
  const auto steps = db::upgrade_schema(database);
  log::info("schema pcx upgraded", {{"steps", join(steps, ", ")}});
}

void upgrade_schema(db::Database& database, const Cmd& command, Progress& progress) {
  const auto status = db::read_schema_status(database);
  if (command.journal_optional && !is_ready(status) && !is_upgradable(status)) {
    return warn_of_journal(obstacle_of(status));
  }
  if (!is_ready(status)) run_upgrade(database, status, progress);
  if (!command.journal_optional || db::read_schema_status(database).takes_journal()) return;
  warn_of_journal("this role may not write table pcx.journal");
}

}  // namespace

bool is_dry_run(const Cmd& command, const Values& values) {
  if (!command.mutating_with.empty() && !values.flag(command.mutating_with)) return true;
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
  if (tools_.command.mutating) require_writable(database);
  if (tools_.command.mutating && !tools_.command.schema_when_asked) upgrade_schema();
  for (const db::AdvisoryKey* key : tools_.command.locks) {
    const db::AdvisoryLock::Wait wait{.deadline = tools_.values.duration("--lock-wait")};
    state_->locks.emplace_back(database, *key, wait, tools_.clock, tools_.interrupt);
  }
}

void Sessions::upgrade_schema() {
  cli::upgrade_schema(database(), tools_.command, tools_.progress);
}

db::Database& Sessions::database() {
  if (!state_->database) throw Error{ErrorCode::internal, "the command did not ask for a database"};
  return *state_->database;
}

db::AdvisoryLock& Sessions::lock(const db::AdvisoryKey& key) {
  const auto& keys = tools_.command.locks;
  for (std::size_t i = 0; i < state_->locks.size(); ++i) {
    if (keys[i]->number == key.number) return state_->locks[i];
  }
  throw Error{ErrorCode::internal, "the command did not ask for that lock"};
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
