// pcx alert simulate, test: flags -> lib/alert -> show.
#include <algorithm>

#include <fmt/format.h>

#include "alert/rule_test.h"
#include "alert/zone_files.h"
#include "cli/commands/alert_kpis.h"
#include "cli/commands/alert_tools.h"
#include "cli/commands/kpi_tools.h"
#include "core/date.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

Outcome run_test(Context&, const Values& values) {
  View view{
      .columns = {{"test", "TEST"}, {"place", "PLACE"}, {"state", "STATE"}, {"failure", "FAILURE"}},
      .rows = {},
      .summary = {}};
  long long failed = 0;
  for (const std::string& file : values.texts("FILE")) {
    for (const alert::RuleTestResult& each : alert::run_rule_tests(file)) {
      const bool ok = each.failures.empty();
      failed += ok ? 0 : 1;
      if (ok) {
        view.rows.push_back({escape_controls(each.name), escape_controls(to_string(each.place)),
                             std::string{"ok"}, Cell{}});
      }
      for (const std::string& failure : each.failures) {
        view.rows.push_back({escape_controls(each.name), escape_controls(to_string(each.place)),
                             std::string{"failed"}, escape_controls(failure)});
      }
    }
  }
  view.summary =
      failed == 0 ? "All tests pass." : fmt::format("{} failed.", counted(failed, "test"));
  return {std::move(view), failed == 0 ? Finding::ok : Finding::critical};
}

// Stored numbers at a moment of the past.
class PastSeries final : public alert::Series {
 public:
  explicit PastSeries(const StoredKpis& stored) : stored_(stored) {}

  alert::Samples select(const alert::Selector& selector, Time at) const override {
    const auto found = selector.offset.count() == 0
                           ? stored_.newest(selector.name, at)
                           : stored_.of_day(selector.name, at - selector.offset);
    if (!found) {
      throw Error{ErrorCode::data, fmt::format("{} is not kept", selector.name),
                  "Only KPIs can be replayed."}
          .because("input_failed");
    }
    alert::Samples samples;
    std::ranges::copy_if(*found, std::back_inserter(samples), [&](const alert::Sample& each) {
      return selector.matchers.match(each.labels);
    });
    return samples;
  }

 private:
  const StoredKpis& stored_;
};

bool is_of_kpis(const alert::Rule& rule, const KpiMetrics& metrics) {
  const auto known = [&](const alert::Selector& each) { return metrics.contains(each.name); };
  return std::ranges::all_of(rule.expression.selectors(), known) &&
         (!rule.resolve || std::ranges::all_of(rule.resolve->selectors(), known));
}

// Times have 64 bits of nanoseconds.
Time midnight(kpi::Date date) {
  using namespace std::chrono_literals;
  const std::chrono::year year = std::chrono::year_month_day{date}.year();
  if (year >= 1678y && year <= 2261y) return Time{date};
  throw Error{ErrorCode::usage,
              fmt::format("no day of the year {} can be replayed", static_cast<int>(year)),
              "Give days that were recorded."};
}

