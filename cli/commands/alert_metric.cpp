#include "cli/commands/alert_metric.h"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "alert/nagios.h"
#include "cli/commands/alert_inputs.h"
#include "cli/commands/alert_tools.h"
#include "cli/commands/alert_verdict.h"
#include "core/error.h"

namespace pcx::cli {

namespace {

std::optional<alert::Range> range_in(const Values& values, const char* option) {
  const auto text = values.optional_text(option);
  if (!text) return std::nullopt;
  try {
    return alert::parse_range(*text);
  } catch (const Error& error) {
    throw Error{error}.at({option, 0, 0});
  }
}

Finding finding_of(double value, const std::optional<alert::Range>& warning,
                   const std::optional<alert::Range>& critical) {
  if (std::isnan(value)) return Finding::unknown;
  if (critical && critical->is_alert(value)) return Finding::critical;
  return warning && warning->is_alert(value) ? Finding::warning : Finding::ok;
}

// As of rules: what cannot be told hides nothing worse.
int badness(Finding finding) {
  switch (finding) {
    case Finding::ok: return 0;
    case Finding::warning: return 1;
    case Finding::unknown: return 2;
    case Finding::critical: return 3;
  }
  return 3;
}

std::string label_of(const std::string& name, const alert::Labels& labels) {
  std::string label = name;
  for (const auto& [key, value] : labels) label += " " + value;
  return label;
}

std::string text_of(const std::optional<alert::Range>& range) {
  return range ? to_string(*range) : std::string{};
}

struct Ranges {
  std::optional<alert::Range> warning, critical;
};

// The worst of all series; none at all cannot be judged.
Verdict judge_metric(const Ranges& ranges, const std::string& name, const alert::Answer& answer) {
  const auto& [warning, critical] = ranges;
  Verdict verdict{.finding = Finding::unknown, .line = {}, .document = Document::object()};
  std::vector<alert::PerfData> data;
  std::string worst = fmt::format("{} has no value", name);
  for (const alert::Sample& sample : alert::samples_of(answer)) {
    const Finding found = finding_of(sample.value, warning, critical);
    const std::string label = label_of(name, sample.labels);
    if (data.empty() || badness(found) > badness(verdict.finding)) {
      verdict.finding = found;
      worst = std::isnan(sample.value) ? label + " is no number"
                                       : fmt::format("{} is {:g}", label, sample.value);
    }
    data.push_back({.label = label,
                    .value = sample.value,
                    .warning = text_of(warning),
                    .critical = text_of(critical)});
  }
  verdict.line = alert::plugin_line(kAlertService, verdict.finding, worst, data);
  return verdict;
}

}  // namespace

Outcome run_alert_metric(Context& context, const Values& values) {
  for (const char* option : {"--rules", "--exit-on", "--deadline", "--dry-run"}) {
    if (values.entry(option).source != Source::flag) continue;
    throw Error{ErrorCode::usage, fmt::format("{} is given with --metric", option),
                "Leave it out: there are no rules then, and nothing is remembered or sent."};
  }
  const std::string& name = values.text("--metric");
  const Ranges ranges{range_in(values, "--warning"), range_in(values, "--critical")};
  std::vector<alert::Rule> rules(1);
  alert::Rule& rule = rules.front();
  rule.place = {"--metric", 0, 0};
  rule.expression = alert::Expression::parse(name, {"--metric", 1, 1});
  std::optional<InputReader> reader;
  MaybeDatabase database = connect_for_alerts(context, values, "pcx alert check",
                                              [&] { reader.emplace(context, values, rules); });
  alert::Memory memory;
  if (reader->asks_application()) {
    // For windows, and for when it may be asked again.
    settle_memory(context, AlertSchema::as_it_is, database);
    memory = alert_memory(context, values, database);
  }
  const alert::InputSet inputs = reader->read(database, memory, {});
  const auto answer = rule.expression.evaluate(inputs, alert_now(context.clock()));
  return outcome_of(judge_metric(ranges, name, answer));
}

}  // namespace pcx::cli
