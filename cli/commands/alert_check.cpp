// pcx alert check: inputs -> lib/alert -> one line for cron and for monitoring.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "alert/delivery.h"
#include "alert/nagios.h"
#include "cli/commands/alert_inputs.h"
#include "cli/commands/alert_metric.h"
#include "cli/commands/alert_ping.h"
#include "cli/commands/alert_tools.h"
#include "cli/commands/alert_verdict.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::cli {

namespace {

using alert::Alert;
using alert::Memory;

constexpr std::chrono::minutes kAnswerAgeMax{5};    // of a run that is given again
constexpr std::chrono::seconds kDeliveryShare{15};  // of the deadline, as far as half of it
constexpr std::chrono::minutes kWaitMax{5};         // of a notification, before the line says so
constexpr std::size_t kNamedMax = 3;                // alerts in the line; the others are counted

Finding finding_of(alert::Severity severity) {
  switch (severity) {
    case alert::Severity::info: return Finding::ok;
    case alert::Severity::warning: return Finding::warning;
    case alert::Severity::error:
    case alert::Severity::critical: return Finding::critical;
  }
  return Finding::unknown;
}

// Fires, and is neither silenced nor inhibited.
bool is_loud(const alert::Evaluation& evaluation, const Alert& each) {
  return each.is_firing() && alert::suppression_of(evaluation.suppressions, each) == nullptr;
}

// The worst first.
std::vector<Alert> loud_alerts(const alert::Evaluation& evaluation) {
  std::vector<Alert> loud;
  std::ranges::copy_if(evaluation.alerts, std::back_inserter(loud),
                       [&](const Alert& each) { return is_loud(evaluation, each); });
  std::ranges::stable_sort(loud, [](const Alert& left, const Alert& right) {
    return left.severity() > right.severity();
  });
  return loud;
}

std::string name_of(const Alert& each) {
  const auto summary = each.annotations.find("summary");
  if (summary != each.annotations.end() && !summary->second.empty()) return summary->second;
  return each.labels.at("alertname");
}

// Nothing is loud; what is quiet or may be loud soon is said, lest all seem well.
std::string words_of_calm(const alert::Evaluation& evaluation) {
  const auto quiet = std::ranges::count_if(evaluation.alerts, &Alert::is_firing);
  if (quiet > 0) {
    return fmt::format("{} silenced or held back",
                       counted(quiet, "alert") + (quiet == 1 ? " is" : " are"));
  }
  const auto pending = std::ranges::count(evaluation.alerts, alert::Phase::pending, &Alert::phase);
  if (pending == 0) return "nothing fires";
  return fmt::format("nothing fires; {} pending",
                     counted(pending, "alert") + (pending == 1 ? " is" : " are"));
}

// "2 rules and 1 silence".
std::string things_of(const std::vector<alert::RuleFailure>& failures) {
  const auto silences = std::ranges::count(failures, true, &alert::RuleFailure::is_of_silence);
  const auto rules = std::ssize(failures) - silences;
  std::vector<std::string> things;
  if (rules > 0) things.push_back(counted(rules, "rule"));
  if (silences > 0) things.push_back(counted(silences, "silence"));
  return join(things, " and ");
}

std::string words_of(const std::vector<Alert>& loud, const alert::Evaluation& evaluation) {
  if (loud.empty() && evaluation.failures.empty()) return words_of_calm(evaluation);
  // Warning and critical of one problem are one incident: the worst of them names it.
  std::set<std::string> problems;
  std::vector<std::string> names;
  for (const Alert& each : loud) {
    const bool is_told = problems.insert(each.dedup_key).second;
    if (is_told && names.size() < kNamedMax) names.push_back(name_of(each));
  }
  std::string words = join(names, "; ");
  if (problems.size() > kNamedMax) words += fmt::format("; {} more", problems.size() - kNamedMax);
  if (evaluation.failures.empty()) return words;
  if (!words.empty()) words += "; ";
  const auto& first = evaluation.failures.front();
  return words + fmt::format("{} cannot be evaluated ({}: {})", things_of(evaluation.failures),
                             first.rule, first.why);
}

// How many alerts and rules of each kind.
std::vector<alert::PerfData> data_of(const alert::Setting& setting,
                                     const alert::Evaluation& evaluation) {
  const auto count = [&](auto fits) {
    return static_cast<double>(std::ranges::count_if(evaluation.alerts, fits));
  };
  std::vector<alert::PerfData> data = {
      {.label = "firing",
       .value = count([](const Alert& each) { return each.is_firing(); }),
       .warning = {},
       .critical = {}},
      {.label = "pending",
       .value = count([](const Alert& each) { return each.phase == alert::Phase::pending; }),
       .warning = {},
       .critical = {}},
      {.label = "rules",
       .value = static_cast<double>(setting.rules.size()),
       .warning = {},
       .critical = {}},
      {.label = "failed",
       .value = static_cast<double>(evaluation.failures.size()),
       .warning = {},
       .critical = {}}};
  return data;
}

Finding worst_of(const std::vector<Alert>& loud, const alert::Evaluation& evaluation) {
  const Finding worst = loud.empty() ? Finding::ok : finding_of(loud.front().severity());
  if (worst != Finding::critical && !evaluation.failures.empty()) return Finding::unknown;
  return worst;
}

Document document_of(const alert::Evaluation& evaluation) {
  Document alerts = Document::array();
  for (const Alert& each : evaluation.alerts) {
    Document one = Document::object();
    one.set("alert", each.labels.at("alertname"));
    one.set("labels", alert_labels(each.labels));
    one.set("phase", to_string(each.phase));
    one.set("severity", to_string(each.severity()));
    one.set("value", each.value);
    one.set("active_since", Cell{each.active_since});
    one.set("dedup_key", each.dedup_key);
    one.set("is_loud", is_loud(evaluation, each));
    alerts.add(std::move(one));
  }
  Document failures = Document::array();
  for (const alert::RuleFailure& each : evaluation.failures) {
    failures.add(Document::object().set("rule", each.rule).set("why", each.why));
  }
  Document document = Document::object();
  document.set("alerts", std::move(alerts));
  document.set("failures", std::move(failures));
  document.set("queued", evaluation.queued);
  return document;
}

Verdict judge(const alert::Setting& setting, const alert::Evaluation& evaluation) {
  const auto loud = loud_alerts(evaluation);
  Verdict verdict;
  verdict.finding = worst_of(loud, evaluation);
  verdict.line = alert::plugin_line(kAlertService, verdict.finding, words_of(loud, evaluation),
                                    data_of(setting, evaluation));
  verdict.document = document_of(evaluation);
  return verdict;
}

// --exit-on: what the exit status is of.
Finding told(const Values& values, Finding finding, bool is_new) {
  const std::string& on = values.text("--exit-on");
  if (finding == Finding::unknown || on == "firing") return finding;
  return on == "new" && is_new ? finding : Finding::ok;
}

// Another run is at it: what the last one found, and when. One that hangs must not be hidden.
Outcome last_answer(Context& context, const Values& values, const Error& busy) {
  const auto last = alert_memory(context, values, "pcx alert check").last_run;
  if (!last) throw Error{busy};
  const auto age = alert_now(context.clock()) - last->at;
  if (age > kAnswerAgeMax) {
    throw Error{ErrorCode::busy,
                fmt::format("another run is under way, and the last one that ended is {} old",
                            to_short_text(age)),
                busy.hint()};
  }
  Verdict verdict{.finding = static_cast<Finding>(last->exit_code),
                  .line = with_remark(
                      escape_controls(last->line),
                      fmt::format(" (found {} ago; another run is under way)", to_short_text(age))),
                  .document = Document::object()};
  verdict.document.set("at", Cell{last->at});
  Outcome outcome = outcome_of(std::move(verdict));
  outcome.finding = told(values, outcome.finding, false);
  return outcome;
}

void remember_run(Memory& memory, const Verdict& verdict, Time now, const std::string& run_id) {
  alert::RunSummary run{.at = now,
                        .exit_code = static_cast<int>(verdict.finding),
                        .line = verdict.line,
                        .run_id = run_id};
  if (memory.last_run && memory.last_run->at < now) {
    run.since_previous = std::chrono::floor<std::chrono::milliseconds>(now - memory.last_run->at);
    // Of two: a look by hand in between makes no run come more often.
    run.pace = std::max(run.since_previous, memory.last_run->since_previous);
  }
  memory.last_run = std::move(run);
}

void say_delivery(Context& context, const alert::DeliveryReport& report) {
  for (const auto& [receiver, words] : report.failures) {
    context.progress().say(alert_failure_words(receiver, words));
  }
  if (report.waiting == 0) return;
  context.progress().say(fmt::format(
      "{} for the next run",
      counted(report.waiting, "notification") + (report.waiting == 1 ? " waits" : " wait")));
}

// A notification that a receiver refused for good, or does not take, is a problem by itself.
void add_undelivered(Verdict& verdict, const std::vector<alert::PerfData>& data,
                     const alert::DeliveryReport& report, Time now) {
  std::vector<std::string> words;
  if (report.refused > 0) {
    words.push_back(fmt::format("{} refused: pcx alert history --kind dead",
                                counted(report.refused, "notification")));
  }
  if (report.oldest && now - *report.oldest >= kWaitMax) {
    words.push_back(fmt::format("{} undelivered, the oldest for {}",
                                counted(report.waiting, "notification"),
                                to_short_text(now - *report.oldest)));
  }
  if (words.empty()) return;
  if (verdict.finding == Finding::ok) {
    verdict.finding = Finding::warning;
    verdict.line = alert::plugin_line(kAlertService, verdict.finding, join(words, "; "), data);
  } else {
    verdict.line = with_remark(verdict.line, " (" + join(words, "; ") + ")");
  }
}

// Something began in this run, or receivers are told of something.
bool has_news(const Memory& memory, const alert::Evaluation& evaluation, Time now) {
  return evaluation.queued > 0 ||
         std::ranges::any_of(memory.new_events, [now](const alert::Event& each) {
           return each.at == now && each.kind == "fired";
         });
}

// What a run is about, as files say it.
struct Task {
  Task(Context& context, const Values& values)
      : setting(alert_setting(context, values)), reader(context, values, setting.setting.rules) {}

