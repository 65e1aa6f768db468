// pcx sandbox: flags -> lib/sandbox (and lib/migrate for its schema) -> show.
#include <chrono>

#include <fmt/format.h>

#include "cli/commands/apply_migrations.h"
#include "cli/commands/groups.h"
#include "cli/commands/sandbox_views.h"
#include "cli/context.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "crypto/enc_v1.h"
#include "db/journal.h"
#include "db/schema.h"
#include "sandbox/cluster.h"
#include "sandbox/cluster_psql.h"
#include "sandbox/embedded_migrations.h"
#include "sandbox/seed.h"

namespace pcx::cli {

namespace {

using sandbox::Cluster;

constexpr std::chrono::seconds kLockWait{60};
// Of rows without a tenant: another one than the tenants', so that reports show which zone they
// took.
constexpr const char* kDefaultTimeZone = "America/New_York";

const Opt kDir{.name = "--dir",
               .type = Type::folder,
               .metavar = "DIR",
               .help = "the sandbox's folder (default: ~/.local/state/pcx/sandbox)"};
const Opt kSeed{.name = "--seed",
                .metavar = "SIZE",
                .help =
                    "fill the empty database with sample rows: small, medium, large or a "
                    "number of rows"};
const Opt kRandomSeed{.name = "--random-seed",
                      .type = Type::integer,
                      .metavar = "N",
                      .help = "other sample rows for each number",
                      .fallback = "1",
                      .minimum = 0};
const Opt kPort{.name = "--port",
                .type = Type::integer,
                .metavar = "PORT",
                .help = "listen on 127.0.0.1, too; the password is in the folder",
                .minimum = 1024,
                .maximum = 65535};
const Opt kDryRun{
    .name = "--dry-run", .type = Type::flag, .help = "show what would be lost and change nothing"};

Cluster cluster_of(Context& context, const Values& values) {
  const Environment& environment = context.environment();
  return {sandbox::find_layout(values.optional_text("--dir"), environment), environment,
          context.clock(), context.random(), &context.interrupt()};
}

std::function<void(std::string_view)> sayer(Context& context) {
  return [&progress = context.progress()](std::string_view activity) {
    progress.update(activity, "", 0, 0, "step");
  };
}

db::Database open_sandbox(Context& context, const sandbox::State& state, std::string_view command) {
  db::ConnectOptions options;
  options.application_name = command;
  return context.open_database(sandbox::target_of(state), options);
}

sandbox::UpOptions up_options(const Values& values) {
  sandbox::UpOptions options;
  if (const auto port = values.optional_integer("--port")) options.port = static_cast<int>(*port);
  options.config = {sandbox::seed_tenants(), kDefaultTimeZone};
  return options;
}

sandbox::SeedReport seed_database(Context& context, const Values& values, std::int64_t rows,
                                  const sandbox::Layout& layout, db::Database& database) {
  crypto::EncV1 cipher{read_secret_file(layout.key_file())};
  const auto seal = [&](std::string_view text) { return cipher.seal(text, context.random()); };
  const auto on_progress = [&](const sandbox::SeedProgress& progress) {
    // The transaction rolls back; after its end there is nothing left to stop.
    if (progress.phase != "statistics") context.interrupt().throw_if_requested();
    context.progress().update("seeding", progress.phase, progress.done, progress.total, "row");
  };
  auto report = sandbox::seed(database,
                              {.seed = static_cast<std::uint64_t>(values.integer("--random-seed")),
                               .now = context.clock().wall_now(),
                               .rows_total = rows},
                              seal, on_progress, [&](const db::Deed& deed) {
                                return db::deed_query(context.actor(), deed);
                              });
  context.progress().clear();
  return report;
}

// An `up --seed` that is repeated meets its own rows; that is no failure.
Seeding seed_when_asked(Context& context, const Values& values, std::optional<std::int64_t> rows,
                        const sandbox::Layout& layout, db::Database& database) {
  if (!rows) return {};
  try {
    const auto began = context.clock().steady_now();
    auto report = seed_database(context, values, *rows, layout, database);
    const auto took = context.clock().steady_now() - began;
    return {true, std::move(report), std::chrono::floor<std::chrono::milliseconds>(took)};
  } catch (const Error& error) {
    if (error.reason() != "not_empty") throw;
    return {.asked = true};
  }
}

Outcome run_sandbox_up(Context& context, const Values& values) {
  const auto size = values.optional_text("--seed");
  const auto rows = size ? std::optional{sandbox::seed_rows(*size)} : std::nullopt;
  Cluster cluster = cluster_of(context, values);
  const auto held = cluster.lock_for_up(kLockWait);
  const auto report = cluster.up(held, up_options(values), sayer(context));
  context.progress().clear();
  context.interrupt().throw_if_requested();

  db::Database database = open_sandbox(context, report.state, "pcx sandbox up");
  const auto migrations = apply_embedded_migrations(context, database);
  const auto seeding = seed_when_asked(context, values, rows, cluster.layout(), database);
  return show_up(cluster.layout(), report, migrations, seeding);
}

Outcome run_sandbox_down(Context& context, const Values& values) {
  Cluster cluster = cluster_of(context, values);
  const auto held = cluster.lock(kLockWait);
  return show_stopped(cluster.layout(), held && cluster.down(*held));
}

Outcome run_sandbox_status(Context& context, const Values& values) {
  const Cluster cluster = cluster_of(context, values);
  return show_sandbox_status(cluster.layout(), cluster.status());
}

Outcome run_sandbox_env(Context& context, const Values& values) {
  const Cluster cluster = cluster_of(context, values);
  return show_env(cluster.layout(), cluster.require_state());
}

Outcome run_sandbox_psql(Context& context, const Values& values) {
  const auto state = cluster_of(context, values).require_running();
  sandbox::exec_psql(context.environment(), state, values.texts("ARGS"));
}

Outcome run_sandbox_migrations(Context& context, const Values& values) {
  const std::filesystem::path folder = values.text("FOLDER");
  const auto dir = values.optional_text("--dir");
  const Environment& environment = context.environment();
  // The files need no sandbox, and so no home for one.
  const auto layout =
      dir ? sandbox::find_layout(dir, environment) : sandbox::default_layout(environment);
  if (layout) sandbox::require_outside(*layout, folder);
  return show_written(folder, sandbox::write_migrations(folder), dir);
}

sandbox::FolderLock lock_of(const Cluster& cluster) {
  if (auto held = cluster.lock(kLockWait)) return std::move(*held);
  cluster.require_state();  // throws: it was destroyed while we asked
  throw Error{ErrorCode::busy, "the sandbox changes just now", "Try again."};
}

std::vector<std::string> losses_of_reset(const Cluster& cluster, std::int64_t rows) {
  return {fmt::format("database {} in {} will be dropped, with about {}", sandbox::kDatabaseName,
                      escape_controls(cluster.layout().folder.native()), counted(rows, "row")),
          "its sessions will be ended"};
}

// In the new database, before anything else is done there: the old one's journal went with it.
void record_reset(Context& context, db::Database& database, std::int64_t rows) {
  db::upgrade_schema(database);
  Document details = Document::object();
  details.set("rows_dropped_about", rows);
  db::Transaction tx = database.begin();
  db::record_deed(tx, context.actor(),
                  context.agreed({"sandbox.reset", sandbox::kDatabaseName, std::move(details)}));
  tx.commit();
}

Outcome run_sandbox_reset(Context& context, const Values& values) {
  Cluster cluster = cluster_of(context, values);
  cluster.require_running();
  const auto status = cluster.status();
  const auto rows = status.facts ? status.facts->rows_estimated : 0;
  if (values.flag("--dry-run")) return show_reset_plan(cluster.layout(), rows);
  context.confirm(values, "Drop the sandbox's database and make a new one?",
                  losses_of_reset(cluster, rows));
  const auto held = lock_of(cluster);  // until the migrations are applied
  cluster.recreate_database(held);
  db::Database database = open_sandbox(context, cluster.require_running(), "pcx sandbox reset");
  record_reset(context, database, rows);
  return show_reset(cluster.layout(), apply_embedded_migrations(context, database));
}

Outcome run_sandbox_destroy(Context& context, const Values& values) {
  Cluster cluster = cluster_of(context, values);
  const auto belongings = cluster.belongings();
  if (belongings.empty() || values.flag("--dry-run")) return show_belongings(belongings, false);
  std::vector<std::string> losses;
  for (const auto& path : belongings) {
    losses.push_back(fmt::format("{} will be removed", escape_controls(path.native())));
  }
  context.confirm(values, "Remove the sandbox with its database and its keys?", losses);
  if (const auto held = cluster.lock(kLockWait)) cluster.destroy(*held);
  return show_belongings(belongings, true);
}

const ExitNote kDryRunNote{1, "with --dry-run: there is something to do"};
const ExitNote kAbsentNote{66, "there is no sandbox, or no PostgreSQL server is installed"};
const ExitNote kBusyNote{75, "another pcx sandbox command works on the folder"};
const ExitNote kForeignNote{79, "a server on the data folder that pcx sandbox did not start"};

Cmd up_command() {
  return {.path = "sandbox up",
          .summary = "Make and start a private PostgreSQL with the application's schema",
          .detail =
              "The server listens on a Unix socket that only this user can reach, and on TCP only "
              "when asked. Root's server runs as user postgres, or nobody.\n\nRun it again at any "
              "time: what is there stays, a stopped server is started, a crashed one recovered, "
              "pending migrations are applied.\n\nWhile a sandbox of the default folder runs, pcx "
              "uses it where nothing else names a database, and says so.",
          .options = {kDir, kSeed, kRandomSeed, kPort},
          .examples = {{"pcx sandbox up --seed small", "a server with 20,000 sample rows"},
                       {"pcx sandbox up --port 5433", "for programs that cannot use a socket"}},
          .exits = {{0, "it runs"},
                    {66, "no PostgreSQL server is installed"},
                    {74, "the disk is full; a first up leaves nothing behind"},
                    kBusyNote,
                    {79,
                     "the folder holds other files, the port is taken, or the server runs "
                     "with another port"}},
          .mutating = true,
          .run = run_sandbox_up};
}

Cmd down_command() {
  return {.path = "sandbox down",
          .summary = "Stop the sandbox's server; its data stays",
          .detail =
              "Ends its sessions and rolls their transactions back. A server that pcx "
              "sandbox did not start is left alone.",
          .options = {kDir},
          .examples = {{"pcx sandbox down", "stop it until the next up"}},
          .exits = {{0, "it is stopped, or did not run"}, kBusyNote, kForeignNote},
          .run = run_sandbox_down};
}

Cmd status_command() {
  return {.path = "sandbox status",
          .summary = "Show whether the sandbox runs, where, and what it holds",
          .detail =
              "States: running, stopped, crashed (up recovers it), unfinished (the first up "
              "was interrupted), absent.",
          .options = {kDir},
          .examples = {{"pcx sandbox status -o json", "for scripts"}},
          .exits = {{0, "it runs"}, {1, "it does not run"}},
          .run = run_sandbox_status};
}

Cmd env_command() {
  return {.path = "sandbox env",
          .summary = "Print shell lines that point pcx and the application at the sandbox",
          .detail =
              "PCX_DATABASE_URL, PCX_CONFIG and FIELD_ENCRYPTION_KEY_FILE, quoted for a "
              "POSIX shell; with -o json a document of them. Where output.format or PCX_FORMAT "
              "says json, a shell needs -o text.",
          .options = {kDir},
          .examples = {{"eval \"$(pcx sandbox env)\"", "use the sandbox in this shell"}},
          .exits = {kAbsentNote},
          .run = run_sandbox_env};
}

Cmd psql_command() {
  return {.path = "sandbox psql",
          .summary = "Open psql on the sandbox's database",
          .detail =
              "PostgreSQL's own psql; its exit code is the result. Write -- before options "
              "of psql.",
          .options = {kDir},
          .arguments =
              {{.name = "ARGS", .help = "arguments of psql", .required = false, .repeated = true}},
          .examples = {{"pcx sandbox psql", "look around"},
                       {"pcx sandbox psql -- -c 'SELECT count(*) FROM clients'", "one question"}},
          .exits = {kAbsentNote, {69, "the sandbox does not run"}},
          .run = run_sandbox_psql};
}

Cmd migrations_command() {
  return {.path = "sandbox migrations",
          .summary = "Write the sandbox's migrations into a folder",
          .detail =
              "The folder that `sandbox up` applies, in Prisma's layout, to try pcx migrate "
              "with. It may not lie in the sandbox's own folder.",
          .options = {kDir},
          .arguments = {{.name = "FOLDER", .help = "a new or empty folder", .type = Type::folder}},
          .examples = {{"pcx sandbox migrations ./migrations", "a folder to play with"}},
          .exits = {{79, "the folder is not empty, or lies in the sandbox's own"}},
          .run = run_sandbox_migrations};
}

Cmd reset_command() {
  return {.path = "sandbox reset",
          .summary = "Drop the sandbox's database and make a new one",
          .detail =
              "Ends every session in it. The migrations are applied again; sample rows are "
              "not: see `sandbox up --seed`.",
          .options = {kDir, kDryRun},
          .examples = {{"pcx sandbox reset --yes", "start over without a question"}},
          .exits = {{0, "the database is new"},
                    kDryRunNote,
                    kAbsentNote,
                    {69, "the sandbox does not run"},
                    kBusyNote},
          .mutating = true,
          .destructive = true,
          .run = run_sandbox_reset};
}

Cmd destroy_command() {
  return {.path = "sandbox destroy",
          .summary = "Stop the sandbox and remove everything it made",
          .detail =
              "Server, data, socket, configuration and key. Files that pcx did not make stay, "
              "and the folder with them.",
          .options = {kDir, kDryRun},
          .examples = {{"pcx sandbox destroy --dry-run", "what would be removed"},
                       {"pcx sandbox destroy --yes", "remove it without a question"}},
          .exits = {{0, "it is gone, or was not there"}, kDryRunNote, kBusyNote, kForeignNote},
          .destructive = true,
          .run = run_sandbox_destroy};
}

}  // namespace

std::vector<Cmd> sandbox_commands() {
  std::vector<Cmd> commands{{.path = "sandbox", .summary = "A private PostgreSQL to try pcx on"},
                            destroy_command(),
                            down_command(),
                            env_command(),
                            migrations_command(),
                            psql_command(),
                            reset_command(),
                            status_command(),
                            up_command()};
  for (Cmd& command : commands) {
    command.needs = Needs::config;
    command.config_may_be_gone = true;
  }
  return commands;
}

}  // namespace pcx::cli