Outcome run_simulate(Context& context, const Values& values) {
  const kpi::DaysAsked days = kpi_range(values);
  const Time from = midnight(days.first);
  const Time to = midnight(days.last) + std::chrono::hours{24};
  if (values.duration("--step") < std::chrono::seconds{1}) {
    throw Error{ErrorCode::usage, "--step is shorter than a second", "Give 1m, or 1h."};
  }
  const auto catalog = kpi_catalog(values);
  const std::string currency = context.config().text("kpi.currency").value_or("usd");
  AlertSetting setting = alert_setting(context, values);
  const KpiMetrics metrics = kpi_metrics(*catalog, currency);
  const auto left_out = std::erase_if(
      setting.setting.rules, [&](const alert::Rule& rule) { return !is_of_kpis(rule, metrics); });
  if (left_out > 0) {
    context.progress().say(fmt::format(
        "{} left out: only numbers of KPIs are kept by days",
        counted(static_cast<long long>(left_out), "rule") + (left_out == 1 ? " is" : " are")));
  }
  for (alert::Rule& rule : setting.setting.rules) {
    // Each step is a run.
    rule.interval = std::max(
        rule.interval, std::chrono::floor<std::chrono::milliseconds>(values.duration("--step")));
  }
  if (setting.setting.routes.empty()) {
    setting.setting.routes.push_back({.receiver = "(none)", .is_default = true});
  }
  const KpiNeed need = kpi_need(alert_selectors(setting.setting.rules), *catalog, metrics);
  const StoredScope scope{.kpis = need.kpis, .from = from - need.back - kStoredReach, .to = to};
  const StoredKpis stored{context.database(), catalog, currency, scope, context.clock()};
  if (!stored.has_days(from, to)) {
    throw Error{ErrorCode::not_found,
                fmt::format("no number of a day from {} to {} is recorded", values.text("--from"),
                            values.text("--to")),
                "'pcx kpi backfill' records days that are over."};
  }
  const PastSeries series{stored};
  const alert::ZoneFiles zones = alert_zones();
  alert::Memory memory;
  View view{.columns = {{"at", "AT"},
                        {"action", "WHAT"},
                        {"receiver", "RECEIVER"},
                        {"severity", "SEVERITY"},
                        {"summary", "SUMMARY"},
                        {"why", "WHY"}},
            .rows = {},
            .summary = {}};
  SeededRandom random{0};
  for (Time at = from; at < to; at += values.duration("--step")) {
    context.interrupt().throw_if_requested();
    alert::evaluate(memory, setting.setting, series, zones, at, random);
    for (const alert::OutboxLine& line : memory.outbox) {
      const alert::Notification& each = line.notification;
      view.rows.push_back({Cell{each.at}, std::string{to_string(each.action)},
                           escape_controls(line.receiver), std::string{to_string(each.severity)},
                           escape_controls(each.summary), escape_controls(each.why)});
    }
    memory.outbox.clear();
    memory.new_events.clear();
  }
  view.summary = counted(static_cast<long long>(view.rows.size()), "notification") + ".";
  return {std::move(view)};
}

}  // namespace

std::vector<Cmd> alert_test_commands() {
  return {
      {.path = "alert simulate",
       .summary = "Replay recorded days through the rules",
       .detail =
           "What receivers would have been told, had these rules been there: from the numbers "
           "that 'pcx kpi record' kept. Nothing is remembered and nothing sent.",
       .options = {{.name = "--from", .metavar = "DATE", .help = "the first day", .required = true},
                   {.name = "--to", .metavar = "DATE", .help = "the last day", .required = true},
                   {.name = "--step",
                    .type = Type::duration,
                    .metavar = "TIME",
                    .help = "how often the rules are evaluated",
                    .fallback = "1h"},
                   alert_rules_option(),
                   kpi_definitions_option()},
       .examples = {{"pcx alert simulate --from 2026-01-01 --to 2026-03-31", "a quarter"}},
       .exits = {{0, "shown"},
                 {64, "a day or range that cannot be replayed, or a step that is too short"},
                 {65, "a rule that does not hold up"},
                 {66, "no number of these days is recorded"},
                 {69, "the database cannot be reached"},
                 {78, "a receiver or inhibition is configured wrongly"}},
       .needs = Needs::database,
       .run = run_simulate},
      {.path = "alert test",
       .summary = "Run tests of rules",
       .detail = "Files as 'promtool test rules' has them, without group_eval_order and "
                 "external_labels. Besides, a test may say what a receiver would have been sent "
                 "until a time:\n\n"
                 "exp_notifications: {until: 1h, notifications: [{at: 10m, action: trigger, "
                 "severity: warning}, {at: 40m, action: resolve, severity: warning}]}",
       .arguments = {{.name = "FILE", .help = "a test file", .type = Type::file, .repeated = true}},
       .examples = {{"pcx alert test alerts_test.yml", "its tests"}},
       .exits = {{0, "all pass"},
                 {2, "some do not"},
                 {65, "a file that does not hold up"},
                 {66, "a file that is not there"}},
       .needs = Needs::nothing,
       .run = run_test}};
}

}  // namespace pcx::cli
