// Alerts that begin and end by a word, runs a minute apart, and what receivers are told, as lines.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "alert/notification.h"
#include "alert/zone_files.h"
#include "core/time.h"

namespace pcx::alert {

struct Scene {
  std::vector<Rule> rules;
  std::vector<Alert> alerts;
  std::vector<Incident> incidents;
  std::vector<Silence> silences;
  std::vector<Inhibition> inhibitions;
  std::vector<Route> routes{{.receiver = "pd", .is_default = true}};
  ZoneFiles zones{kZoneFolder};
  Time now = parse_rfc3339("2026-11-30T12:00:00Z").value();  // a Monday
  NotificationPlan plan;                                     // of the last run

  Rule& rule(const std::string& name, const std::string& severity = "warning") {
    for (Rule& rule : rules) {
      if (rule.alert == name && rule.labels["severity"] == severity) return rule;
    }
    Rule& rule = rules.emplace_back();
    rule.group = "practice";
    rule.alert = name;
    rule.labels["severity"] = severity;
    return rule;
  }

  static Labels labels_of(const std::string& name, const std::string& severity,
                          const std::string& tenant) {
    return {{"alertname", name}, {"severity", severity}, {"tenant", tenant}};
  }

  // From the next run on.
  Alert& fire(const std::string& name, const std::string& severity = "warning",
              const std::string& tenant = "north") {
    Alert alert;
    alert.rule = rule(name, severity).id();
    alert.labels = labels_of(name, severity, tenant);
    alert.dedup_key = "pcx/test/" + name + "/" + tenant;
    alert.phase = Phase::firing;
    alert.active_since = now;
    alert.fired_at = now + std::chrono::minutes{1};
    return alerts.emplace_back(std::move(alert));
  }

  void end(const std::string& name, const std::string& severity = "warning",
           const std::string& tenant = "north") {
    for (Alert& alert : alerts) {
      if (alert.labels == labels_of(name, severity, tenant)) alert.phase = Phase::resolved;
    }
  }

  Silence& silence(const std::string& id, const std::string& matcher) {
    silences.push_back({.id = id,
                        .matchers = {parse_matcher(matcher)},
                        .starts_at = now,
                        .created_by = "ada",
                        .comment = "moving house"});
    return silences.back();
  }
  void expire(const std::string& id) {
    for (Silence& silence : silences) {
      if (silence.id == id) silence.expired_at = now + std::chrono::minutes{1};
    }
  }

  // A run, one minute after the one before; its queue as lines.
  std::vector<std::string> run() { return run_after(std::chrono::minutes{1}); }
  std::vector<std::string> run_after(std::chrono::minutes pause) {
    now += pause;
    for (const Silence& changed : age_silences(silences, alerts, now)) {
      for (Silence& silence : silences) {
        if (silence.id == changed.id) silence = changed;
      }
    }
    plan = planned();
    incidents = plan.incidents;
    std::erase_if(alerts, [](const Alert& alert) { return alert.phase == Phase::resolved; });
    return lines_of(plan);
  }
  NotificationPlan planned() const {
    return plan_notifications(
        {rules, alerts, incidents, silences, inhibitions, routes, zones, now});
  }

  // "pd: trigger LowStock/north warning, fired": without what all keys begin with.
  static std::vector<std::string> lines_of(const NotificationPlan& plan) {
    std::vector<std::string> lines;
    for (const auto& [receiver, notification, is_routine] : plan.queue) {
      std::string key = notification.dedup_key;
      if (key.starts_with("pcx/test/")) key.erase(0, 9);
      lines.push_back(fmt::format("{}: {} {} {}, {}", receiver, to_string(notification.action), key,
                                  to_string(notification.severity), notification.why));
    }
    return lines;
  }

  // "LowStock: silenced by ..."
  std::vector<std::string> holds() const {
    std::vector<std::string> lines;
    for (const Suppression& suppression : plan.suppressions) {
      const auto alert = std::ranges::find(alerts, suppression.alert_id, &Alert::id);
      lines.push_back(alert->labels.at("alertname") + ": " + suppression.why);
    }
    return lines;
  }
};

}  // namespace pcx::alert
