#include "alert/rule_test.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "alert/evaluation.h"
#include "alert/rule_test_file.h"
#include "alert/zone_files.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr const char* kReceiver = "test";

Time at(std::chrono::milliseconds offset) { return Time{} + offset; }

std::string text_of(const std::filesystem::path& path, const Location& place) {
  try {
    return read_file(path, kRuleFileBytesMax);
  } catch (const Error& error) {
    throw Error{error}.at(place);
  }
}

std::vector<Rule> rules_of(const RuleTestFile& file, const std::filesystem::path& folder) {
  std::vector<Rule> rules;
  for (const auto& [name, place] : file.rule_files) {
    const std::filesystem::path path = folder / name;
    read_rules(text_of(path, place), path.string(), "UTC", rules);
  }
  return rules;
}

std::string shown_notification(const Labels& labels, const Labels& annotations) {
  return to_string(labels) + (annotations.empty() ? "" : " " + to_string(annotations));
}

std::string listed(std::vector<std::string> texts) {
  if (texts.empty()) return "nothing";
  std::ranges::sort(texts);
  return join(texts, ", ");
}

// One test: its series, its alerts from time 0 on.
class Run {
 public:
  Run(const RuleTestCase& test, Setting setting, std::chrono::milliseconds interval)
      : test_(test), setting_(std::move(setting)), interval_(interval), series_(test.interval) {
    for (const RuleTestSeries& each : test.series) {
      series_.add(each.name, parse_test_values(each.values, each.place), each.place);
    }
  }

  std::vector<std::string> run() {
    for (const ExpectedSamples& each : test_.samples) compare(each);
    const auto end = end_of_test();
    for (std::chrono::milliseconds now{0}; now <= end; now += interval_) {
      evaluate(memory_, setting_, series_, zones_, at(now), random_);
      take_notifications();
      for (const ExpectedAlerts& each : test_.alerts) {
        if (each.at >= now && each.at < now + interval_) compare(each);
      }
    }
    if (test_.notifications) compare(*test_.notifications);
    return std::move(failures_);
  }

 private:
  std::chrono::milliseconds end_of_test() const {
    std::chrono::milliseconds end{0};
    for (const ExpectedAlerts& each : test_.alerts) end = std::max(end, each.at);
    if (test_.notifications) end = std::max(end, test_.notifications->until);
    return end;
  }

  void take_notifications() {
    for (const OutboxLine& line : memory_.outbox) sent_.push_back(line.notification);
    memory_.outbox.clear();
    memory_.new_events.clear();
  }

  void compare(const ExpectedAlerts& expected) {
    std::vector<std::string> wanted, found;
    for (const ExpectedAlert& each : expected.alerts) {
      Labels labels = each.labels;
      labels["alertname"] = expected.alert;
      Labels annotations = each.annotations;  // promtool has them all
      std::erase_if(annotations, [](const auto& one) { return one.first.starts_with("pcx_"); });
      wanted.push_back(shown_notification(labels, annotations));
    }
    for (const Alert& each : memory_.alerts) {
      if (!each.is_firing() || each.labels.at("alertname") != expected.alert) continue;
      found.push_back(shown_notification(each.labels, each.annotations));
    }
    note(fmt::format("{} at {}", expected.alert, to_prometheus_duration(expected.at)), wanted,
         found);
  }

  void compare(const ExpectedSamples& expected) {
    const Answer answer = expected.expression.evaluate(series_, at(expected.at));
    std::vector<std::string> wanted, found;
    for (const Sample& each : expected.samples) wanted.push_back(text_of(each));
    if (const auto* const scalar = std::get_if<double>(&answer)) {
      found.push_back(text_of({.labels = {}, .value = *scalar}));
    } else {
      for (const Sample& each : std::get<Samples>(answer)) found.push_back(text_of(each));
    }
    note(fmt::format("{} at {}", expected.expression.text(), to_prometheus_duration(expected.at)),
         wanted, found);
  }

  void compare(const ExpectedNotifications& expected) {
    std::vector<std::string> wanted, found;
    for (const ExpectedNotification& each : expected.notifications) {
      wanted.push_back(
          fmt::format("{} {} {}", to_prometheus_duration(each.at), each.action, each.severity));
    }
    for (const Notification& each : sent_) {
      const auto when = std::chrono::floor<std::chrono::milliseconds>(each.at.time_since_epoch());
      if (when > expected.until) continue;
      found.push_back(fmt::format("{} {} {}", to_prometheus_duration(when), to_string(each.action),
                                  to_string(each.severity)));
    }
    if (wanted != found) {
      failures_.push_back(fmt::format("notifications: expected {}, got {}",
                                      wanted.empty() ? "none" : join(wanted, ", "),
                                      found.empty() ? "none" : join(found, ", ")));
    }
  }

  static std::string text_of(const Sample& sample) {
    return fmt::format("{} {:.10g}", to_string(sample.labels), sample.value);
  }

  void note(const std::string& what, std::vector<std::string> wanted,
            std::vector<std::string> found) {
    const std::string left = listed(std::move(wanted)), right = listed(std::move(found));
    if (left != right) {
      failures_.push_back(fmt::format("{}: expected {}, got {}", what, left, right));
    }
  }

  const RuleTestCase& test_;
  Setting setting_;
  std::chrono::milliseconds interval_;
  TestSeries series_;
  Memory memory_;
  ZoneFiles zones_{kZoneFolder};
  SeededRandom random_{0};
  std::vector<Notification> sent_;
  std::vector<std::string> failures_;
};

}  // namespace

std::vector<RuleTestResult> run_rule_tests(const std::filesystem::path& path) {
  const RuleTestFile file = read_rule_test_file(read_file(path, kRuleFileBytesMax), path.string());
  Setting setting;
  setting.rules = rules_of(file, path.parent_path());
  require_zones(setting.rules, ZoneFiles{kZoneFolder});
  for (Rule& rule : setting.rules) {
    rule.receivers.clear();
    // The test says how often its rules are run: that is no gap.
    rule.interval = std::max(rule.interval, file.evaluation_interval);
  }
  setting.routes = {{.receiver = kReceiver, .is_default = true}};
  setting.environment = "test";
  std::vector<RuleTestResult> results;
  for (const RuleTestCase& test : file.tests) {
    results.push_back({.name = test.name,
                       .place = test.place,
                       .failures = Run{test, setting, file.evaluation_interval}.run()});
  }
  return results;
}

}  // namespace pcx::alert
