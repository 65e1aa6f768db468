// Tests of rules, in the shape of `promtool test rules`
// (prometheus.io/docs/prometheus/2.42/configuration/unit_testing_rules).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "alert/rule.h"

namespace pcx::alert {

struct RuleTestResult {
  std::string name;
  Location place;
  std::vector<std::string> failures;  // empty: passed
};

// Runs a test file: rule_files (beside it), evaluation_interval, tests with interval, input_series
// ("1 2 _ stale 3+1x5"), alert_rule_test (eval_time, alertname, exp_alerts), and, beyond promtool,
// exp_notifications under a test: what a receiver named "test" would have been sent up to eval_time
// (action, severity, time). promql_expr_test for the expressions that pcx has.
//
// Throws Error{data} with its place for a file that promtool would refuse.
std::vector<RuleTestResult> run_rule_tests(const std::filesystem::path& file);

}  // namespace pcx::alert
