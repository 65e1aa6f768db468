#include "alert/machine.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "alert/machine_texts.h"

namespace pcx::alert {

namespace {

using std::chrono::milliseconds;

enum class Condition { is_true, is_false, unknown };

milliseconds between(Time from, Time to) {
  return std::chrono::duration_cast<milliseconds>(to - from);
}

class Step {
 public:
  Step(const Rule& rule, const Findings& findings, Time now, const MachineOptions& options)
      : rule_(rule), findings_(findings), now_(now), options_(options), texts_(rule) {}

  Outcome run(const std::vector<Alert>& before) {
    outcome_.failure = findings_.failure;
    take(before);
    if (outcome_.failure.empty()) collect_matches();
    is_failing_ = !outcome_.failure.empty();
    if (!is_failing_) {
      collect_keys();
      begin_new();
    }
    for (auto& [labels, alert] : alerts_) advance(alert);
    if (rule_.no_data == NoData::error && !is_failing_) look_for_missing_data();
    return finish();
  }

 private:
  // Those that fire or may, and those whose changes are still of interest.
  void take(const std::vector<Alert>& before) {
    for (const Alert& alert : before) {
      Alert taken = alert;
      forget_old_changes(taken);
      if (taken.phase != Phase::resolved) {
        alerts_[taken.labels] = std::move(taken);
      } else if (!taken.changes.empty()) {
        remembered_[taken.labels] = std::move(taken);
      }
    }
  }

  void forget_old_changes(Alert& alert) const {
    std::erase_if(alert.changes,
                  [this](Time at) { return between(at, now_) >= rule_.flap.window; });
  }

  void collect_matches() {
    for (const Sample& sample : findings_.matches) {
      Labels labels = texts_.labels_of(sample);
      if (matches_.contains(labels)) {
        outcome_.failure = fmt::format("two series have the labels {} with those of rule {}",
                                       to_string(labels), rule_.id());
        matches_.clear();
        return;
      }
      matches_.emplace(std::move(labels), &sample);
    }
  }

  // REQUIRES: there are matches_
  void collect_keys() {
    for (const auto& [labels, sample] : matches_) match_keys_.insert(texts_.key_of(labels));
    data_keys_ = match_keys_;
    for (const Sample& sample : findings_.present) {
      data_keys_.insert(texts_.key_of(texts_.labels_of(sample)));
    }
    has_series_ = !data_keys_.empty();
    if (!findings_.resolvable) return;
    for (const Sample& sample : *findings_.resolvable) {
      resolvable_keys_.insert(texts_.key_of(texts_.labels_of(sample)));
    }
    data_keys_.insert(resolvable_keys_.begin(), resolvable_keys_.end());
  }

  void begin_new() {
    const Sample no_series{{}, std::numeric_limits<double>::quiet_NaN()};
    own_labels_ = texts_.labels_of(no_series);
    const bool is_absent = rule_.no_data == NoData::alert && !has_series_ && alerts_.empty();
    for (const auto& [labels, sample] : matches_) {
      if (!alerts_.contains(labels)) begin(labels);
    }
    if (!is_absent) return;
    begin(own_labels_);
    alerts_[own_labels_].annotations = texts_.annotations_of(no_series);
  }

  void begin(const Labels& labels) {
    Alert alert;
    alert.rule = rule_.id();
    alert.labels = labels;
    alert.dedup_key = dedup_key_of(options_.environment, labels, rule_.volatile_labels);
    alert.active_since = now_;
    alert.no_data = !data_keys_.contains(texts_.key_of(labels));
    const auto earlier = remembered_.find(labels);
    if (earlier != remembered_.end()) {
      alert.changes = std::move(earlier->second.changes);
      remembered_.erase(earlier);
    }
    new_.insert(labels);
    alerts_.emplace(labels, std::move(alert));
  }

  void advance(Alert& alert) {
    const bool had_no_data = alert.no_data;
    note_data(alert);
    const Condition condition = condition_of(alert);
    const auto match = matches_.find(alert.labels);
    if (match != matches_.end()) {
      alert.value = match->second->value;
      alert.annotations = texts_.annotations_of(*match->second);
    }
    if (alert.phase == Phase::pending) {
      const bool was_unknown = had_no_data && rule_.no_data != NoData::alert;
      advance_pending(alert, condition, was_unknown || condition == Condition::unknown);
    } else {
      advance_firing(alert, condition);
    }
    alert.evaluated_at = now_;
  }

  void note_data(Alert& alert) {
    const bool no_data = is_failing_ || !data_keys_.contains(texts_.key_of(alert.labels));
    if (no_data == alert.no_data) return;
    alert.no_data = no_data;
    tell(no_data ? Change::lost_data : Change::regained_data, alert);
  }

  Condition condition_of(const Alert& alert) const {
    if (is_failing_) return Condition::unknown;
    if (matches_.contains(alert.labels)) return Condition::is_true;
    // The rule was changed since: its alerts have other labels now, and this one has no end else.
    if (!texts_.fits(alert.labels)) return Condition::is_false;
    if (alert.no_data) return condition_without_data(alert);
    const Labels key = texts_.key_of(alert.labels);
    const bool has_own_end = findings_.resolvable && alert.phase == Phase::firing;
    if (!has_own_end || match_keys_.contains(key)) return Condition::is_false;
    return resolvable_keys_.contains(key) ? Condition::is_false : Condition::is_true;
  }

  Condition condition_without_data(const Alert& alert) const {
    switch (rule_.no_data) {
      case NoData::ok: return Condition::is_false;
      case NoData::alert: break;
      case NoData::keep:
      case NoData::error: return Condition::unknown;
    }
    const bool is_over = alert.labels == own_labels_ && has_series_;
    return is_over ? Condition::is_false : Condition::is_true;
  }

