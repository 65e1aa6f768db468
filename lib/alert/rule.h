// Rules: what to look at, when it is a problem, and what to say then. Read from files in
// Prometheus's shape (prometheus.io/docs/prometheus/2.42/configuration/alerting_rules), so that
// promtool reads them, too; what pcx has beyond Prometheus stands in annotations whose names begin
// with pcx_.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "alert/expression.h"
#include "alert/labels.h"
#include "alert/prometheus_duration.h"
#include "alert/schedule.h"
#include "core/embedded_file.h"
#include "core/error.h"

namespace pcx::alert {

inline constexpr std::size_t kRuleFileBytesMax = 1024 * 1024;
inline constexpr int kFlapChangesMax = 1000;

// What becomes of an alert whose series have no data (pcx_no_data). machine.h has the details.
enum class NoData {
  keep,   // "keep": it stays as it is; missing data resolve nothing. The default
  ok,     // "ok": as if its condition were not true, which is what Prometheus does
  alert,  // "alert": as if its condition were true; without any series for the rule's labels alone
  error,  // "error": it stays as it is, and the rule cannot be evaluated (a finding: unknown)
};

// pcx_flap: "4 in 1h". An alert that begins or ends that often within that time flaps: it is not
// resolved before it was quiet for as long.
struct Flap {
  int changes_max = 4;  // 0: never; else 2 to kFlapChangesMax
  std::chrono::milliseconds window{3'600'000};
};

struct Rule {
  std::string group;
  std::string alert;  // its name: any text but none
  Expression expression;
  std::chrono::milliseconds hold{0};             // for
  std::chrono::milliseconds keep_firing_for{0};  //
  Labels labels;                                 // templates (template.h), without alertname
  Labels annotations;                            // templates, without pcx_*
  Location place;                                // of the rule
  std::chrono::milliseconds interval{60'000};    // of its group: how often it is expected to run

  // pcx_resolve_expr: a firing alert ends when this has its label set, not when `expression` has it
  // no more.
  std::optional<Expression> resolve;
  NoData no_data = NoData::keep;       // pcx_no_data
  std::optional<Schedule> schedule;    // pcx_schedule: when it may notify
  std::vector<std::string> receivers;  // pcx_receivers: "pd, slack"; empty: the default
  std::optional<std::chrono::milliseconds> repeat;  // pcx_repeat; else the receiver's
  Flap flap;                                        // pcx_flap; "off": changes_max 0
  LabelNames volatile_labels;                       // pcx_volatile: not part of the incident's key
  std::chrono::milliseconds gap_max{0};             // pcx_max_gap; 0: three intervals

  // "practice/LowStock/warning": which rule an alert is of, whatever its place in the file. The
  // last part is the label severity, unless it is a template or not there. So two rules of one
  // group may share a name when their severities differ, as warning and critical of one problem do.
  std::string id() const;
  // gap_max, or three intervals.
  std::chrono::milliseconds longest_gap() const;
};

// "warning" and what else `severity` may be; the worst of an incident's members is its own.
enum class Severity { info = 0, warning = 1, error = 2, critical = 3 };

// Of a label's value; std::nullopt for any other word. No label: warning.
std::optional<Severity> parse_severity(std::string_view word);
const char* to_string(Severity severity) noexcept;

// Reads one rule file and adds its rules to `rules`, which stay as they are when it throws.
// `default_zone` is for ranges of pcx_schedule that name none; it may be empty.
//
// What pcx_* annotations may say: pcx_resolve_expr an expression; pcx_no_data keep, ok, alert or
// error; pcx_schedule see schedule.h; pcx_receivers "pd, slack"; pcx_repeat "4h" ("0": never);
// pcx_flap "4 in 1h" or off; pcx_volatile "host, pid"; pcx_max_gap "15m". They are no templates.
//
// Throws Error{data} with file:line:column for what promtool 2.42 would refuse (unknown keys, a
// missing expr, an invalid label, a template that is none, a duplicate rule), and beyond that for
// - what it says nothing of: a second document, an unknown tag, a group or rule that is null;
// - expressions and templates that pcx does not have (expression.h, template.h), YAML's merge keys;
// - recording rules, and groups with `limit`;
// - pcx_* annotations that are none of the above, or say something else;
// - a severity that is none of the four; a rule whose id, or whose name and labels, were read
//   before, in another file, too.
void read_rules(std::string_view text, const std::string& file, const std::string& default_zone,
                std::vector<Rule>& rules);
// A file that comes with pcx, likewise.
void read_rules(const EmbeddedFile& file, const std::string& default_zone,
                std::vector<Rule>& rules);

// Throws Error{data} with reason "unknown_zone" at the rule whose schedule names a time zone that
// `zones` does not know: found later, it would be the end of everybody's notifications.
void require_zones(const std::vector<Rule>& rules, const ZoneClock& zones);

}  // namespace pcx::alert
