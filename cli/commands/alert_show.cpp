// pcx alert explain, history, list: flags -> lib/alert -> show.
#include <algorithm>

#include <fmt/format.h>

#include "alert/machine.h"
#include "alert/rules_files.h"
#include "cli/commands/alert_inputs.h"
#include "cli/commands/alert_tools.h"
#include "cli/commands/kpi_tools.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using alert::Alert;
using alert::Rule;

Outcome list_metrics(Context& context, const Values& values) {
  View view{.columns = {{"metric", "METRIC"}}, .rows = {}, .summary = {}};
  for (const std::string& each : alert_metrics(values, context.config())) {
    view.rows.push_back({each});
  }
  view.summary = counted(static_cast<long long>(view.rows.size()), "metric") + ".";
  return {std::move(view)};
}

Outcome list_rules(Context& context, const Values& values) {
  View view{.columns = {{"rule", "RULE"},
                        {"expression", "EXPRESSION"},
                        {"for", "FOR"},
                        {"place", "PLACE"}},
            .rows = {},
            .summary = {}};
  for (const Rule& rule : alert_rules(values, context.config())) {
    view.rows.push_back({escape_controls(rule.id()), escape_controls(rule.expression.text()),
                         alert::to_prometheus_duration(rule.hold),
                         escape_controls(to_string(rule.place))});
  }
  view.summary = counted(static_cast<long long>(view.rows.size()), "rule") + ".";
  return {std::move(view)};
}

// As they are: to copy and to change.
Outcome show_builtin_rules() {
  std::string text;
  Document files = Document::object();
  for (const auto& file : alert::rules_files()) {
    text += file.bytes;
    files.set(std::string{file.path}, std::string{file.bytes});
  }
  return {PlainText{std::move(text), std::move(files)}};
}

void require_one_of(const Values& values, const std::vector<const char*>& options) {
  std::vector<std::string> given;
  for (const char* option : options) {
    if (values.flag(option)) given.emplace_back(option);
  }
  if (given.size() < 2) return;
  throw Error{ErrorCode::usage, fmt::format("{} and {} are both given", given[0], given[1]),
              "Give one of them."};
}

Outcome run_list(Context& context, const Values& values) {
  require_one_of(values, {"--metrics", "--all-rules", "--builtin"});
  if (values.flag("--builtin")) return show_builtin_rules();
  if (values.flag("--metrics")) return list_metrics(context, values);
  if (values.flag("--all-rules")) return list_rules(context, values);
  const alert::Memory memory = alert_memory(context, values, "pcx alert list");
  const AlertSetting setting = alert_setting(context, values);
  const auto plan = alert_plan(setting, memory, alert_now(context.clock()));
  return {alerts_view(memory.alerts, plan.suppressions)};
}

[[noreturn]] void throw_no_history(const MaybeDatabase& database) {
  if (!database.why.empty()) {
    throw Error{ErrorCode::unreachable, database.why,
                "History is in the database alone; 'pcx alert list' shows what the files know."};
  }
  throw Error{ErrorCode::unreachable,
              fmt::format("the database keeps no history of alerts: {}", database.memory_why),
              "Schema pcx does, which 'pcx alert check' makes where it may."};
}

Outcome run_history(Context& context, const Values& values) {
  MaybeDatabase database = open_for_alerts(context, values, "pcx alert history");
  if (!database.takes_memory) {
    throw_no_history(database);
  }
  alert::HistoryQuery query;
  query.rows_max = static_cast<int>(values.integer("--limit"));
  query.kind = values.optional_text("--kind").value_or("");
  for (const std::string& text : values.texts("MATCHER")) {
    query.matchers.push_back(alert::parse_matcher(text));
  }
  if (values.has("--since")) {
    query.from = alert_now(context.clock()) - values.duration("--since");
  }
  View view{.columns = {{"at", "AT"},
                        {"kind", "WHAT"},
                        {"alert", "ALERT"},
                        {"labels", "LABELS"},
                        {"text", "TEXT"},
                        {"by", "BY"}},
            .rows = {},
            .summary = {}};
  for (const alert::Event& each :
       alert::read_history(*database.database, alert_environment(context.config()), query)) {
    const auto name = each.labels.find("alertname");
    view.rows.push_back(
        {Cell{each.at}, each.kind,
         name == each.labels.end() ? Cell{} : Cell{escape_controls(name->second)},
         each.labels.empty() ? Cell{} : Cell{escape_controls(alert::to_string(each.labels))},
         escape_controls(each.text), escape_controls(each.by)});
  }
  view.summary = counted(static_cast<long long>(view.rows.size()), "event") + ".";
  return {std::move(view)};
}

[[noreturn]] void throw_no_rule(const std::vector<Rule>& rules, const std::string& name) {
  std::vector<std::string> names;
  for (const Rule& each : rules) names.push_back(each.alert);
  const auto near = nearest(name, names);
  throw Error{ErrorCode::not_found, fmt::format("there is no rule {}", escape_controls(name)),
              near ? fmt::format("Did you mean {}? 'pcx alert list --all-rules' shows all.", *near)
                   : "'pcx alert list --all-rules' shows them."}
      .because("rule");
}

