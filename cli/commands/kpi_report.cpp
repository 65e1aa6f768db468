// pcx kpi report: flags -> lib/kpi -> show.
#include <algorithm>

#include <fmt/format.h>

#include "cli/commands/kpi_tools.h"
#include "core/json.h"
#include "core/text.h"
#include "kpi/exposition.h"
#include "kpi/report_csv.h"
#include "kpi/report_html.h"
#include "kpi/report_json.h"
#include "kpi/report_markdown.h"
#include "kpi/report_text.h"

namespace pcx::cli {

namespace {

using kpi::Report;

std::string json_text(const Report& report) { return to_json(kpi::report_json(report), 2) + "\n"; }

std::string prometheus_text(const Report& report) {
  return exposition(report, kpi::TextFormat::prometheus);
}

std::string openmetrics_text(const Report& report) {
  return exposition(report, kpi::TextFormat::openmetrics);
}

struct Form {
  std::string_view name;
  std::string (*write)(const Report& report);
};

constexpr Form kForms[] = {{"text", kpi::report_text},      {"json", json_text},
                           {"ndjson", kpi::report_ndjson},  {"csv", kpi::report_csv},
                           {"html", kpi::report_html},      {"md", kpi::report_markdown},
                           {"prometheus", prometheus_text}, {"openmetrics", openmetrics_text}};

// For people only: programs ask for what they want.
void say_wide(Context& context, const Values& values, const kpi::Catalog& catalog) {
  const bool is_asked = values.flag("--wide") || !values.texts("--kpi").empty();
  if (is_asked || values.text("--format") != "text") return;
  const auto wide = std::ranges::count_if(catalog.definitions, &kpi::Definition::is_wide);
  if (wide == 0) return;
  context.progress().say(
      fmt::format("{} that {} whole tables or a year {} left out; --wide asks for "
                  "them, too",
                  counted(wide, "KPI"), wide == 1 ? "reads" : "read", wide == 1 ? "is" : "are"));
}

Outcome run_report(Context& context, const Values& values) {
  const auto catalog = kpi_catalog(values);
  kpi::ReportRequest request = kpi_request(context, values, *catalog, values.flag("--wide"));
  request.days = kpi_days_or_range(values, kpi::DaysAsked::Which::today);
  request.has_comparisons = !values.flag("--no-comparisons");
  request.has_runtime = values.flag("--with-runtime");
  const kpi::Reading reading = read_report(context.database(), catalog, request, context.clock());
  say_left_out(context, reading);
  say_wide(context, values, *catalog);
  const auto* const form = std::ranges::find(kForms, values.text("--format"), &Form::name);
  return {PlainText{form->write(reading.report)}, finding_of(reading.report)};
}

std::vector<Opt> report_options() {
  std::vector<Opt> options = kpi_day_options(true);
  options.push_back(
      {.name = "--format",
       .letter = 'o',
       .type = Type::choice,
       .metavar = "FORMAT",
       .help = "form of the report",
       .choices = {"text", "json", "ndjson", "csv", "html", "md", "prometheus", "openmetrics"},
       .fallback = "text"});
  options.push_back({.name = "--no-comparisons",
                     .type = Type::flag,
                     .help = "the numbers alone: no other days, no anomalies"});
  options.push_back({.name = "--with-runtime",
                     .type = Type::flag,
                     .help = "also when it was found, in which snapshot, and how long it took"});
  for (Opt& option : kpi_question_options()) options.push_back(option);
  return options;
}

}  // namespace

std::vector<Cmd> kpi_report_commands() {
  return {
      {.path = "kpi report",
       .summary = "Show the numbers of a day, beside those of other days",
       .detail =
           "Of each tenant, for today in its own time zone unless another day is asked for. "
           "Numbers of "
           "a day that is not over are compared with as much of the other days as has passed of "
           "it: "
           "the day before, the same weekday a week before, and the same date a year before. A "
           "number "
           "is unusual when its modified z-score among the same weekdays of eight weeks is beyond "
           "3.5.\n\nStates (active clients, stock) are as they are now; of a day that is over they "
           "are "
           "known when 'pcx kpi record' kept them, or for 24 hours after it. Nothing is written to "
           "the "
           "database. The same question about a day that is over has the same bytes as its answer, "
           "until somebody changes what is in the database.\n\nA KPI whose question fails is shown "
           "as "
           "failed, and hides no other one.",
       .options = report_options(),
       .examples =
           {{"pcx kpi report", "today, of every tenant"},
            {"pcx kpi report --yesterday --tenant north -o json", "for programs"},
            {"pcx kpi report --from 2026-01-01 --to 2026-01-31 -o html --output january.html",
             "a month as one page"}},
       .exits = kpi_exit_notes(),
       .needs = Needs::database,
       .own_format = true,
       .run = run_report}};
}

}  // namespace pcx::cli
