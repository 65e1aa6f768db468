// The machine, run over a course of values as one writes it down.
#pragma once

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include "alert/machine.h"

namespace pcx::alert {

inline Time at_minute(int number) { return Time{} + std::chrono::minutes{number}; }

// Rule A of group g: true above 10. Without flap detection.
inline Rule plain_rule() {
  Rule rule;
  rule.group = "g";
  rule.alert = "A";
  rule.flap.changes_max = 0;
  return rule;
}

// Its end is below 8.
inline Rule rule_with_resolve() {
  Rule rule = plain_rule();
  rule.resolve.emplace();  // Findings have what it says
  return rule;
}

inline Rule rule_that_flaps() {
  Rule rule = plain_rule();
  rule.flap = Flap{};
  return rule;
}

inline Findings findings_of(const Rule& rule, const Samples& samples) {
  Findings findings;
  findings.present = samples;
  if (rule.resolve) findings.resolvable.emplace();
  for (const Sample& sample : samples) {
    if (sample.value > 10) findings.matches.push_back(sample);
    if (rule.resolve && sample.value < 8) findings.resolvable->push_back(sample);
  }
  return findings;
}

class Course {
 public:
  explicit Course(Rule rule) : rule_(std::move(rule)) {}

  // `value` of the one series {tenant="north"}; "_": it has none; "!": it could not be evaluated.
  const Outcome& evaluate(const std::string& value, std::chrono::milliseconds at) {
    Samples samples;
    if (value != "_" && value != "!") samples.push_back({{{"tenant", "north"}}, std::stod(value)});
    Findings findings = findings_of(rule_, samples);
    if (value == "!") findings = Findings{};
    if (value == "!") findings.failure = "database stopped";
    return evaluate(findings, at);
  }

  const Outcome& evaluate(const Findings& findings, std::chrono::milliseconds at) {
    std::vector<Alert> before = outcome_.alerts;
    before.insert(before.end(), outcome_.remembered.begin(), outcome_.remembered.end());
    outcome_ = step(rule_, before, findings, Time{} + at, {});
    return outcome_;
  }

  const Outcome& outcome() const { return outcome_; }
  const Rule& rule() const { return rule_; }

 private:
  Rule rule_;
  Outcome outcome_;
};

// Of the one alert: '.' there is none, 'p' pending, 'F' firing, 'k' kept, 'f' flapping, 'r'
// resolved just now; 'n' and 'N' pending and firing without data.
inline char letter_of(const Outcome& outcome) {
  if (outcome.alerts.empty()) return '.';
  const Alert& alert = outcome.alerts.front();
  if (alert.phase == Phase::resolved) return 'r';
  if (alert.phase == Phase::pending) return alert.no_data ? 'n' : 'p';
  if (alert.no_data) return 'N';
  if (alert.is_flapping) return 'f';
  return alert.keep_firing_since ? 'k' : 'F';
}

struct CourseResult {
  std::string phases;   // a letter for each value
  std::string changes;  // of each evaluation, between semicolons
  std::string failure;  // of the last one
};

// Values a minute, between blanks; "-": a minute without an evaluation.
inline CourseResult course(const Rule& rule, const std::string& values) {
  CourseResult result;
  Course run{rule};
  std::istringstream words{values};
  int at = 0;
  for (std::string value; words >> value; ++at) {
    if (at > 0) result.phases += ' ';
    if (value == "-") {
      result.phases += '-';
      continue;
    }
    run.evaluate(value, std::chrono::minutes{at});
    result.phases += letter_of(run.outcome());
    if (at > 0) result.changes += "; ";
    std::string changes;
    for (const Transition& transition : run.outcome().transitions) {
      changes += (changes.empty() ? "" : " ") + std::string{to_string(transition.change)};
    }
    result.changes += changes;
  }
  result.failure = run.outcome().failure;
  return result;
}

}  // namespace pcx::alert