std::string since(Time then, Time now) { return fmt::format("{} ago", to_short_text(now - then)); }

std::string lines_of(const Alert& each, const std::vector<alert::Suppression>& suppressions,
                     Time now) {
  std::string text =
      fmt::format("  {} {}: {}, value {:g}, true since {}\n",
                  escape_controls(alert::to_string(each.labels)), escape_controls(each.dedup_key),
                  to_string(each.phase), each.value, since(each.active_since, now));
  if (each.fired_at) text += fmt::format("    fires since {}\n", since(*each.fired_at, now));
  if (each.keep_firing_since) {
    text +=
        fmt::format("    not true since {}, kept firing\n", since(*each.keep_firing_since, now));
  }
  if (each.no_data) text += "    there are no data of it\n";
  if (each.is_flapping) text += "    it flaps, and is held\n";
  if (!each.acked_by.empty())
    text += fmt::format("    acknowledged by {}\n", escape_controls(each.acked_by));
  const alert::Suppression* const quiet = alert::suppression_of(suppressions, each);
  if (quiet != nullptr) text += fmt::format("    {}\n", escape_controls(quiet->why));
  return text;
}

// Where its alerts go.
std::vector<std::string> receivers_of(const Rule& rule, const std::vector<alert::Route>& routes) {
  if (!rule.receivers.empty()) return rule.receivers;
  std::vector<std::string> names;
  for (const alert::Route& route : routes) {
    if (route.is_default) names.push_back(route.receiver);
  }
  return names;
}

std::string line_of(const std::vector<std::string>& receivers) {
  if (receivers.empty()) {
    return "  tells nobody: no receiver is the default, and pcx_receivers names none\n";
  }
  return fmt::format("  tells {}\n", escape_controls(join(receivers, ", ")));
}

std::string timers_of(const Rule& rule) {
  std::string text = fmt::format("  for {}", alert::to_prometheus_duration(rule.hold));
  if (rule.keep_firing_for.count() > 0) {
    text +=
        fmt::format(", kept firing for {}", alert::to_prometheus_duration(rule.keep_firing_for));
  }
  if (rule.resolve)
    text += fmt::format(", resolves when {}", escape_controls(rule.resolve->text()));
  if (rule.schedule) text += fmt::format(", notifies {}", escape_controls(rule.schedule->text));
  return text + "\n";
}

bool is_true(const alert::Findings& findings, const alert::Sample& sample) {
  return std::ranges::any_of(
      findings.matches, [&](const alert::Sample& match) { return match.labels == sample.labels; });
}

std::string values_of(const alert::Findings& findings) {
  if (!findings.failure.empty()) {
    return fmt::format("  it cannot be evaluated: {}\n", escape_controls(findings.failure));
  }
  std::string text;
  for (const alert::Sample& sample : findings.present) {
    const std::string name =
        sample.labels.empty() ? "the value" : escape_controls(alert::to_string(sample.labels));
    text += fmt::format("  {} is {:g} now: {}\n", name, sample.value,
                        is_true(findings, sample) ? "true" : "not true");
  }
  return text.empty() ? "  there are no data now\n" : text;
}

Document document_of(const Alert& each, const std::vector<alert::Suppression>& suppressions) {
  Document document = Document::object();
  document.set("labels", alert_labels(each.labels));
  document.set("dedup_key", each.dedup_key);
  document.set("phase", to_string(each.phase));
  document.set("value", each.value);
  document.set("active_since", Cell{each.active_since});
  document.set("fired_at", each.fired_at ? Cell{*each.fired_at} : Cell{});
  document.set("acked_by", each.acked_by.empty() ? Cell{} : Cell{each.acked_by});
  document.set("no_data", each.no_data);
  document.set("is_flapping", each.is_flapping);
  Document reasons = Document::array();
  const alert::Suppression* const quiet = alert::suppression_of(suppressions, each);
  if (quiet != nullptr) reasons.add(quiet->why);
  return document.set("quiet_because", std::move(reasons));
}

Document document_of(const Rule& rule, const alert::Findings& findings) {
  Document values = Document::array();
  for (const alert::Sample& sample : findings.present) {
    Document value = Document::object();
    value.set("labels", alert_labels(sample.labels)).set("value", sample.value);
    values.add(std::move(value.set("is_true", is_true(findings, sample))));
  }
  Document document = Document::object();
  document.set("rule", rule.id()).set("place", to_string(rule.place));
  document.set("expression", rule.expression.text());
  document.set("for", alert::to_prometheus_duration(rule.hold));
  document.set("failure", findings.failure.empty() ? Cell{} : Cell{findings.failure});
  return document.set("values", std::move(values));
}

