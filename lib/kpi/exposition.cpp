#include "kpi/exposition.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include <fmt/format.h>

#include "core/text.h"
#include "kpi/controls.h"
#include "kpi/measurement.h"

namespace pcx::kpi {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  Labels labels;
  std::string value;
};

struct Family {
  std::string help;
  std::string unit;  // as it ends the name; empty: none
  std::vector<Sample> samples;
};

using Families = std::map<std::string, Family>;  // by name

const char* const kHelpOfError = "1 when the question of the KPI failed, else 0.";
const char* const kHelpOfUnknown = "1 for a KPI without a number, and why there is none.";
const char* const kHelpOfStart = "When the day began that the KPIs are of.";
const char* const kHelpOfEnd = "When the day ends that the KPIs are of.";
const char* const kHelpOfPartial = "1 when the day of the KPIs was not over, else 0.";
const char* const kHelpOfSuccess = "When KPIs were last collected, not all of which failed.";
const char* const kHelpOfDuration = "How long collecting the KPIs took.";

std::string seconds_text(std::chrono::milliseconds duration) {
  const auto whole = duration.count() / 1000;
  const auto rest = duration.count() % 1000;
  return rest == 0 ? fmt::format("{}", whole) : fmt::format("{}.{:03}", whole, rest);
}

std::string seconds_text(Time instant) {
  return seconds_text(
      std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()));
}

// What OpenMetrics calls the unit: the last word of the name.
std::string unit_of(const Definition& definition, const std::string& currency,
                    const std::string& name) {
  std::string unit;
  if (definition.kind == Kind::duration) unit = "seconds";
  if (definition.kind == Kind::money) unit = currency;
  if (definition.kind == Kind::ratio) unit = "ratio";
  return !unit.empty() && name.ends_with("_" + unit) ? unit : "";
}

void add(Families& families, const std::string& name, std::string help, std::string unit,
         Sample sample) {
  Family& family = families[name];
  family.help = std::move(help);
  family.unit = std::move(unit);
  family.samples.push_back(std::move(sample));
}

void add_number(Families& families, const Report& report, const Measurement& measurement) {
  const Definition& definition = measurement.definition();
  std::string name = metric_name(definition, report.currency);
  std::string title = definition.title;
  Labels labels{{"tenant", measurement.tenant->label()}};
  if (measurement.part) {
    name += "_by_" + definition.by;
    title += " by " + definition.by;
    labels.emplace_back(definition.by, measurement.part->label);
  }
  std::string help = fmt::format("{} (unit: {})", title, unit_name(definition, report.currency));
  std::string unit = unit_of(definition, report.currency, name);
  add(families, name, std::move(help), std::move(unit), {std::move(labels), measurement.digits()});
}

void add_state(Families& families, const std::string& tenant, const Result& result) {
  const State state = result.value.state;
  const Labels labels{{"tenant", tenant}, {"kpi", result.definition->name}};
  add(families, "pcx_kpi_error", kHelpOfError, {}, {labels, state == State::failed ? "1" : "0"});
  if (state != State::no_data && state != State::not_kept) return;
  Labels with_reason = labels;
  with_reason.emplace_back("reason", to_string(state));
  add(families, "pcx_kpi_unknown", kHelpOfUnknown, {}, {std::move(with_reason), "1"});
}

void add_day(Families& families, const Report& report, const DayReport& day) {
  const std::string tenant = report.tenant_of(day).label();
  const Labels labels{{"tenant", tenant}};
  for (const Measurement& each : measurements(report, day)) add_number(families, report, each);
  for (const Result& result : day.results) add_state(families, tenant, result);
  add(families, "pcx_kpi_day_start_timestamp_seconds", kHelpOfStart, "seconds",
      {labels, seconds_text(day.day.from)});
  add(families, "pcx_kpi_day_end_timestamp_seconds", kHelpOfEnd, "seconds",
      {labels, seconds_text(day.day.to)});
  add(families, "pcx_kpi_partial", kHelpOfPartial, {}, {labels, day.is_partial() ? "1" : "0"});
}

bool has_answer(std::span<const DayReport> days) {
  return std::ranges::any_of(days, [](const DayReport& day) {
    return std::ranges::any_of(
        day.results, [](const Result& each) { return each.value.state != State::failed; });
  });
}

Families families_of(const Report& report, std::span<const DayReport> days) {
  Families families;
  for (const DayReport& day : days) add_day(families, report, day);
  if (report.runtime) {
    if (has_answer(days)) {
      add(families, "pcx_kpi_last_success_timestamp_seconds", kHelpOfSuccess, "seconds",
          {{}, seconds_text(report.runtime->as_of)});
    }
    add(families, "pcx_kpi_collect_duration_seconds", kHelpOfDuration, "seconds",
        {{}, seconds_text(report.runtime->elapsed)});
  }
  return families;
}

// Valid UTF-8 that steers no terminal, escaped. Prometheus' HELP knows no escaped quote.
void append_escaped(std::string& out, std::string_view text, bool escapes_quotes) {
  for (const char c : without_controls(text)) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || (c == '"' && escapes_quotes)) out += '\\';
    out += c;
  }
}

void append_sample(std::string& out, const std::string& name, const Sample& sample) {
  out += name;
  const char* before = "{";
  for (const auto& label : sample.labels) {
    out.append(before).append(label.first).append("=\"");
    append_escaped(out, label.second, true);
    out += '"';
    before = ",";
  }
  if (!sample.labels.empty()) out += '}';
  out.append(" ").append(sample.value) += '\n';
}

std::string text_of(const Families& families, TextFormat format) {
  const bool is_open = format == TextFormat::openmetrics;
  std::string out;
  for (const auto& named : families) {
    const Family& family = named.second;
    out.append("# HELP ").append(named.first) += ' ';
    append_escaped(out, family.help, is_open);
    out.append("\n# TYPE ").append(named.first).append(" gauge\n");
    if (is_open && !family.unit.empty()) {
      out.append("# UNIT ").append(named.first).append(" ").append(family.unit) += '\n';
    }
    for (const Sample& sample : family.samples) append_sample(out, named.first, sample);
  }
  if (is_open) out += "# EOF\n";
  return out;
}

}  // namespace

const char* content_type(TextFormat format) noexcept {
  return format == TextFormat::prometheus
             ? "text/plain; version=0.0.4; charset=utf-8"
             : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

void require_one_day_each(const Report& report) {
  std::set<std::size_t> tenants;
  std::set<std::string> labels;
  for (const DayReport& day : report.days) {
    const std::string label = report.tenant_of(day).label();
    if (!tenants.insert(day.tenant).second) {
      throw Error{ErrorCode::usage,
                  fmt::format("more than one day of tenant \"{}\"", escape_controls(label)),
                  "Metrics have no place for several days: ask for one."};
    }
    if (!labels.insert(label).second) {
      throw Error{ErrorCode::conflict,
                  fmt::format("two tenants have the label \"{}\"", escape_controls(label)),
                  "A slug must not be another tenant's id. Ask for one tenant at a time."}
          .because("tenant_label");
    }
  }
}

std::string exposition(const Report& report, TextFormat format) {
  require_one_day_each(report);
  return text_of(families_of(report, report.days), format);
}

std::string exposition_of(const Report& report, const DayReport& day) {
  return text_of(families_of(report, {&day, 1}), TextFormat::prometheus);
}

}  // namespace pcx::kpi
