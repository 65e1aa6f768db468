// pcx kpi check, explain, list: flags -> lib/kpi -> show.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "cli/commands/kpi_tools.h"
#include "cli/target.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/calendar.h"
#include "kpi/evaluate.h"
#include "kpi/plan.h"

namespace pcx::cli {

namespace {

using kpi::Catalog;
using kpi::Definition;

// Yesterday in the configured time zone, of everybody: for questions about questions.
struct Sample {
  kpi::Span span;
  kpi::Scope scope{.tenants = {}, .has_rest = true, .others = {}};
};

Sample sample_of(kpi::Snapshot& snapshot, const std::string& time_zone, Time now) {
  kpi::Calendar calendar{snapshot.tx(), time_zone, now};
  const kpi::Date date = calendar.today() - std::chrono::days{1};
  calendar.read({date});
  return {.span = span_of(calendar, {date}, {}, false, now)};
}

std::string sample_zone(Context& context) {
  return context.config().text("default_time_zone").value_or("UTC");
}

// Of commands that do without a database unless they are asked for more.
db::Database open_named(Context& context, const Values& values, const std::string& name) {
  const ChosenTarget chosen =
      choose_target(values.entry("--database-url"), context.environment(), context.config());
  return context.open_database(chosen.target, {.application_name = name, .read_only = true});
}

// Milliseconds of each definition alone, for one day of all tenants; NULL: it failed.
std::vector<Cell> measure(Context& context, const Values& values, const Catalog& catalog) {
  db::Database database = open_named(context, values, "pcx kpi list");
  kpi::Snapshot snapshot{database, {.statement = values.duration("--timeout")}, context.clock()};
  const Sample sample = sample_of(snapshot, sample_zone(context), context.clock().wall_now());
  std::vector<Cell> times;
  for (std::size_t i = 0; i < catalog.definitions.size(); ++i) {
    context.interrupt().throw_if_requested();
    const auto begun = context.clock().steady_now();
    const auto answers = evaluate(snapshot, catalog, {i}, sample.span, sample.scope);
    const std::chrono::duration<double, std::milli> taken = context.clock().steady_now() - begun;
    const bool failed = answers.find(i, 1, std::nullopt).value.state == kpi::State::failed;
    times.push_back(failed ? Cell{} : Cell{Decimal{fmt::format("{:.1f}", taken.count())}});
  }
  return times;
}

Outcome run_list(Context& context, const Values& values) {
  const auto catalog = kpi_catalog(values);
  View view{.columns = {{"name", "NAME"},
                        {"title", "TITLE"},
                        {"kind", "KIND"},
                        {"rows", "OF"},
                        {"wide", "WIDE"},
                        {"guide", "IN THE GUIDE"},
                        {"definition_hash", "DEFINITION"}},
            .rows = {},
            .summary = {}};
  const bool is_measured = values.flag("--measure");
  std::vector<Cell> times;
  if (is_measured) {
    times = measure(context, values, *catalog);
    view.columns.push_back({"ms", "MS"});
  }
  for (std::size_t i = 0; i < catalog->definitions.size(); ++i) {
    const Definition& each = catalog->definitions[i];
    view.rows.push_back({each.name, each.title, std::string{to_string(each.kind)},
                         std::string{to_string(catalog->source_of(each).rows)}, each.is_wide,
                         each.guide.empty() ? Cell{} : Cell{each.guide}, each.hash});
    if (is_measured) view.rows.back().push_back(times[i]);
  }
  view.summary =
      fmt::format("{}.", counted(static_cast<long long>(catalog->definitions.size()), "KPI"));
  return {std::move(view)};
}

// Line by line: definitions may be an operator's, and plans hold their words.
std::string shown_lines(std::string_view text, std::string_view before = {}) {
  std::string lines;
  for (const std::string& line : split(trim(text), '\n')) {
    lines += std::string{before} + escape_controls(line) + "\n";
  }
  return lines;
}

std::string indented(std::string_view text) { return shown_lines(text, "    "); }

std::size_t place_of(const Catalog& catalog, const std::string& name) {
  return kpi::select_definitions(catalog, {name}, false).front();
}

std::string ms_text(std::chrono::microseconds time) {
  return fmt::format("{:.1f} ms", static_cast<double>(time.count()) / 1000);
}

// What an index would save, where one is known that would.
std::string advice_of(const Catalog& catalog, const kpi::Selection& selection,
                      const kpi::Plan& plan) {
  std::string text;
  for (const std::size_t number : sources_of(catalog, selection)) {
    const kpi::Source& source = catalog.sources[number];
    if (source.index.empty()) continue;
    for (const kpi::WholeScan& scan : plan.whole_scans) {
      if (std::ranges::find(source.tables, scan.table) == source.tables.end()) continue;
      text += fmt::format(
          "\nAll {} of {} are read, which takes {} of {}. A migration with this line "
          "lets it read those of the day alone:\n    {};\n",
          counted(scan.rows, "row"), scan.table, ms_text(scan.time), ms_text(plan.time),
          source.index);
    }
  }
  return text;
}

Outcome run_explain(Context& context, const Values& values) {
  const auto catalog = kpi_catalog(values);
  const kpi::Selection selection = {place_of(*catalog, values.text("NAME"))};
  const Definition& definition = catalog->definitions[selection.front()];
  std::string text =
      fmt::format("{} ({})\n\n{}", definition.title, definition.name, shown_lines(definition.help));
  text += fmt::format("\nIts value is an aggregate of {}:\n{}", catalog->source_of(definition).name,
                      indented(definition.value));
  for (const std::size_t number : sources_of(*catalog, selection)) {
    const kpi::Source& source = catalog->sources[number];
    text += fmt::format("\n{}: {}{}", source.name, shown_lines(source.help), indented(source.sql));
  }
  Document document = Document::object();
  document.set("name", definition.name);
  document.set("title", definition.title);
  document.set("help", definition.help);
  document.set("value", definition.value);
  document.set("definition_hash", definition.hash);
  document.set("metric", metric_name(definition, "usd"));
  if (values.flag("--plan")) {
    db::Database database = open_named(context, values, "pcx kpi explain");
    kpi::Snapshot snapshot{database, {.statement = values.duration("--timeout")}, context.clock()};
    const Sample sample = sample_of(snapshot, sample_zone(context), context.clock().wall_now());
    const kpi::Plan plan = explain(snapshot, *catalog, selection, sample.span, sample.scope);
    text += "\nThe plan for yesterday, of all tenants:\n" + indented(plan.text);
    text += advice_of(*catalog, selection, plan);
    document.set("plan", plan.text);
  }
  return {PlainText{std::move(text), std::move(document)}};
}

Outcome run_check(Context& context, const Values& values) {
  const auto catalog = kpi_catalog(values);
  kpi::Snapshot snapshot{
      context.database(), {.statement = values.duration("--timeout")}, context.clock()};
  const Sample sample = sample_of(snapshot, sample_zone(context), context.clock().wall_now());
  View view{
      .columns = {{"name", "NAME"}, {"state", "STATE"}, {"reason", "REASON"}, {"place", "PLACE"}},
      .rows = {},
      .summary = {}};
  long long bad = 0;
  for (std::size_t i = 0; i < catalog->definitions.size(); ++i) {
    const Definition& each = catalog->definitions[i];
    const auto fault = find_fault(snapshot, *catalog, {i}, sample.span, sample.scope);
    bad += fault ? 1 : 0;
    view.rows.push_back({each.name, std::string{fault ? "failed" : "ok"},
                         fault ? Cell{escape_controls(*fault)} : Cell{},
                         escape_controls(to_string(each.place))});
  }
  view.summary = bad == 0
                     ? fmt::format("All {} hold up.",
                                   counted(static_cast<long long>(view.rows.size()), "definition"))
                     : fmt::format("{} of {} {} not hold up.", bad,
                                   counted(static_cast<long long>(view.rows.size()), "definition"),
                                   bad == 1 ? "does" : "do");
  return {std::move(view), bad == 0 ? Finding::ok : Finding::critical};
}

Opt timeout_option() {
  return {.name = "--timeout",
          .type = Type::duration,
          .metavar = "TIME",
          .help = "how long one statement may take",
          .fallback = "30s"};
}

Cmd list_command() {
  return {.path = "kpi list",
          .summary = "Show which KPIs there are",
          .detail =
              "OF says what a KPI is of: a day, which can be computed again for any day; a lone "
              "day, which is too costly for days that are only compared with; or the state as "
              "it is now. WIDE ones read whole tables or a year, and are asked for with --wide "
              "or by name.\n\nWith --measure each is asked alone for yesterday, of all tenants, "
              "and the time that it took is shown.",
          .options = {{.name = "--measure",
                       .type = Type::flag,
                       .help = "ask each of them, and show how long it took"},
                      timeout_option(),
                      kpi_definitions_option()},
          .examples = {{"pcx kpi list", "their names"},
                       {"pcx kpi list --measure", "how long each takes on this database"}},
          .exits = {{0, "shown"}, {65, "a definition that does not hold up"}},
          .needs = Needs::config,
          .run = run_list};
}

Cmd explain_command() {
  return {.path = "kpi explain",
          .summary = "Say what a KPI means, in words and in SQL",
          .detail =
              "With --plan the question is run for yesterday, of all tenants, and the server's "
              "plan is shown; where a table is read as a whole and an index would help, the "
              "line of a migration that makes it. pcx itself makes no index: Prisma would take "
              "it for drift.",
          .options = {{.name = "--plan",
                       .type = Type::flag,
                       .help = "run it, and show how the server went about it"},
                      timeout_option(),
                      kpi_definitions_option()},
          .arguments = {{.name = "NAME", .help = "of the KPI", .dynamic = "kpis"}},
          .examples = {{"pcx kpi explain average_wait", "what a wait is"},
                       {"pcx kpi explain new_patients --plan", "how it is found"}},
          .exits = {{0, "shown"},
                    {64, "there is no such KPI"},
                    {65, "a definition that does not hold up"}},
          .needs = Needs::config,
          .run = run_explain};
}

Cmd check_command() {
  return {.path = "kpi check",
          .summary = "Check that definitions hold up, without running them",
          .detail =
              "Reads all definitions, those of your own among them, and asks the server whether "
              "it understands each: names, columns and types. Metric names are checked when "
              "definitions are read: they are unique, and as promtool wants them.",
          .options = {timeout_option(), kpi_definitions_option()},
          .examples = {{"pcx kpi check --definitions kpi.d", "before they are used"}},
          .exits = {{0, "all hold up"},
                    {2, "the server does not understand some of them"},
                    {65, "a file of definitions is not as it should be"}},
          .needs = Needs::database,
          .run = run_check};
}

}  // namespace

std::vector<Cmd> kpi_definition_commands() {
  return {check_command(), explain_command(), list_command()};
}

}  // namespace pcx::cli