Outcome run_explain(Context& context, const Values& values) {
  AlertSetting setting = alert_setting(context, values);
  const std::string& name = values.text("RULE");
  std::vector<Rule> rules;
  std::ranges::copy_if(setting.setting.rules, std::back_inserter(rules),
                       [&](const Rule& rule) { return rule.alert == name || rule.id() == name; });
  if (rules.empty()) throw_no_rule(setting.setting.rules, name);
  std::optional<InputReader> reader;
  MaybeDatabase database = open_for_alerts(context, values, "pcx alert explain",
                                           [&] { reader.emplace(context, values, rules); });
  alert::Memory memory = alert_memory(context, values, database);
  const Time now = alert_now(context.clock());
  const auto inputs = reader->read(database, memory, {});
  const auto plan = alert_plan(setting, memory, now);
  std::string text;
  Document document = Document::array();
  for (const Rule& rule : rules) {
    const alert::Findings findings = alert::look(rule, inputs, now);
    Document alerts = Document::array();
    text += fmt::format("{} ({})\n  {}\n", escape_controls(rule.id()),
                        escape_controls(to_string(rule.place)),
                        escape_controls(rule.expression.text()));
    const auto receivers = receivers_of(rule, setting.setting.routes);
    text += timers_of(rule) + line_of(receivers) + values_of(findings);
    for (const Alert& each : memory.alerts) {
      if (each.rule != rule.id() || each.phase == alert::Phase::resolved) continue;
      text += lines_of(each, plan.suppressions, now);
      alerts.add(document_of(each, plan.suppressions));
    }
    document.add(document_of(rule, findings).set("alerts", std::move(alerts)));
  }
  return {PlainText{std::move(text), std::move(document)}};
}

Cmd list_command() {
  return {
      .path = "alert list",
      .summary = "Show what is pending and what fires",
      .detail = "As the last run of 'pcx alert check' left it, and what keeps an alert quiet now.",
      .options = {{.name = "--all-rules", .type = Type::flag, .help = "show the rules instead"},
                  {.name = "--builtin",
                   .type = Type::flag,
                   .help = "print the rule file that comes with pcx instead, to copy and change"},
                  {.name = "--metrics",
                   .type = Type::flag,
                   .help = "show what rules may ask for instead"},
                  alert_rules_option(),
                  alert_state_option(),
                  kpi_definitions_option()},
      .examples = {{"pcx alert list", "alerts"},
                   {"pcx alert list --metrics", "names for rules"},
                   {"pcx alert list --builtin > rules.yaml", "rules of your own begin with these"}},
      .exits = {{0, "shown"},
                {65, "a rule that does not hold up"},
                {78, "a receiver or inhibition is configured wrongly"}},
      .needs = Needs::config,
      .run = run_list};
}

Cmd history_command() {
  return {.path = "alert history",
          .summary = "Show what happened: alerts, notifications, silences",
          .options = {{.name = "--kind",
                       .type = Type::choice,
                       .metavar = "WORD",
                       .help = "only events of this kind",
                       .choices = {"acknowledged", "began_pending", "dead", "delivered", "fired",
                                   "flaps", "gave_up_pending", "lost_data", "merged", "queued",
                                   "regained_data", "resolved", "rule_gone", "settled",
                                   "silence_added", "silence_ended"}},
                      {.name = "--since",
                       .type = Type::duration,
                       .metavar = "TIME",
                       .help = "not older than that"},
                      {.name = "--limit",
                       .type = Type::integer,
                       .metavar = "N",
                       .help = "so many at most, the newest",
                       .fallback = "100",
                       .minimum = 1,
                       .maximum = 100'000}},
          .arguments = {{.name = "MATCHER",
                         .help = "alertname=LowStock; all fit",
                         .required = false,
                         .repeated = true}},
          .examples = {{"pcx alert history --kind fired --since 7d", "a week's alerts"}},
          .exits = {{0, "shown"},
                    {65, "a matcher that is none"},
                    {69, "the database, which keeps it, cannot be reached, or keeps none"}},
          .needs = Needs::config,
          .run = run_history};
}

Cmd explain_command() {
  std::vector<Opt> options = {alert_rules_option(), alert_state_option()};
  for (Opt& option : alert_input_options()) options.push_back(std::move(option));
  return {.path = "alert explain",
          .summary = "Say why a rule fires, or why nobody hears of it",
          .detail =
              "Its values now, its thresholds and timers, and what silences or inhibits its "
              "alerts. Nothing is remembered and nothing sent.",
          .options = std::move(options),
          .arguments = {{.name = "RULE", .help = "its name", .dynamic = "alert_rules"}},
          .examples = {{"pcx alert explain LowStock", "of all tenants"}},
          .exits = {{0, "explained"},
                    {65, "a rule that does not hold up"},
                    {66, "no such rule"},
                    {78, "a receiver or inhibition is configured wrongly"}},
          .needs = Needs::config,
          .run = run_explain};
}

}  // namespace

std::vector<Cmd> alert_show_commands() {
  return {explain_command(), history_command(), list_command()};
}

}  // namespace pcx::cli
