// Test files of rules, read.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alert/expression.h"
#include "alert/rule.h"
#include "alert/test_series.h"

namespace pcx::alert {

struct RuleTestSeries {
  std::string name;
  std::string values;
  Location place;  // of the values
};

struct ExpectedAlert {
  Labels labels, annotations;
};

struct ExpectedAlerts {
  std::chrono::milliseconds at{0};
  std::string alert;
  std::vector<ExpectedAlert> alerts;
};

struct ExpectedSamples {
  std::chrono::milliseconds at{0};
  Expression expression;
  std::vector<Sample> samples;  // without metric names
};

struct ExpectedNotification {
  std::chrono::milliseconds at{0};
  std::string action;    // "trigger", "resolve"
  std::string severity;  // "warning"
};

// exp_notifications: {until: 1h, notifications: [{at: 10m, action: trigger, severity: warning}]}
struct ExpectedNotifications {
  std::chrono::milliseconds until{0};
  std::vector<ExpectedNotification> notifications;
};

struct RuleTestCase {
  std::string name;
  Location place;
  std::chrono::milliseconds interval{60'000};
  std::vector<RuleTestSeries> series;
  std::vector<ExpectedAlerts> alerts;
  std::vector<ExpectedSamples> samples;
  std::optional<ExpectedNotifications> notifications;
};

struct RuleTestFile {
  std::vector<std::pair<std::string, Location>> rule_files;
  std::chrono::milliseconds evaluation_interval{60'000};
  std::vector<RuleTestCase> tests;
};

// Throws Error{data} with file:line:column for malformed YAML, unknown keys, missing ones, and what
// is no duration, number, label or expression.
RuleTestFile read_rule_test_file(std::string_view text, const std::string& file);

}  // namespace pcx::alert
