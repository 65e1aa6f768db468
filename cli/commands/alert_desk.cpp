#include "cli/commands/alert_desk.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <sys/stat.h>
#include <utility>

#include <fmt/format.h>

#include "cli/commands/alert_tools.h"
#include "cli/target.h"
#include "core/error.h"
#include "core/sleep.h"
#include "core/text.h"
#include "db/address.h"
#include "db/schema.h"

namespace pcx::cli {

namespace {

constexpr std::chrono::milliseconds kConnectTimeout{5'000};
// Of statements that read and write the memory: somebody who locks its tables must not hold all
// runs up for ever.
constexpr std::chrono::milliseconds kStatementTimeout{20'000};
constexpr std::chrono::milliseconds kLockTimeout{5'000};
constexpr std::chrono::milliseconds kLockPoll{200};

std::optional<std::string> folder_of(const Environment& environment, const char* variable) {
  const auto value = environment.get(variable);
  if (!value || !value->starts_with('/')) return std::nullopt;
  return value;
}

// Whether an outage, which alerts are about, and no mistake.
bool is_outage(const Error& error) {
  switch (error.code()) {
    case ErrorCode::unreachable:
    case ErrorCode::busy:
    case ErrorCode::io:
    case ErrorCode::not_found:
    case ErrorCode::permission: return true;
    default: return false;
  }
}

std::string words_of(const db::SchemaStatus& status) {
  const char* const hint = status.may_create ? "" : " ('pcx doctor' says which rights are missing)";
  switch (status.state) {
    case db::SchemaState::current: return {};
    case db::SchemaState::absent: return fmt::format("schema pcx is not there yet{}", hint);
    case db::SchemaState::outdated: return fmt::format("schema pcx is older than this pcx{}", hint);
    case db::SchemaState::newer: return "schema pcx was made by a newer pcx";
    case db::SchemaState::not_readable:
      return fmt::format("this role may not use schema pcx{}", hint);
  }
  return {};
}

// Why the database takes no memory; empty: it does.
std::string settle_schema(db::Database& database, AlertSchema wanted, Context& context) {
  const db::SchemaStatus status = db::read_schema_status(database);
  const bool is_missing =
      status.state == db::SchemaState::absent || status.state == db::SchemaState::outdated;
  if (wanted == AlertSchema::as_it_is || !is_missing || !status.may_create) {
    return words_of(status);
  }
  for (const std::string& step : db::upgrade_schema(database)) {
    context.progress().say(fmt::format("schema pcx: {}", step));
  }
  return {};
}

// As the XDG Base Directory Specification wants it: what is missing is made for its owner alone.
void make_folders(const std::filesystem::path& folder) {
  std::error_code unknown;  // making it says why
  if (folder.empty() || std::filesystem::exists(folder, unknown)) return;
  make_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return;
  const int why = errno;
  throw Error{
      ErrorCode::cannot_create,
      fmt::format("cannot make {}: {}", escape_controls(folder.native()), std::strerror(why)),
      "Name another folder for the state with --state-dir."};
}

db::Target target_of(Context& context, const Values& values) {
  return choose_target(values.entry("--database-url"), context.environment(), context.config())
      .target;
}

std::filesystem::path folder_for_desk(Context& context, const Values& values) {
  std::filesystem::path folder = alert_folder(context, values);
  if (!values.has("--state-dir")) make_folders(folder.parent_path());
  return folder;
}

}  // namespace

MaybeDatabase connect_for_alerts(Context& context, const Values& values, const std::string& name,
                                 const std::function<void()>& meanwhile) {
  MaybeDatabase maybe;
  std::exception_ptr mistake;
  bool is_called = false;
  const auto once = [&] {
    if (std::exchange(is_called, true) || !meanwhile) return;
    try {
      meanwhile();
    } catch (...) {
      mistake = std::current_exception();
      throw;
    }
  };
  const auto say_mistake = [&] {
    once();
    if (mistake) std::rethrow_exception(mistake);
  };
  std::optional<db::Target> target;
  try {
    target.emplace(target_of(context, values));
  } catch (const Error&) {
    say_mistake();
    throw;
  }
  try {
    maybe.database = context.open_database(*target, {.application_name = name,
                                                     .connect_timeout = kConnectTimeout,
                                                     .statement_timeout = kStatementTimeout,
                                                     .lock_timeout = kLockTimeout,
                                                     .meanwhile = once});
  } catch (const Error& error) {
    say_mistake();
    if (!is_outage(error)) throw;
    maybe.why = error.what();
  }
  say_mistake();
  return maybe;
}

void settle_memory(Context& context, AlertSchema schema, MaybeDatabase& database) {
  if (!database.is_there()) return;
  try {
    database.memory_why = settle_schema(*database.database, schema, context);
    database.takes_memory = database.memory_why.empty();
  } catch (const Error& error) {
    if (!is_outage(error)) throw;
    database.memory_why = error.what();
  }
}

MaybeDatabase open_for_alerts(Context& context, const Values& values, const std::string& name,
                              const std::function<void()>& meanwhile) {
  MaybeDatabase maybe = connect_for_alerts(context, values, name, meanwhile);
  settle_memory(context, AlertSchema::as_it_is, maybe);
  return maybe;
}

std::filesystem::path alert_folder(const std::optional<std::string>& given, const Config& config,
                                   const db::Target& target, const Environment& environment) {
  if (given) return *given;
  const std::string name = alert_owner(config, target).of_files();
  if (const auto folder = folder_of(environment, "STATE_DIRECTORY")) {
    return *folder + "/alert/" + name;
  }
  if (const auto folder = folder_of(environment, "XDG_STATE_HOME")) {
    return *folder + "/pcx/alert/" + name;
  }
  if (const auto home = folder_of(environment, "HOME")) {
    return *home + "/.local/state/pcx/alert/" + name;
  }
  throw Error{ErrorCode::config,
              "neither --state-dir, STATE_DIRECTORY, XDG_STATE_HOME nor HOME "
              "names a folder for the state",
              "Give --state-dir, or set alert.state_dir in the configuration."};
}

alert::MemoryOwner alert_owner(const Config& config, const db::Target& target) {
  return {.environment = alert_environment(config), .database = db::address_of(target)};
}

alert::MemoryOwner alert_owner(Context& context, const Values& values) {
  return alert_owner(context.config(), target_of(context, values));
}

std::filesystem::path alert_folder(Context& context, const Values& values) {
  return alert_folder(values.optional_text("--state-dir"), context.config(),
                      target_of(context, values), context.environment());
}

Opt alert_lock_wait_option() {
  return {.name = "--lock-wait",
          .type = Type::duration,
          .metavar = "DURATION",
          .help = "how long to wait for another run to end",
          .fallback = "60s",
          .environment = "PCX_LOCK_WAIT",
          .config_key = "database.lock_wait"};
}

AlertDesk::AlertDesk(Context& context, const Values& values, MaybeDatabase database,
                     std::chrono::milliseconds wait)
    : database_(std::move(database)) {
  settle_memory(context, AlertSchema::made, database_);
  take_session(context, values, wait);
  now_ = alert_now(context.clock());
}

AlertDesk::AlertDesk(Context& context, const Values& values, const std::string& name,
                     std::chrono::milliseconds wait)
    : AlertDesk(context, values, connect_for_alerts(context, values, name), wait) {}

void AlertDesk::take_session(Context& context, const Values& values,
                             std::chrono::milliseconds wait) {
  const auto folder = folder_for_desk(context, values);
  const auto until = context.clock().steady_now() + wait;
  for (bool is_told = false;; is_told = true) {
    try {
      session_.emplace(folder, database_.memory(), alert_owner(context, values), context.clock(),
                       context.random(), context.interrupt());
      return;
    } catch (const Error& error) {
      if (error.reason() != alert::kAnotherRun || context.clock().steady_now() >= until) throw;
    }
    if (!is_told) context.progress().say("another run of pcx alert is under way: waiting for it");
    sleep_unless_stopped(context.clock(), context.interrupt(), kLockPoll);
  }
}

void AlertDesk::load() {
  memory_ = session_->load();
  alert::note_ends(memory_);
}

void AlertDesk::say_loss(Context& context) const {
  std::string why = session_->lost_because();
  if (why.empty()) why = database_.is_there() ? database_.memory_why : database_.why;
  if (!why.empty()) {
    context.progress().say(
        escape_controls(fmt::format("the state is kept in files for now: {}", why)));
  }
  const std::string& files = session_->files_fail_because();
  if (files.empty()) return;
  context.progress().say(escape_controls(
      fmt::format("the state is in the database alone, not in files besides: {}", files)));
}

alert::Memory alert_memory(Context& context, const Values& values, MaybeDatabase& database) {
  const auto say = [&context](const std::string& what) {
    context.progress().say(escape_controls(what));
  };
  return alert::look(alert_folder(context, values), database.memory(), alert_owner(context, values),
                     context.clock(), say);
}

alert::Memory alert_memory(Context& context, const Values& values, const std::string& name) {
  MaybeDatabase database = open_for_alerts(context, values, name);
  return alert_memory(context, values, database);
}

}  // namespace pcx::cli
