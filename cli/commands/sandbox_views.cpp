#include "cli/commands/sandbox_views.h"

#include <string>

#include <fmt/format.h>

#include "core/text.h"
#include "sandbox/cluster_config.h"

namespace pcx::cli {

namespace {

using sandbox::ServerState;

std::string shown(const std::filesystem::path& path) { return escape_controls(path.native()); }

Document count(std::size_t number) { return static_cast<std::int64_t>(number); }

Document tcp_of(const sandbox::State& state) {
  if (!state.listens_on_tcp) return {};
  return fmt::format("127.0.0.1:{}", state.port);
}

void add_place(Document& document, const sandbox::State& state) {
  document.set("database", sandbox::kDatabaseName);
  document.set("socket", sandbox::socket_file(state).native());
  document.set("tcp", tcp_of(state));
  document.set("data_folder", state.data_folder.native());
}

std::string up_sentence(const sandbox::UpReport& report, const AppliedMigrations& migrations,
                        const Seeding& seeding) {
  std::string sentence;
  if (report.made) {
    sentence = "The sandbox is made and runs.";
  } else if (report.recovered) {
    sentence = "The sandbox's server had died; it has recovered and runs.";
  } else if (report.started) {
    sentence = "The sandbox runs again.";
  } else if (migrations.applied == 0 && !seeding.report) {
    sentence = "The sandbox runs already; nothing was to do.";
  } else {
    sentence = "The sandbox runs.";
  }
  if (seeding.asked && !seeding.report) {
    sentence +=
        " Its database holds rows already, so --seed added none: pcx sandbox reset empties"
        " it.";
  }
  return sentence + " To use it: eval \"$(pcx sandbox env)\"";
}

std::string status_sentence(const sandbox::Layout& layout, const sandbox::Status& status) {
  if (status.foreign) return "The server was not started by pcx sandbox, which leaves it alone.";
  switch (status.server) {
    case ServerState::absent:
      return fmt::format("There is no sandbox in {}. Run: pcx sandbox up", shown(layout.folder));
    case ServerState::unfinished:
      return "The first pcx sandbox up did not come to its end. Run it again.";
    case ServerState::stopped: return "Run: pcx sandbox up";
    case ServerState::crashed:
      return "The server ended without an orderly stop. pcx sandbox up recovers it.";
    case ServerState::running: return status.problem.empty() ? "" : status.problem + ".";
  }
  return "";
}

void add_facts(Document& document, const sandbox::DatabaseFacts& facts) {
  document.set("database_bytes", facts.database_bytes);
  document.set("migrations", facts.migrations);
  document.set("tables", facts.tables);
  document.set("rows_estimated", facts.rows_estimated);
}

}  // namespace

Outcome show_up(const sandbox::Layout& layout, const sandbox::UpReport& report,
                const AppliedMigrations& migrations, const Seeding& seeding) {
  Document document = Document::object();
  document.set("state", "running");
  document.set("folder", layout.folder.native());
  document.set("pid", std::int64_t{report.process});
  document.set("server_version", report.state.server_version);
  add_place(document, report.state);
  document.set("made", report.made);
  document.set("started", report.started);
  document.set("recovered", report.recovered);
  document.set("migrations_applied", count(migrations.applied));
  document.set("migrations", count(migrations.known));
  document.set("rows_seeded", seeding.report ? seeding.report->rows : std::int64_t{0});
  document.set("seed_ms",
               seeding.report ? Document{std::int64_t{seeding.took.count()}} : Document{});
  return {Tree{std::move(document), up_sentence(report, migrations, seeding)}};
}

Outcome show_sandbox_status(const sandbox::Layout& layout, const sandbox::Status& status) {
  Document document = Document::object();
  document.set("state", sandbox::to_string(status.server));
  document.set("folder", layout.folder.native());
  if (status.state) {
    const bool runs = status.process != 0;
    document.set("pid", runs ? Document{std::int64_t{status.process}} : Document{});
    document.set("server_version", status.state->server_version);
    add_place(document, *status.state);
    document.set("data_bytes", status.data_bytes ? Document{*status.data_bytes} : Document{});
  }
  if (status.facts) add_facts(document, *status.facts);
  const bool fine =
      status.server == ServerState::running && !status.foreign && status.problem.empty();
  return {Tree{std::move(document), status_sentence(layout, status)},
          fine ? Finding::ok : Finding::warning};
}

Outcome show_stopped(const sandbox::Layout& layout, bool stopped) {
  Document document = Document::object();
  document.set("folder", layout.folder.native());
  document.set("stopped", stopped);
  return {Tree{std::move(document), stopped ? "The sandbox is stopped. Its data stays."
                                            : "The sandbox was not running; nothing was to do."}};
}

Outcome show_env(const sandbox::Layout& layout, const sandbox::State& state) {
  Document document = Document::object();
  for (const auto& [name, value] : sandbox::exported_variables(layout, state)) {
    document.set(name, value);
  }
  return {PlainText{sandbox::export_lines(layout, state), std::move(document)}};
}

Outcome show_reset_plan(const sandbox::Layout& layout, std::int64_t rows_estimated) {
  Document document = Document::object();
  document.set("folder", layout.folder.native());
  document.set("database", sandbox::kDatabaseName);
  document.set("rows_estimated", rows_estimated);
  return {Tree{std::move(document),
               "The database would be dropped with its rows, and its sessions ended. Run: pcx "
               "sandbox reset"},
          Finding::warning};
}

Outcome show_reset(const sandbox::Layout& layout, const AppliedMigrations& migrations) {
  Document document = Document::object();
  document.set("folder", layout.folder.native());
  document.set("database", sandbox::kDatabaseName);
  document.set("migrations_applied", count(migrations.applied));
  return {Tree{std::move(document),
               "The database is new and empty. Sample rows: pcx sandbox up --seed small"}};
}

Outcome show_belongings(const std::vector<std::filesystem::path>& belongings, bool removed) {
  View view{{{"path", "PATH"}}, {}, ""};
  for (const auto& path : belongings) view.rows.push_back({path.native()});
  if (belongings.empty()) {
    view.summary = "There is no sandbox; nothing was to do.";
  } else {
    view.summary = removed ? "The sandbox is removed."
                           : "All of this would be removed. Run: pcx sandbox destroy";
  }
  return {std::move(view), belongings.empty() || removed ? Finding::ok : Finding::warning};
}

Outcome show_written(const std::filesystem::path& folder, int files,
                     const std::optional<std::string>& dir) {
  Document document = Document::object();
  document.set("folder", folder.native());
  document.set("files", files);
  std::string next = fmt::format("Try: pcx migrate plan --dir {}", shown(folder));
  if (dir) {  // pcx migrate finds the default sandbox by itself
    next = fmt::format("First: eval \"$(pcx sandbox env --dir {})\". ",
                       escape_controls(sandbox::shell_quoted(*dir))) +
           next;
  }
  return {Tree{std::move(document), std::move(next)}};
}

}  // namespace pcx::cli
