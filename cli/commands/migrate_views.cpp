#include "cli/commands/migrate_views.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "migrate/check.h"

namespace pcx::cli {

namespace {

using migrate::Entry;
using migrate::State;

Cell cell(const std::optional<Time>& instant) {
  return instant ? Cell{*instant} : Cell{std::monostate{}};
}

Cell cell(std::optional<std::int64_t> number) {
  if (number) return *number;
  return {};
}

Cell cell(const std::optional<std::string>& text) {
  return text ? Cell{*text} : Cell{std::monostate{}};
}

std::string note_of(const Entry& entry) {
  switch (entry.state) {
    case State::applied:
    case State::pending: return "";
    case State::out_of_order: return "older than the newest applied one";
    case State::edited: return "file changed after it was applied";
    case State::missing: return "applied, and its file is gone";
    case State::failed:
      return entry.hides_steps ? "did not finish; this role cannot see whether it runs in steps"
                               : "started and did not finish";
    case State::unfinished: return "begun in steps: `pcx migrate up` goes on with it";
  }
  return "";
}

Finding finding_of(const std::vector<Entry>& entries) {
  Finding finding = Finding::ok;
  for (const auto& entry : entries) {
    if (entry.state == State::failed) return Finding::critical;
    if (entry.state != State::applied) finding = Finding::warning;
  }
  return finding;
}

// "12 applied, 2 pending, 1 edited": only what there is.
std::string summary_of(const std::vector<Entry>& entries) {
  std::map<State, long long> counts;
  for (const auto& entry : entries) ++counts[entry.state];
  std::vector<std::string> parts;
  for (const auto& [state, count] : counts) {
    std::string name = migrate::to_string(state);
    std::replace(name.begin(), name.end(), '_', ' ');
    parts.push_back(fmt::format("{} {}", count, name));
  }
  return parts.empty() ? "No migrations." : join(parts, ", ") + ".";
}

View status_view() {
  return {{{"name", "MIGRATION"},
           {"state", "STATE"},
           {"applied_at", "APPLIED AT"},
           {"has_down", "DOWN"},
           {"note", "NOTE"}},
          {},
          ""};
}

std::vector<Cell> status_row(const Entry& entry) {
  const bool has_down = entry.file != nullptr && entry.file->down.has_value();
  return {entry.name, migrate::to_string(entry.state),
          entry.row ? cell(entry.row->finished_at) : Cell{}, has_down, note_of(entry)};
}

long long count_of(std::size_t size) { return static_cast<long long>(size); }

}  // namespace

Outcome show_status(const std::vector<Entry>& entries, bool ledger_exists, bool pending_only) {
  View view = status_view();
  for (const auto& entry : entries) {
    if (pending_only && entry.state == State::applied) continue;
    view.rows.push_back(status_row(entry));
  }
  view.summary = summary_of(entries);
  if (!ledger_exists) view.summary += " The database has no ledger yet.";
  return {view, finding_of(entries)};
}

Outcome show_verification(const std::vector<Entry>& entries) {
  View view = status_view();
  Finding finding = Finding::ok;
  std::size_t applied = 0;
  for (const auto& entry : entries) {
    if (entry.state == State::applied) ++applied;
    if (entry.state == State::applied || entry.state == State::pending) continue;
    view.rows.push_back(status_row(entry));
    const bool late = entry.state == State::out_of_order;
    finding = std::max(finding, late ? Finding::warning : Finding::critical);
  }
  view.summary = view.rows.empty()
                     ? fmt::format("{} verified: files and ledger agree.",
                                   counted(count_of(applied), "applied migration"))
                     : fmt::format("{} wrong, {} verified.",
                                   counted(count_of(view.rows.size()), "migration"), applied);
  return {view, finding};
}

namespace {

// What pcx's grammar stumbles over may be newer than the grammar, or wrong.
std::string note_of(const migrate::Analysis& analysis, const migrate::Script& script) {
  if (analysis.analysed) return "";
  const Location place = migrate::location_in(script, analysis.error_offset);
  return fmt::format("not analysed, the server will judge: line {}, column {}: {}", place.line,
                     place.column, analysis.parse_error);
}

std::string note_of(const migrate::Stepped& stepped) {
  if (!stepped.in_steps()) return "";
  if (stepped.ledger_row.empty()) return fmt::format("in steps: {}", stepped.reason);
  return fmt::format("goes on at step {} of {}", stepped.resume.next + 1, stepped.steps.size());
}

// What the server would say to it in one transaction.
bool fits_a_transaction(const migrate::Analysis& analysis) {
  const auto& statements = analysis.statements;
  return std::all_of(statements.begin(), statements.end(), [](const auto& statement) {
    return statement.refusal == migrate::Refusal::none;
  });
}

}  // namespace

Outcome show_plan(const migrate::ReadyUp& ready, const PlanWords& words) {
  View view{{{"number", "#"},
             {"name", "MIGRATION"},
             {"statement_count", "STATEMENTS"},
             {"byte_count", "BYTES"},
             {"transactional", "TRANSACTION"},
             {"has_down", "DOWN"},
             {"note", "NOTE"}},
            {},
            ""};
  const migrate::UpPlan& plan = ready.plan;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto* migration = plan.steps[i];
    const auto& analysis = ready.analyses[i];
    const auto& stepped = ready.stepped[i];
    Cell statements;
    if (analysis.analysed) statements = static_cast<std::int64_t>(analysis.statements.size());
    view.rows.push_back({static_cast<std::int64_t>(i + 1), migration->name, statements,
                         static_cast<std::int64_t>(migration->up.text.size()),
                         !stepped.in_steps() && fits_a_transaction(analysis),
                         migration->down.has_value(),
                         stepped.in_steps() ? note_of(stepped) : note_of(analysis, migration->up)});
  }
  view.summary =
      plan.steps.empty()
          ? words.nothing
          : fmt::format("{} {}", counted(count_of(plan.steps.size()), "migration"), words.next);
  return {view, plan.steps.empty() ? Finding::ok : Finding::warning};
}