  // Time counts between two evaluations at which the condition was true.
  void advance_pending(Alert& alert, Condition condition, bool stands_still) {
    const bool is_new = new_.contains(alert.labels);
    const milliseconds since_last =
        is_new ? milliseconds{0} : std::max(between(alert.evaluated_at, now_), milliseconds{0});
    if (stands_still) alert.active_since += since_last;
    if (since_last > rule_.longest_gap() || alert.active_since > now_) alert.active_since = now_;
    if (condition == Condition::is_false) {
      gave_up_.insert(alert.labels);
      tell(Change::gave_up_pending, alert);
    } else if (condition == Condition::is_true && between(alert.active_since, now_) >= rule_.hold) {
      alert.phase = Phase::firing;
      alert.fired_at = now_;
      tell(Change::fired, alert);
      add_change(alert);
    } else if (is_new) {
      tell(Change::began_pending, alert);
    }
  }

  void advance_firing(Alert& alert, Condition condition) {
    if (condition == Condition::unknown) return;
    const bool has_settled = settle(alert);
    if (condition == Condition::is_true) {
      if (is_ended_but_flapping(alert)) add_change(alert);
      alert.keep_firing_since.reset();
      return;
    }
    alert.keep_firing_since = std::min(alert.keep_firing_since.value_or(now_), now_);
    if (between(*alert.keep_firing_since, now_) < rule_.keep_firing_for) return;
    if (!has_settled && !is_ended_but_flapping(alert)) add_change(alert);
    if (alert.is_flapping) return;
    alert.phase = Phase::resolved;
    alert.resolved_at = now_;
    alert.keep_firing_since.reset();
    tell(Change::resolved, alert);
  }

  // Its end is the last of its changes.
  static bool is_ended_but_flapping(const Alert& alert) {
    return alert.is_flapping && alert.keep_firing_since && !alert.changes.empty() &&
           alert.changes.back() >= *alert.keep_firing_since;
  }

  bool settle(Alert& alert) {
    if (!alert.is_flapping || !alert.changes.empty()) return false;
    alert.is_flapping = false;
    tell(Change::settled, alert);
    return true;
  }

  void add_change(Alert& alert) {
    if (rule_.flap.changes_max == 0) {
      alert.is_flapping = false;
      return;
    }
    alert.changes.push_back(now_);
    const auto count = static_cast<std::size_t>(rule_.flap.changes_max);
    // More than that many are not needed to tell.
    if (alert.changes.size() > count) alert.changes.erase(alert.changes.begin());
    if (alert.is_flapping || alert.changes.size() < count) return;
    alert.is_flapping = true;
    tell(Change::flaps, alert);
  }

  void tell(Change change, const Alert& alert) { told_.emplace_back(change, alert.labels); }

  void look_for_missing_data() {
    if (!has_series_) {
      outcome_.failure = fmt::format("rule {} has no data", rule_.id());
      return;
    }
    for (const auto& [labels, alert] : alerts_) {
      if (!alert.no_data || gave_up_.contains(labels) || alert.phase == Phase::resolved) continue;
      outcome_.failure = fmt::format("rule {} has no data of {}", rule_.id(), to_string(labels));
      return;
    }
  }

  Outcome finish() {
    for (const auto& [change, labels] : told_) {
      outcome_.transitions.push_back({change, alerts_.at(labels)});
    }
    for (auto& [labels, alert] : alerts_) {
      if (!gave_up_.contains(labels)) {
        outcome_.alerts.push_back(std::move(alert));
      } else if (!alert.changes.empty()) {
        alert.phase = Phase::resolved;
        alert.resolved_at = alert.changes.back();
        remembered_.emplace(labels, std::move(alert));
      }
    }
    for (auto& [labels, alert] : remembered_) outcome_.remembered.push_back(std::move(alert));
    return std::move(outcome_);
  }

  const Rule& rule_;
  const Findings& findings_;
  const Time now_;
  const MachineOptions& options_;
  const RuleTexts texts_;
  Outcome outcome_;
  bool is_failing_ = false;
  bool has_series_ = false;
  std::map<Labels, const Sample*> matches_;
  std::set<Labels> match_keys_;
  std::set<Labels> resolvable_keys_;
  std::set<Labels> data_keys_;  // of everything that was found
  Labels own_labels_;           // of the alert of a rule without series
  std::map<Labels, Alert> alerts_;
  std::map<Labels, Alert> remembered_;
  std::set<Labels> new_;
  std::set<Labels> gave_up_;
  std::vector<std::pair<Change, Labels>> told_;
};

}  // namespace

Findings look(const Rule& rule, const Series& series, Time now) {
  Findings findings;
  try {
    findings.matches = samples_of(rule.expression.evaluate(series, now));
    findings.present =
        rule.expression.is_vector() ? rule.expression.present(series, now) : findings.matches;
    if (rule.resolve) findings.resolvable = samples_of(rule.resolve->evaluate(series, now));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::data) throw;
    findings = Findings{};
    findings.failure = error.what();
  }
  return findings;
}

Outcome step(const Rule& rule, const std::vector<Alert>& before, const Findings& findings, Time now,
             const MachineOptions& options) {
  const auto whole = std::chrono::floor<milliseconds>(now);
  return Step{rule, findings, whole, options}.run(before);
}

const char* to_string(Change change) noexcept {
  switch (change) {
    case Change::began_pending: return "began_pending";
    case Change::gave_up_pending: return "gave_up_pending";
    case Change::fired: return "fired";
    case Change::resolved: return "resolved";
    case Change::lost_data: return "lost_data";
    case Change::regained_data: return "regained_data";
    case Change::flaps: return "flaps";
    case Change::settled: break;
  }
  return "settled";
}

}  // namespace pcx::alert