  AlertSetting setting;
  InputReader reader;
};

struct Beginning {
  std::unique_ptr<Task> task;
  MaybeDatabase database;
};

// A mistake in rules is said first, and before anything is made.
Beginning begin(Context& context, const Values& values) {
  Beginning done;
  const auto read = [&] { done.task = std::make_unique<Task>(context, values); };
  done.database = connect_for_alerts(context, values, "pcx alert check", read);
  return done;
}

alert::Evaluation evaluate(Context& context, Task& task, MaybeDatabase& database, Memory& memory,
                           Time now, const InputLimits& limits) {
  const alert::InputSet inputs = task.reader.read(database, memory, limits);
  const alert::ZoneFiles zones = alert_zones();
  return alert::evaluate(memory, task.setting.setting, inputs, zones, now, context.random());
}

// --dry-run: no lock, no schema, no folder, no ping.
Outcome try_rules(Context& context, const Values& values) {
  auto [task, database] = begin(context, values);
  settle_memory(context, AlertSchema::as_it_is, database);
  Memory memory = alert_memory(context, values, database);
  const Time now = alert_now(context.clock());
  const alert::Evaluation evaluation = evaluate(context, *task, database, memory, now, {});
  Outcome outcome = outcome_of(judge(task->setting.setting, evaluation));
  outcome.finding = told(values, outcome.finding, has_news(memory, evaluation, now));
  return outcome;
}

// The least that is left to receivers, however long a statement took.
std::chrono::nanoseconds share_of_delivery(std::chrono::nanoseconds deadline) {
  return std::min<std::chrono::nanoseconds>(kDeliveryShare, deadline / 2);
}

// A receiver's line must not come before the one that monitoring reads.
void write_stderr(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

alert::DeliveryReport deliver(Context& context, AlertDesk& desk,
                              const std::vector<alert::ReceiverConfig>& receivers,
                              std::chrono::steady_clock::time_point began,
                              std::chrono::nanoseconds deadline) {
  const auto least = context.clock().steady_now() + share_of_delivery(deadline);
  return alert_deliver(context, desk, receivers, std::max(began + deadline, least), write_stderr);
}

Outcome run_rules(Context& context, const Values& values) {
  const auto began = context.clock().steady_now();
  const auto deadline = values.duration("--deadline");
  auto [task, database] = begin(context, values);
  std::optional<AlertDesk> desk;
  try {
    desk.emplace(context, values, std::move(database));
  } catch (const Error& error) {
    if (error.reason() != alert::kAnotherRun) throw;
    return last_answer(context, values, error);
  }
  Ping ping{context};
  ping.start();
  desk->load();
  Memory& memory = desk->memory();
  const alert::Evaluation evaluation =
      evaluate(context, *task, desk->database(), memory, desk->now(),
               {.may_log_in = true, .until = began + deadline - share_of_delivery(deadline)});
  Verdict verdict = judge(task->setting.setting, evaluation);
  const bool is_new = has_news(memory, evaluation, desk->now());
  remember_run(memory, verdict, desk->now(), context.actor().run_id);
  desk->save();
  const auto report = deliver(context, *desk, task->setting.receivers, began, deadline);
  add_undelivered(verdict, data_of(task->setting.setting, evaluation), report, desk->now());
  memory.last_run->exit_code = static_cast<int>(verdict.finding);
  memory.last_run->line = verdict.line;
  // Attempts are saved already; not what they mean for others of the same receiver, and for the
  // answer.
  if (!memory.new_events.empty() || report.waiting > 0) desk->save();
  desk->say_loss(context);
  say_delivery(context, report);
  ping.end(verdict.finding, verdict.line);
  Outcome outcome = outcome_of(std::move(verdict));
  outcome.finding = told(values, outcome.finding, is_new);
  return outcome;
}

Outcome run_check(Context& context, const Values& values) {
  if (values.has("--metric")) return run_alert_metric(context, values);
  for (const char* option : {"--warning", "--critical"}) {
    if (!values.has(option)) continue;
    throw Error{ErrorCode::usage, fmt::format("{} is given without --metric", option),
                "Say which number it is of; rules have their thresholds in their expressions."};
  }
  return values.flag("--dry-run") ? try_rules(context, values) : run_rules(context, values);
}

std::vector<Opt> check_options() {
  std::vector<Opt> options = {
      alert_rules_option(),
      alert_state_option(),
      {.name = "--deadline",
       .type = Type::duration,
       .metavar = "TIME",
       .help = "how long all of it may take; what is not sent by then waits for the next run",
       .fallback = "50s"},
      {.name = "--exit-on",
       .type = Type::choice,
       .metavar = "WHEN",
       .help = "what the exit status is of: alerts that fire, only what is new, or none",
       .choices = {"firing", "new", "never"},
       .fallback = "firing"},
      {.name = "--dry-run",
       .type = Type::flag,
       .help = "evaluate and show; remember and send nothing"},
      {.name = "--metric",
       .metavar = "EXPRESSION",
       .help = "instead of rules: a number, against --warning and --critical"},
      {.name = "--warning", .letter = 'w', .metavar = "RANGE", .help = "with --metric: 10, 5:10"},
      {.name = "--critical", .letter = 'c', .metavar = "RANGE", .help = "with --metric: @0:3"}};
  for (Opt& option : alert_input_options()) options.push_back(std::move(option));
  return options;
}

}  // namespace

std::vector<Cmd> alert_check_commands() {
  return {
      {.path = "alert check",
       .summary = "Evaluate the rules, tell receivers, and answer as a monitoring plugin",
       .detail =
           "For cron, a timer, or a monitoring system: one line with performance data, and 0, 1, 2 "
           "or 3. What was found before is remembered in the database, and in files for when the "
           "database is what is down. Each problem is one incident: it is told once, again when it "
           "gets worse, and its end is told, too, silenced or not. Missing numbers end nothing.\n\n"
           "What cannot be sent before --deadline stays in the outbox; nothing is lost when a run "
           "is killed. While another run is under way the last answer is given again, with its "
           "age.\n\nWith --metric no rules are read and nothing is remembered: the value of an "
           "expression is held against two ranges of the Monitoring Plugins' guidelines.",
       .options = check_options(),
       .examples = {{"pcx alert check", "each minute, by cron"},
                    {"pcx alert check --stored", "with the KPIs of yesterday, quickly"},
                    {"pcx alert check --metric pcx_health_backends_ratio -w 0.8 -c 0.95",
                     "as a plugin without rules"}},
       .exits = {{0, "nothing fires"},
                 {1,
                  "the worst that fires is a warning; or a receiver refused a notification, or "
                  "took none for 5 minutes"},
                 {2, "an error or something critical fires"},
                 {3, "a rule could not be evaluated, or anything else went wrong"}},
       .needs = Needs::config,
       .is_plugin = true,
       .run = run_check}};
}

}  // namespace pcx::cli
