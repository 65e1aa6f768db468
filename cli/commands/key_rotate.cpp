// pcx key rotate, pause, resume: flags -> lib/rotate -> show.
#include <unistd.h>

#include <fmt/format.h>

#include "cli/commands/key_rotate_views.h"
#include "cli/commands/key_tools.h"
#include "core/error.h"
#include "core/priority.h"
#include "core/text.h"
#include "fields/registry.h"
#include "keyring/store.h"
#include "rotate/fence.h"
#include "rotate/rotator.h"

namespace pcx::cli {

namespace {

using keyring::DataKey;
using keyring::Purpose;
using rotate::Mode;
using rotate::Plaintext;
using rotate::Rotation;

constexpr std::int64_t kWorkersMax = 16;

const Opt kMode{.name = "--mode",
                .type = Type::choice,
                .metavar = "MODE",
                .help =
                    "online: beside an application that reads enc:v2; offline: enc:v1 to "
                    "enc:v1, while the application stands still",
                .choices = {"online", "offline"},
                .fallback = "online"};
const Opt kTo{.name = "--to",
              .type = Type::integer,
              .metavar = "ID",
              .help = "offline: the imported key of the application's new secret",
              .dynamic = "keys"};
const Opt kWorkers{.name = "--workers",
                   .type = Type::integer,
                   .metavar = "N",
                   .help = "threads, with three sessions each",
                   .fallback = "1",
                   .minimum = 1,
                   .maximum = kWorkersMax};
const Opt kTriggers{.name = "--triggers",
                    .type = Type::choice,
                    .metavar = "WHAT",
                    .help = "what becomes of triggers that fire for an UPDATE",
                    .choices = {"refuse", "fire", "skip"},
                    .fallback = "refuse"};
const Opt kSealPlaintext{.name = "--seal-plaintext",
                         .type = Type::flag,
                         .help = "encrypt values that are not encrypted yet"};
const Opt kMaxRate{
    .name = "--max-rate",
    .type = Type::integer,
    .metavar = "ROWS",
    .help = "rows a second, of this process, which then gives way to all others of its machine",
    .minimum = 1};
const Opt kMaxLagBytes{.name = "--max-lag-bytes",
                       .metavar = "SIZE",
                       .help = "how far the slowest replica may be behind, as 16MB"};
const Opt kMaxLag{
    .name = "--max-lag", .type = Type::duration, .metavar = "DURATION", .help = "the same as time"};
const Opt kMaxWalRate{.name = "--max-wal-rate",
                      .metavar = "SIZE",
                      .help = "WAL a second, of the whole server, as 20MB"};
const Opt kMaxBacklog{.name = "--max-archive-backlog",
                      .type = Type::integer,
                      .metavar = "FILES",
                      .help = "WAL files that may wait to be archived",
                      .minimum = 1};
const Opt kMaxLatency{.name = "--max-latency",
                      .type = Type::duration,
                      .metavar = "DURATION",
                      .help =
                          "how long its own writes may take: above, it rests before each one, "
                          "until they are fast again"};
const Opt kMaxSnapshotAge{.name = "--max-snapshot-age",
                          .type = Type::duration,
                          .metavar = "DURATION",
                          .help =
                              "wait while another session's snapshot is older, since the table "
                              "would grow; those of replicas and slots have no age that is known; "
                              "0s: never wait",
                          .fallback = "5s"};
const Opt kWindow{.name = "--window",
                  .metavar = "HH:MM-HH:MM",
                  .help = "work only between these times of the day, in default_time_zone"};
const Opt kSettle{.name = "--settle",
                  .type = Type::duration,
                  .metavar = "DURATION",
                  .help = "how long the key has to be active before other keys are fenced out",
                  .fallback = "60s"};
const Opt kDryRun{.name = "--dry-run",
                  .type = Type::flag,
                  .help = "show what there is to do and what is in the way; exit 1 when there is"};

std::int64_t size_in(const Values& values, std::string_view name) {
  const auto text = values.optional_text(name);
  if (!text) return 0;
  const auto size = rotate::parse_size(*text);
  if (size && *size > 0) return *size;
  throw Error{ErrorCode::usage, fmt::format("{}: '{}' is no size", name, escape_controls(*text)),
              "Write a number and kB, MB or GB, as 16MB."};
}

std::chrono::milliseconds duration_in(const Values& values, std::string_view name) {
  return values.has(name) ? values.duration(name) : std::chrono::milliseconds{0};
}

rotate::Limits limits_of(Context& context, const Values& values) {
  rotate::Limits limits;
  limits.rows_per_second = static_cast<double>(values.optional_integer("--max-rate").value_or(0));
  limits.lag_bytes = size_in(values, "--max-lag-bytes");
  limits.lag = duration_in(values, "--max-lag");
  limits.wal_per_second = size_in(values, "--max-wal-rate");
  limits.archive_backlog =
      static_cast<int>(values.optional_integer("--max-archive-backlog").value_or(0));
  limits.latency = duration_in(values, "--max-latency");
  limits.snapshot_age = values.duration("--max-snapshot-age");
  limits.time_zone = context.config().text("default_time_zone").value_or("UTC");
  const auto window = values.optional_text("--window");
  if (window && !rotate::parse_window(*window, limits)) {
    throw Error{ErrorCode::usage,
                fmt::format("--window: '{}' is no window", escape_controls(*window)),
                "Write two times of the day, as 22:00-05:00."};
  }
  return limits;
}

rotate::Triggers triggers_of(const Values& values) {
  const std::string& text = values.text("--triggers");
  if (text == "fire") return rotate::Triggers::fire;
  return text == "skip" ? rotate::Triggers::skip : rotate::Triggers::refuse;
}

// A leaked key protects nothing.
const DataKey& require_uncompromised(const DataKey& key) {
  if (!key.compromised) return key;
  throw Error{ErrorCode::conflict,
              fmt::format("key {} is compromised: values under it are not safe", key.id),
              "Activate a new one, then run this again: pcx help key create"}
      .because("compromised");
}

const DataKey& offline_target(const keyring::Keyring& keyring, const Values& values) {
  const auto id = optional_id_in(values, "--to");
  if (!id) {
    throw Error{
        ErrorCode::usage, "--mode offline wants --to ID",
        "Import the application's new secret with 'pcx key import --as v1 --state pending', "
        "activate it, and give its id."};
  }
  const DataKey& key = keyring.require(*id);
  if (key.format == keyring::Format::v1 && keyring::may_seal(key)) {
    return require_uncompromised(key);
  }
  throw Error{ErrorCode::conflict,
              fmt::format("key {} is of format {} and {}: it cannot be the target", key.id,
                          to_string(key.format), to_string(key.state)),
              "Offline values stay enc:v1: import the new secret with 'pcx key import --as v1 "
              "--state pending' and activate it."}
      .because("key_state");
}

const DataKey& online_target(const keyring::Keyring& keyring, const Values& values) {
  if (values.has("--to")) {
    throw Error{ErrorCode::usage, "--to goes with --mode offline",
                "Online the target is the active key: run 'pcx key activate ID' first."};
  }
  const DataKey* key = keyring.active(Purpose::field);
  if (key != nullptr && key->format == keyring::Format::v2) return require_uncompromised(*key);
  throw Error{ErrorCode::not_found, "no key of format v2 is active",
              "Run 'pcx key create', give the application its keyfile, then 'pcx key activate ID'."}
      .because("no_active_key");
}

// What the command looks at before it does anything.
struct Situation {
  keyring::Keyring keyring;
  fields::Registry registry;
  rotate::Heaps heaps;
  Rotation wanted;
  const DataKey* target = nullptr;
};

// Fields of the built-in profile whose table is not there are no fields of this database.
void excuse_missing(Situation& situation) {
  if (situation.registry.origin == fields::Origin::profile) situation.heaps.excuse_missing();
}

Situation look(Context& context, const Values& values) {
  Situation situation{.keyring = open_keyring(context, values),
                      .registry = fields::read_registry(context.database(), context.config()),
                      .heaps = {},
                      .wanted = {}};
  const bool is_offline = values.text("--mode") == "offline";
  situation.target = is_offline ? &offline_target(situation.keyring, values)
                                : &online_target(situation.keyring, values);
  situation.wanted = {
      .target_key = situation.target->id,
      .mode = is_offline ? Mode::offline : Mode::online,
      .plaintext = values.flag("--seal-plaintext") ? Plaintext::seal : Plaintext::leave};
  situation.heaps = rotate::read_heaps(context.database(), situation.registry.fields);
  excuse_missing(situation);
  return situation;
}

void require_same(const Rotation& running, const Rotation& wanted) {
  const bool is_same = running.target_key == wanted.target_key && running.mode == wanted.mode &&
                       running.plaintext == wanted.plaintext;
  if (is_same) return;
  throw Error{ErrorCode::conflict,
              fmt::format("rotation {} to key {} ({}{}) is not finished", running.id,
                          running.target_key, to_string(running.mode),
                          running.plaintext == Plaintext::seal ? ", --seal-plaintext" : ""),
              "Run it to its end with the options that it was begun with, then this one."}
      .because("rotation_unfinished");
}

// Throws for the first thing that is in the way; tells the others.
void require_no_obstacles(Context& context, const std::vector<rotate::Obstacle>& obstacles) {
  const rotate::Obstacle* fatal = nullptr;
  for (const rotate::Obstacle& obstacle : obstacles) {
    if (obstacle.is_fatal && fatal == nullptr) {
      fatal = &obstacle;
    } else {
      context.progress().say(obstacle.message + ". " + obstacle.hint);
    }
  }
  if (fatal == nullptr) return;
  throw Error{ErrorCode::conflict, fatal->message, fatal->hint}.because("obstacle");
}

std::optional<Rotation> find_same(db::Database& database, const Rotation& wanted) {
  auto running = rotate::find_rotation(database);
  if (running) require_same(*running, wanted);
  return running;
}

Rotation begin(Context& context, const Situation& situation,
               const std::vector<rotate::Heap>& heaps) {
  db::Database& database = context.database();
  context.upgrade_schema();
  db::Transaction tx = database.begin();
  Rotation rotation = rotate::insert_rotation(tx, situation.wanted, heaps);
  Document details = Document::object();
  details.set("rotation", rotation.id);
  details.set("key", std::int64_t{rotation.target_key});
  details.set("mode", std::string{to_string(rotation.mode)});
  db::record_deed(tx, context.actor(),
                  {"key.rotate", std::to_string(rotation.target_key), std::move(details)});
  tx.commit();
  return rotation;
}

// The rotation that is under way, or a new one.
Rotation join_or_begin(Context& context, const Situation& situation,
                       const std::vector<rotate::Heap>& heaps) {
  if (const auto running = find_same(context.database(), situation.wanted)) return *running;
  try {
    return begin(context, situation, heaps);
  } catch (const Error& error) {
    if (error.reason() != "rotation_unfinished") throw;  // somebody was a moment faster
    if (const auto running = find_same(context.database(), situation.wanted)) return *running;
    throw;
  }
}

// Fences that refuse the key, as those of a table that was restored do, would end it at its first
// write.
void open_fences(Context& context, const Situation& situation) {
  if (situation.wanted.mode == Mode::offline) return;
  rotate::admit_key({context.database(), context.clock(), context.interrupt()},
                    situation.registry.fields, situation.target->id);
}

// The keys that may open, in memory for as long as the rotation runs.
class OpenedKeys {
 public:
  OpenedKeys(const keyring::Keyring& keyring, const DataKey& target) {
    const auto openable = keyring.openable(Purpose::field);
    secrets_.reserve(openable.size());
    for (const DataKey* key : openable) {
      secrets_.push_back(keyring.open(key->id));
      keys_.push_back({key->id, key->format, &secrets_.back()});
      if (key->id == target.id) target_ = keys_.back();
    }
  }
  rotate::ResealKeys keys() const { return {keys_, target_}; }