Outcome show_down_plan(const migrate::DownPlan& plan, const std::vector<migrate::Loss>& losses,
                       const std::string& next) {
  View view{{{"name", "MIGRATION"}, {"loses", "LOSES"}, {"count", "COUNT"}}, {}, ""};
  for (const auto& step : plan.steps) {
    bool loses = false;
    for (const auto& loss : losses) {
      if (loss.migration != step.migration->name) continue;
      loses = true;
      view.rows.push_back({loss.migration, loss.object, cell(loss.count)});
    }
    if (!loses) view.rows.push_back({step.migration->name, Cell{}, Cell{}});
  }
  view.summary =
      fmt::format("{} to revert. Run: {}", counted(count_of(plan.steps.size()), "migration"), next);
  return {view, Finding::warning};
}

Outcome show_report(const migrate::Report& report, std::string_view done,
                    std::string_view when_nothing) {
  View view{{{"name", "MIGRATION"},
             {"finished_at", "FINISHED AT"},
             {"duration_ms", "MS"},
             {"analysed", "ANALYSED"}},
            {},
            ""};
  std::chrono::milliseconds total{};
  bool all_analysed = true;
  for (const auto& step : report.steps) {
    view.rows.push_back(
        {step.name, step.finished_at, static_cast<std::int64_t>(step.took.count()), step.analysed});
    total += step.took;
    all_analysed = all_analysed && step.analysed;
  }
  view.summary =
      report.steps.empty()
          ? std::string{when_nothing}
          : fmt::format("{} {} in {}.", counted(count_of(report.steps.size()), "migration"), done,
                        to_short_text(total));
  if (!all_analysed) {
    view.summary += " Some SQL is not of PostgreSQL 15's grammar: it ran unchecked.";
  }
  return {view};
}

Outcome show_marked(const migrate::UpPlan& plan, std::string_view what) {
  View view{{{"name", "MIGRATION"}, {"checksum", "CHECKSUM"}}, {}, ""};
  for (const auto* migration : plan.steps) {
    view.rows.push_back({migration->name, migration->checksum});
  }
  view.summary = fmt::format("{} {}.", counted(count_of(plan.steps.size()), "migration"), what);
  return {view};
}

Outcome show_rolled_back(const std::string& name, bool is_applied) {
  View view{{{"name", "MIGRATION"}, {"state", "STATE"}},
            {{name, std::string{is_applied ? "applied" : "pending"}}},
            is_applied ? "The failed attempt is recorded as rolled back; another row says applied."
                       : "Recorded as rolled back; the next pcx migrate up applies it again."};
  return {view};
}

Outcome show_settled(const std::string& name, int step, bool is_done) {
  View view{{{"name", "MIGRATION"}, {"step", "STEP"}, {"state", "STATE"}},
            {{name, std::int64_t{step}, std::string{is_done ? "done" : "to run again"}}},
            is_done ? "The next pcx migrate up goes on behind this step."
                    : "The next pcx migrate up runs this step again."};
  return {view};
}

Outcome show_files(const std::vector<std::filesystem::path>& files) {
  View view{{{"file", "FILE"}}, {}, ""};
  for (const auto& file : files) view.rows.push_back({file.native()});
  view.summary = "Write the SQL, then look at it with: pcx migrate plan";
  return {view};
}

Outcome show_history(const std::vector<migrate::Event>& events) {
  View view{{{"at", "AT"},
             {"name", "MIGRATION"},
             {"event", "EVENT"},
             {"duration_ms", "MS"},
             {"os_user", "BY"},
             {"host", "HOST"},
             {"reason", "REASON"}},
            {},
            ""};
  for (const auto& event : events) {
    view.rows.push_back({event.at, event.name, event.kind, cell(event.duration_ms),
                         cell(event.os_user), cell(event.host), cell(event.reason)});
  }
  view.summary = counted(count_of(events.size()), "event") + ".";
  return {view};
}

}  // namespace pcx::cli
