// pcx kpi backfill, history, record: flags -> lib/kpi -> show.
#include <algorithm>

#include <fmt/format.h>

#include "cli/build_info.h"
#include "cli/commands/kpi_tools.h"
#include "core/date.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/history.h"
#include "kpi/store.h"

namespace pcx::cli {

namespace {

using kpi::Date;
using kpi::Report;
using kpi::Stored;

// So many days are asked for, and kept, at a time.
constexpr std::chrono::days kPiece{31};

Document deed_of(const Report& report, const Stored& stored) {
  Document details = Document::object();
  details.set("days", static_cast<std::int64_t>(report.days.size()));
  details.set("first", stored.first);
  details.set("restated", stored.restated);
  details.set("unchanged", stored.unchanged);
  details.set("failed", stored.failed);
  return details;
}

void require_days(const kpi::Reading& reading) {
  if (!reading.report.days.empty() || !reading.left_out_today) return;
  throw Error{ErrorCode::usage, "the day is not over for any tenant",
              "Its numbers would be those of a part of it: keep them tomorrow."}
      .because("day_not_over");
}

// Looks, ends the snapshot, and only then writes.
Stored record(Context& context, std::shared_ptr<const kpi::Catalog> catalog,
              kpi::ReportRequest request, const std::string& action, Report& report) {
  request.now = context.clock().wall_now();
  kpi::Reading reading =
      read_report(context.database(), std::move(catalog), request, context.clock());
  say_left_out(context, reading);
  require_days(reading);
  db::Transaction tx = context.database().begin();
  const kpi::Recording recording{
      .now = request.now, .run_id = context.actor().run_id, .pcx_version = std::string{kVersion}};
  Stored stored = store_days(tx, reading.report, recording);
  const std::string days =
      reading.report.days.empty()
          ? std::string{"no day"}
          : fmt::format("{} to {}", to_iso_date(reading.report.days.front().day.date),
                        to_iso_date(reading.report.days.back().day.date));
  db::record_deed(tx, context.actor(), {action, days, deed_of(reading.report, stored)});
  tx.commit();
  report = std::move(reading.report);
  return stored;
}

Cell number_cell(const kpi::Value& value) {
  return value.state == kpi::State::known ? Cell{Decimal{value.digits}} : Cell{};
}

std::vector<Column> restatement_columns() {
  return {{"day", "DAY"},       {"tenant", "TENANT"}, {"kpi", "KPI"},
          {"before", "BEFORE"}, {"after", "AFTER"},   {"revision", "REVISION"}};
}

void add_restatements(View& view, const Report& report, const Stored& stored) {
  for (const kpi::Restatement& each : stored.restatements) {
    const kpi::DayReport& day = report.days[each.day];
    view.rows.push_back({to_iso_date(day.day.date), escape_controls(report.tenant_of(day).label()),
                         each.definition->name, number_cell(each.before), number_cell(each.after),
                         std::int64_t{each.revision}});
  }
}

void add_counts(Stored& sum, const Stored& piece) {
  sum.first += piece.first;
  sum.restated += piece.restated;
  sum.unchanged += piece.unchanged;
  sum.failed += piece.failed;
}

Outcome shown(View view, const Stored& stored) {
  view.summary = fmt::format("{} kept for the first time, {} restated, {} as before.",
                             counted(stored.first, "value"), stored.restated, stored.unchanged);
  if (stored.failed > 0) {
    view.summary += fmt::format(" {} could not be found: the next run tries again.",
                                counted(stored.failed, "value"));
  }
  const bool nothing = stored.first + stored.restated + stored.unchanged == 0;
  const Finding finding = stored.failed == 0 ? Finding::ok
                          : nothing          ? Finding::unknown
                                             : Finding::warning;
  return {std::move(view), finding};
}

void say_failures(Context& context, const Report& report) {
  for (const kpi::DayReport& day : report.days) {
    for (const kpi::Result& result : day.results) {
      if (result.value.state != kpi::State::failed) continue;
      context.progress().say(escape_controls(
          fmt::format("{} of {}, {}: {}", result.definition->name, report.tenant_of(day).label(),
                      to_iso_date(day.day.date), result.value.reason)));
    }
  }
}

kpi::ReportRequest record_request(Context& context, const Values& values,
                                  const kpi::Catalog& catalog, bool with_wide) {
  kpi::ReportRequest request = kpi_request(context, values, catalog, with_wide);
  request.has_comparisons = false;
  request.only_closed = true;
  request.always_rest = true;
  request.has_runtime = true;  // the server's clock says when it was
  return request;
}

Outcome run_record(Context& context, const Values& values) {
  const auto catalog = kpi_catalog(values);
  kpi::ReportRequest request = record_request(context, values, *catalog, true);
  request.days = kpi_days(values, kpi::DaysAsked::Which::yesterday);
  Report report;
  const Stored stored = record(context, catalog, request, "kpi.record", report);
  say_failures(context, report);
  View view{.columns = restatement_columns(), .rows = {}, .summary = {}};
  add_restatements(view, report, stored);
  return shown(std::move(view), stored);
}

Outcome run_backfill(Context& context, const Values& values) {
  const auto catalog = kpi_catalog(values);
  kpi::ReportRequest request = record_request(context, values, *catalog, values.flag("--wide"));
  const kpi::DaysAsked all = kpi_range(values);
  View view{.columns = restatement_columns(), .rows = {}, .summary = {}};
  Stored sum;
  const auto total = (all.last - all.first).count() + 1;
  for (Date first = all.first; first <= all.last; first += kPiece) {
    context.interrupt().throw_if_requested();
    const Date last = std::min(first + kPiece - std::chrono::days{1}, all.last);
    context.progress().update("backfilling", to_iso_date(first), (first - all.first).count(), total,
                              "day");
    request.days = {kpi::DaysAsked::Which::range, first, last};
    Report report;
    const Stored stored = record(context, catalog, request, "kpi.backfill", report);
    say_failures(context, report);
    add_restatements(view, report, stored);
    add_counts(sum, stored);
  }
  return shown(std::move(view), sum);
}

// Names of tenants by their ids, as far as the table knows them.
std::vector<kpi::KnownTenant> known_tenants(Context& context) {
  kpi::Snapshot snapshot{context.database(), {}, context.clock()};
  return read_tenants(snapshot);
}

std::string name_of(const std::vector<kpi::KnownTenant>& known,
                    const std::optional<std::string>& id) {
  const auto found = std::ranges::find_if(
      known, [&](const kpi::KnownTenant& each) { return each.tenant.id == id; });
  return found == known.end() ? id.value_or("") : found->tenant.label();
}

std::optional<std::string> id_of(const std::vector<kpi::KnownTenant>& known,
                                 const std::optional<std::string>& name) {
  const auto found = std::ranges::find_if(
      known, [&](const kpi::KnownTenant& each) { return each.tenant.slug == name; });
  return found == known.end() ? name : found->tenant.id;
}

// An empty answer is none about a name that is none. What is gone may have a history.
void require_names(db::Transaction& tx, const Values& values,
                   const std::vector<kpi::KnownTenant>& known) {
  const auto is_kept = [&](const kpi::HistoryFilter& filter) {
    return !read_history(tx, filter, 1).rows.empty();
  };
  const auto kpi = values.optional_text("NAME");
  if (kpi && !is_kept({.kpis = {*kpi}})) {
    select_definitions(*kpi_catalog(values), {*kpi}, false);
  }
  const auto tenant = id_of(known, values.optional_text("--tenant"));
  if (tenant && !tenant->empty() && !is_kept({.tenant = tenant})) {
    require_tenant(known, *tenant);
  }
}

Outcome run_history(Context& context, const Values& values) {
  const auto known = known_tenants(context);
  const auto kpi = values.optional_text("NAME");
  const kpi::HistoryFilter filter{.tenant = id_of(known, values.optional_text("--tenant")),
                                  .kpis = kpi ? std::vector{*kpi} : std::vector<std::string>{},
                                  .from = kpi_date(values, "--from"),
                                  .to = kpi_date(values, "--to"),
                                  .only_restated = values.flag("--restated")};
  db::Transaction tx = context.database().begin(db::Access::read_only);
  const auto limit = static_cast<int>(values.integer("--limit"));
  const kpi::History history = read_history(tx, filter, limit);
  if (history.rows.empty()) require_names(tx, values, known);
  View view{.columns = {{"day", "DAY"},
                        {"tenant", "TENANT"},
                        {"kpi", "KPI"},
                        {"value", "VALUE"},
                        {"state", "STATE"},
                        {"revision", "REVISION"},
                        {"newest", "NEWEST"},
                        {"sample", "OF"},
                        {"reason", "REASON"},
                        {"time_zone", "TIME ZONE"},
                        {"computed_at", "FOUND AT"},
                        {"definition_hash", "DEFINITION"}},
            .rows = {},
            .summary = {}};
  for (const kpi::KeptValue& row : history.rows) {
    view.rows.push_back(
        {to_iso_date(row.day.date), escape_controls(name_of(known, row.tenant)),
         escape_controls(row.kpi), number_cell(row.value), std::string{to_string(row.value.state)},
         std::int64_t{row.revision}, row.is_newest,
         row.value.sample ? Cell{*row.value.sample} : Cell{},
         row.value.reason.empty() ? Cell{} : Cell{escape_controls(row.value.reason)},
         escape_controls(row.time_zone), row.computed_at, row.definition_hash});
  }
  view.summary = counted(static_cast<long long>(view.rows.size()), "value") + ".";
  if (history.has_more) {
    view.summary +=
        fmt::format(" There are more: narrow it down, or raise --limit above {}.", limit);
  }
  return {std::move(view)};
}

std::vector<ExitNote> record_exits() {
  std::vector<ExitNote> exits = kpi_exit_notes();
  exits.push_back({64, "a day that is not over, or a KPI that is none"});
  exits.push_back({75, "another 'pcx kpi record' or 'pcx kpi backfill' is at it"});
  return exits;
}

Cmd record_command() {
  std::vector<Opt> options = kpi_day_options(false);
  for (Opt& option : kpi_question_options()) {
    if (option.name != "--wide") options.push_back(option);
  }
  return {.path = "kpi record",
          .summary = "Keep the numbers of a day that is over",
          .detail =
              "Of yesterday, unless --date names another day; run it from a timer once a day, "
              "soon after midnight of all tenants. All KPIs are kept, the wide ones, too. The "
              "first number of a day stays; when a later run finds another one, since somebody "
              "changed what had been entered, it is kept beside it and shown as restated. States "
              "(active clients, stock) are kept within 24 hours after the day; later they are "
              "kept as not known, with the reason.\n\nA number whose question failed is not kept: "
              "run it again.",
          .options = std::move(options),
          .examples = {{"pcx kpi record", "yesterday, of every tenant"},
                       {"pcx kpi record --date 2026-01-31", "a day that was missed"}},
          .exits = record_exits(),
          .needs = Needs::database_state,
          .locks = {&kpi::kKpiLock},
          .mutating = true,
          .run = run_record};
}

Cmd backfill_command() {
  std::vector<Opt> options = {
      {.name = "--from", .metavar = "DATE", .help = "the first day: 2025-01-01", .required = true},
      {.name = "--to", .metavar = "DATE", .help = "the last day", .required = true}};
  for (Opt& option : kpi_question_options()) options.push_back(option);
  return {.path = "kpi backfill",
          .summary = "Keep the numbers of many days that are over",
          .detail =
              "As 'pcx kpi record' for each day of the range, a month at a time: what is done "
              "stays when it is stopped, and the next run finds it unchanged. States of days "
              "that ended more than 24 hours ago are not known any more. Wide KPIs only with "
              "--wide.",
          .options = std::move(options),
          .examples = {{"pcx kpi backfill --from 2025-01-01 --to 2025-12-31", "last year"}},
          .exits = record_exits(),
          .needs = Needs::database_state,
          .locks = {&kpi::kKpiLock},
          .mutating = true,
          .run = run_backfill};
}

Cmd history_command() {
  return {.path = "kpi history",
          .summary = "Show what was kept of days that are over",
          .detail =
              "Newest day first. Revision 0 is what was found first; a later revision is a "
              "restatement, and NEWEST says which one holds. With --restated only days whose "
              "number was restated, with all of their revisions.",
          .options = {{.name = "--tenant",
                       .metavar = "NAME",
                       .help = "only this tenant, by slug or id"},
                      {.name = "--from", .metavar = "DATE", .help = "from this day on"},
                      {.name = "--to", .metavar = "DATE", .help = "up to this day"},
                      {.name = "--restated", .type = Type::flag, .help = "only what was restated"},
                      {.name = "--limit",
                       .type = Type::integer,
                       .metavar = "N",
                       .help = "so many values at most",
                       .fallback = "1000",
                       .minimum = 1,
                       .maximum = kpi::kHistoryRowsMax},
                      kpi_definitions_option()},
          .arguments =
              {{.name = "NAME", .help = "only this KPI", .dynamic = "kpis", .required = false}},
          .examples = {{"pcx kpi history revenue --tenant north", "its revenue, day by day"},
                       {"pcx kpi history --restated", "what was changed afterwards"}},
          .exits = {{0, "shown; also when nothing was kept"},
                    {64, "no such KPI, and nothing was kept of one"},
                    {65, "a definition that does not hold up"},
                    {66, "no such tenant, and nothing was kept of one"},
                    {77, "the role may not read pcx.kpi_daily"}},
          .needs = Needs::database,
          .run = run_history};
}

}  // namespace

std::vector<Cmd> kpi_record_commands() {
  return {backfill_command(), history_command(), record_command()};
}

}  // namespace pcx::cli