 private:
  std::vector<Secret> secrets_;
  std::vector<fields::FieldKey> keys_;
  fields::FieldKey target_;
};

std::string worker_name(Context& context) {
  return fmt::format("{}:{}", context.actor().host, getpid());
}

std::string actor_name(Context& context) {
  return fmt::format("{}@{}", context.actor().os_user, context.actor().host);
}

void tell_forgotten(Context& context, std::int64_t values) {
  context.progress().clear();
  context.progress().say(
      fmt::format("forgot {} in quarantine: of tables that are gone, or of columns that are no "
                  "fields any more",
                  counted(values, "value")));
}

rotate::RotatorOptions rotator_options(Context& context, const Values& values,
                                       const Situation& situation, const Rotation& rotation) {
  db::Database& database = context.database();
  rotate::RotatorOptions options{
      .workers = static_cast<int>(values.integer("--workers")),
      .settle = values.duration("--settle"),
      .key_activated_at = situation.target->activated_at.value_or(Time{})};
  options.on_progress = [&context, began = context.clock().steady_now(),
                         eta = Eta{}](const rotate::RotationProgress& progress) mutable {
    show_progress(context.progress(), eta, progress, context.clock().steady_now() - began);
  };
  options.on_phase = [&context](const std::string& phase) {
    context.progress().update(phase, "", 0, 0, "step");
  };
  options.finish = [&](const rotate::RotationReport& report) {
    const auto heaps = rotate::read_heaps(database, situation.registry.fields).heaps;
    Document details = details_of(report);
    db::Transaction tx = database.begin();
    rotate::finish_rotation(tx, rotation, report.is_complete());
    const std::int64_t forgotten = rotate::forget_elsewhere(tx, heaps);
    if (forgotten > 0) details.set("quarantine_forgotten", forgotten);
    keyring::record_seals(tx, rotation.target_key, report.seals());
    db::record_deed(tx, context.actor(),
                    {"key.rotate.finish", std::to_string(rotation.target_key), std::move(details)});
    tx.commit();
    if (forgotten > 0) tell_forgotten(context, forgotten);
  };
  return options;
}

rotate::RotationReport run_or_say_how_to_go_on(db::Database& database, const rotate::Job& job,
                                               const rotate::RotatorOptions& options) {
  try {
    return rotate::run_rotation(database, job, options);
  } catch (const Error& error) {
    const bool was_stopped =
        error.code() == ErrorCode::interrupted || error.code() == ErrorCode::terminated;
    if (!was_stopped) throw;
    throw Error{error.code(), error.what(),
                "What is done stays done: run the same command again to go on."};
  }
}

Outcome run_rotate(Context& context, const Values& values) {
  const auto limits = limits_of(context, values);
  const Situation situation = look(context, values);
  const auto obstacles = rotate::find_obstacles(situation.heaps, triggers_of(values));
  const auto heaps = rotate::rotatable(situation.heaps);
  db::Database& database = context.database();
  if (values.flag("--dry-run")) {
    return show_rotation_plan(database, heaps, obstacles, situation.registry, situation.wanted);
  }
  require_no_obstacles(context, obstacles);
  if (limits.rows_per_second > 0) give_way_to_others();
  for (const auto& difference : situation.registry.differences) context.progress().say(difference);
  const Rotation rotation = join_or_begin(context, situation, heaps);
  open_fences(context, situation);
  const OpenedKeys opened{situation.keyring, *situation.target};
  const rotate::ResealKeys keys = opened.keys();
  const auto throw_if_stopped = [&] { context.interrupt().throw_if_requested(); };
  const rotate::Job job{
      .rotation = rotation,
      .heaps = heaps,
      .keys = keys,
      .triggers = triggers_of(values),
      .limits = limits,
      .random = context.random(),
      .clock = context.clock(),
      .interrupt = context.interrupt(),
      .throw_if_stopped = throw_if_stopped,
      .name = worker_name(context),
      .actor = actor_name(context),
      .connect = [&] { return context.open_database({.application_name = "pcx key rotate"}); },
      .on_window = [](const rotate::WindowReport&) {},
      .on_wait =
          [&](const std::string& reason) {
            if (!reason.empty()) context.progress().say("waiting: " + reason);
          }};
  const auto report =
      run_or_say_how_to_go_on(database, job, rotator_options(context, values, situation, rotation));
  context.progress().clear();
  return show_rotation(report, rotation);
}

Rotation require_rotation(Context& context) {
  if (auto rotation = rotate::find_rotation(context.database())) return *rotation;
  throw Error{ErrorCode::not_found, "no rotation is under way", "Begin one with 'pcx key rotate'."}
      .because("no_rotation");
}

Outcome set_paused(Context& context, bool is_paused) {
  const Rotation rotation = require_rotation(context);
  context.upgrade_schema();
  db::Transaction tx = context.database().begin();
  rotate::set_paused(tx, rotation, is_paused);
  db::record_deed(tx, context.actor(),
                  {is_paused ? "key.pause" : "key.resume", std::to_string(rotation.target_key)});
  tx.commit();
  return show_paused(rotation, is_paused);
}

Outcome run_pause(Context& context, const Values&) { return set_paused(context, true); }
Outcome run_resume(Context& context, const Values&) { return set_paused(context, false); }

const ExitNote kNoRotationNote{66, "no rotation is under way"};

Cmd rotate_command() {
  return {
      .path = "key rotate",
      .summary = "Reseal every value of every field under the active key",
      .detail =
          "Reads each table in the order of its pages, opens what is under other keys, seals it "
          "under the active one, opens it again, and writes it where nobody changed the value "
          "meanwhile. Rows stay on their pages, locks last milliseconds, nothing waits for "
          "it.\n\nIt can be stopped at any time, also by kill -9: run it again, on this machine "
          "or on several, to go on. `key pause` and `key resume` do so from anywhere.\n\nAt the "
          "end it sweeps until nothing is left, and puts a CHECK constraint around each field: "
          "the database's own proof that no value needs another key. Values that do not open, "
          "and those with an encrypted value inside, are left as they are, entered in "
          "pcx.quarantine, and make the exit code 1.\n\n"
          "With --triggers fire triggers run for each row, and find what they name in their "
          "table's schema and in public. With --triggers skip, which wants a superuser, none runs "
          "but those that are ENABLE ALWAYS or ENABLE REPLICA: these are in the way.\n\n"
          "The application has to read enc:v2 before: see 'pcx key adapter'. With an "
          "application that does not, stop it and use --mode offline.",
      .options = {kMode, kTo, kWorkers, kTriggers, kSealPlaintext, kMaxRate, kMaxLagBytes, kMaxLag,
                  kMaxWalRate, kMaxBacklog, kMaxLatency, kMaxSnapshotAge, kWindow, kSettle, kDryRun,
                  kek_option()},
      .examples = {{"pcx key rotate --dry-run", "what there is to do, and what is in the way"},
                   {"pcx key rotate --max-lag-bytes 16MB --window 22:00-05:00",
                    "at night, and never far ahead of the replicas"}},
      .exits = {{0, "every value is under the key"},
                {1, "values are left that do not open"},
                {1, "with --dry-run: there is something to do, or something is in the way"},
                {66, "there is no keyring, or no active key"},
                {79,
                 "something is in the way, another rotation is under way, the key is compromised, "
                 "or the application still seals with another key"},
                {80, "the keyring was changed without pcx, or sealing failed"}},
      .needs = Needs::database_state,
      .mutating = true,
      .schema_when_asked = true,
      .run = run_rotate};
}

Cmd pause_command() {
  return {.path = "key pause",
          .summary = "Let all workers of the rotation wait",
          .detail = "They finish their stripe and hold no locks while they wait.",
          .examples = {{"pcx key pause", "until pcx key resume"}},
          .exits = {kNoRotationNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_pause};
}

Cmd resume_command() {
  return {.path = "key resume",
          .summary = "Let them go on",
          .examples = {{"pcx key resume", "where they were"}},
          .exits = {kNoRotationNote},
          .needs = Needs::database,
          .mutating = true,
          .schema_when_asked = true,
          .run = run_resume};
}

}  // namespace

std::vector<Cmd> key_rotate_commands() {
  return {pause_command(), resume_command(), rotate_command()};
}

}  // namespace pcx::cli
