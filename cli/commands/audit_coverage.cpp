// pcx audit coverage: flags -> lib/audit/coverage -> show.
#include <fmt/format.h>

#include "audit/catalog.h"
#include "audit/coverage.h"
#include "audit/event_stream.h"
#include "audit/model_table.h"
#include "audit/pg_time.h"
#include "audit/reader_rights.h"
#include "cli/commands/audit_stream_tools.h"
#include "cli/commands/audit_tools.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

using audit::CoverageFinding;
using audit::CoverageTotals;

std::string time_of(std::int64_t at) {
  std::string text;
  audit::append_pg_time(text, at);
  return text;
}

std::string operation_of(char op) {
  switch (op) {
    case 'I': return "insert";
    case 'U': return "update";
    case 'D': return "delete";
    case 'T': return "truncate";
    default: return "unknown";
  }
}

std::vector<Cell> row_of(const CoverageFinding& finding) {
  if (finding.change) {
    const audit::CoverageChange& change = *finding.change;
    return {Cell{std::string{"no_log"}},
            Cell{time_of(change.at)},
            Cell{change.table},
            Cell{operation_of(change.op)},
            Cell{change.row_key},
            Cell{change.actor},
            Cell{std::string{to_string(finding.reason)}},
            Cell{fmt::format("{}.{}.{}", change.segment, change.xid, change.seq)}};
  }
  const audit::CoverageLog& log = *finding.log;
  return {Cell{std::string{"no_change"}},
          Cell{time_of(log.at)},
          Cell{std::string{audit::table_of_model(log.resource)}},
          Cell{log.action},
          Cell{log.resource_id},
          Cell{log.user},
          Cell{},
          Cell{log.id}};
}

std::string share_text(const CoverageTotals& totals) {
  if (totals.changes == 0 && totals.logs == 0) {
    return "Nothing to judge: no change that the application watches was captured in that time, "
           "and "
           "it wrote no row about one.";
  }
  if (totals.changes == 0) return "No change was captured.";
  return fmt::format(
      "{} of {} were logged by the application ({:.1f} %).", totals.covered,
      counted(totals.changes, "change"),
      100.0 * static_cast<double>(totals.covered) / static_cast<double>(totals.changes));
}

std::string summary_of(const CoverageTotals& totals, std::size_t shown, std::size_t found) {
  std::string text = share_text(totals);
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : totals.uncovered) {
    reasons.push_back(fmt::format("{} {}", count, to_string(reason)));
  }
  if (!reasons.empty()) text += " The others: " + join(reasons, ", ") + ".";
  if (totals.logs_without_change > 0) {
    text += fmt::format(" {} of audit_logs without a change.",
                        rows_text(static_cast<std::uint64_t>(totals.logs_without_change)));
  }
  if (shown < found) text += fmt::format(" The first {} of {} are shown: --limit.", shown, found);
  return text;
}

audit::CoverageJob job_in(Context& context, const Values& values) {
  const audit::TrailFilter times = stream_times_in(context, values);
  audit::CoverageJob job{.since = times.since, .until = times.until};
  job.window = std::chrono::microseconds{values.duration("--window")}.count();
  if (job.window == 0) {
    throw Error{ErrorCode::usage, "--window is 0",
                "The application writes its row after the change."};
  }
  job.tables = values.texts("--table");
  return job;
}

Outcome judge(Context& context, const Values& values) {
  audit::require_trail(context.database());
  const audit::CoverageJob job = job_in(context, values);
  db::Database other =
      context.open_database({.application_name = "pcx audit coverage", .read_only = true});
  View view{.columns = {{"finding", "FINDING"},
                        {"at", "AT"},
                        {"table", "TABLE"},
                        {"operation", "OPERATION"},
                        {"id", "ID"},
                        {"actor", "ACTOR"},
                        {"reason", "REASON"},
                        {"event", "EVENT"}},
            .rows = {},
            .summary = {}};
  const auto limit = static_cast<std::size_t>(values.integer("--limit"));
  std::size_t found = 0;
  const CoverageTotals totals = read_coverage(context.database(), other, job, context.interrupt(),
                                              [&](const CoverageFinding& finding) {
                                                if (found++ < limit)
                                                  view.rows.push_back(row_of(finding));
                                              });
  view.summary = summary_of(totals, view.rows.size(), found);
  return {std::move(view), found > 0 ? Finding::warning : Finding::ok};
}

Outcome run_coverage(Context& context, const Values& values) {
  Outcome outcome{PlainText{}};
  audit::with_reader_rights(context.database(), [&] { outcome = judge(context, values); });
  return outcome;
}

std::vector<Opt> options() {
  std::vector<Opt> all = stream_time_options();
  all.push_back({.name = "--window",
                 .type = Type::duration,
                 .metavar = "TIME",
                 .help = "how long after a change its row may come",
                 .fallback = "5s"});
  all.push_back({.name = "--table",
                 .metavar = "TABLE",
                 .help = "only of this table: patients",
                 .repeated = true});
  all.push_back({.name = "--limit",
                 .type = Type::integer,
                 .metavar = "N",
                 .help = "how many are shown; all are counted",
                 .fallback = "1000",
                 .minimum = 0,
                 .maximum = 100'000});
  return all;
}

}  // namespace

std::vector<Cmd> audit_coverage_commands() {
  return {
      {.path = "audit coverage",
       .summary = "Find changes that the application did not log",
       .detail =
           "The application writes a row of audit_logs after a single create, update or delete; it "
           "does not for bulk statements, nested writes, soft deletes and whatever comes from "
           "elsewhere, and when writing it fails, nobody hears of it. Triggers see all of them. "
           "Each row of audit_logs is taken for one change at most: of the same record, no older "
           "than --window, the one that fits best what the row says was sent.\n\nFindings: no_log, "
           "a change without a row; no_change, a row without a change. Why is a guess: "
           "other_client (a session unlike those of changes that were logged, or psql), "
           "soft_delete, nested (in the transaction of another table's logged change), bulk "
           "(several rows of the table in one transaction), truncate, not_logged (none of these: "
           "writing the row failed). Changes younger than the window are not judged, nor are rows "
           "of audit_logs from before their table was audited: those that install adopted.",
       .options = options(),
       .examples = {{"pcx audit coverage --since -1d", "what was missed since yesterday"},
                    {"pcx audit coverage --table patients -o csv", "all of one table"}},
       .exits = {{0, "each change has its row, and each row its change; or nothing to judge"},
                 {1, "some have not"},
                 {64, "an option or time that does not hold up, or since after until"},
                 {65, "too many changes within one window (reason too_many)"},
                 {66, "there is no trail (reason no_trail), or no table audit_logs"},
                 {76, "reached through a transaction pooler"},
                 {77, "the role may not read the trail (reason rights)"}},
       .needs = Needs::database_state,
       .run = run_coverage}};
}

}  // namespace pcx::cli
