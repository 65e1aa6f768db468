// Random series and rules, whose alerts are pending, firing and gone when Prometheus says so: pcx
// says what ALERTS and ALERTS_FOR_STATE are at every step, and promtool judges.
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "alert/machine.h"
#include "tests/alert/promtool.h"
#include "tests/alert/rule_file.h"

namespace pcx::alert {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int kSteps = 40;
constexpr int kRulesOfAFile = 50;
constexpr int kRulesInSample = 100;
constexpr milliseconds kLookback = 5min;  // Prometheus's default

struct Stale {};
using Point = std::variant<std::monostate, Stale, double>;  // the first: none

struct Recorded {
  Labels labels;
  std::vector<Point> points;
};

// What Prometheus finds of series that have a point every `interval`: the last one of five minutes,
// unless it is a stale marker.
class RecordedSeries final : public Series {
 public:
  explicit RecordedSeries(milliseconds interval) : interval_(interval) {}

  std::vector<Recorded>& of(const std::string& metric) { return series_[metric]; }
  const std::map<std::string, std::vector<Recorded>>& all() const { return series_; }

  Samples select(const Selector& selector, Time at) const override {
    Samples samples;
    const auto found = series_.find(selector.name);
    if (found == series_.end()) return samples;
    for (const Recorded& recorded : found->second) {
      const Point* const point = last_point(recorded, at);
      const double* const value = point == nullptr ? nullptr : std::get_if<double>(point);
      if (value != nullptr) samples.push_back({recorded.labels, *value});
    }
    return samples;
  }

 private:
  const Point* last_point(const Recorded& recorded, Time at) const {
    for (auto i = static_cast<std::ptrdiff_t>(recorded.points.size()) - 1; i >= 0; --i) {
      const Time written = Time{} + i * interval_;
      if (written > at) continue;
      if (written < at - kLookback) break;
      const Point& point = recorded.points[static_cast<std::size_t>(i)];
      if (!std::holds_alternative<std::monostate>(point)) return &point;
    }
    return nullptr;
  }

  milliseconds interval_;
  std::map<std::string, std::vector<Recorded>> series_;
};

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int below(int end) { return std::uniform_int_distribution<int>{0, end - 1}(random_); }
  bool once_in(int n) { return below(n) == 0; }
  template <typename T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[below(static_cast<int>(choices.size()))];
  }

 private:
  std::mt19937 random_;
};

// Stays on one side for some time, has gaps of up to ten points, and ends now and then.
std::vector<Point> random_points(Dice& dice, int count) {
  std::vector<Point> points;
  double level = dice.below(7) - 3;
  int gap = 0;
  const int restless = dice.one_of({2, 4, 8});
  for (int i = 0; i < count; ++i) {
    if (dice.once_in(restless)) level = (dice.below(13) - 6) / 2.0;
    if (gap == 0 && dice.once_in(12)) gap = 1 + dice.below(10);
    if (gap > 0) {
      points.emplace_back(std::monostate{});
      --gap;
    } else if (dice.once_in(15)) {
      points.emplace_back(Stale{});
    } else if (dice.once_in(40)) {
      points.emplace_back(std::nan(""));
    } else {
      points.emplace_back(level);
    }
  }
  return points;
}

// As promtool reads them.
std::string written_series(const Point& point) {
  if (std::holds_alternative<std::monostate>(point)) return "_";
  if (std::holds_alternative<Stale>(point)) return "stale";
  const double value = std::get<double>(point);
  return std::isnan(value) ? "NaN" : fmt::format("{}", value);
}

std::string random_expression(Dice& dice, const std::string& metric) {
  const std::string comparison = dice.one_of({">", ">=", "<", "<=", "==", "!="});
  const double bound = (dice.below(7) - 3) / 2.0;
  const std::string plain = fmt::format("{} {} {}", metric, comparison, bound);
  switch (dice.below(10)) {
    case 0: return fmt::format("sum by (half) ({}) {} {}", metric, comparison, bound);
    case 1: return fmt::format("{0} > {1} or {0} < -1", metric, bound);
    case 2: return fmt::format("{0} > {1} unless {0} > 2", metric, bound);
    case 3: return fmt::format("absent({})", metric);
    case 4: return metric;
    default: return plain;
  }
}

std::string random_rule(Dice& dice, int number) {
  const std::string expression = random_expression(dice, fmt::format("m{}", number));
  std::string text = fmt::format("  - alert: A{}\n    expr: {}\n", number, in_yaml(expression));
  const char* const hold = dice.one_of({"0", "0", "30s", "1m", "90s", "2m", "3m", "5m"});
  const char* const keep = dice.one_of({"0", "0", "30s", "1m", "2m", "150s", "4m", "10m"});
  text += fmt::format("    for: {}\n    keep_firing_for: {}\n", hold, keep);
  text += "    labels:\n      severity: warning\n";
  if (dice.once_in(4)) text += "      who: \"{{ $labels.s | toUpper }}\"\n";
  if (dice.once_in(8)) text += "      level: \"{{ $value }}\"\n";
  // Sums would not be told apart without it.
  const bool may_lose_half = !expression.starts_with("sum");
  if (may_lose_half && dice.once_in(8)) text += "      half: \"{{ $labels.nobody }}\"\n";
  return text + "    annotations: {pcx_no_data: ok, pcx_flap: off}\n";
}

struct File {
  milliseconds interval{};    // of the series
  milliseconds evaluation{};  // of the rules
  std::string rules;
  RecordedSeries series{interval};
};

File random_file(unsigned seed, int rules) {
  Dice dice{seed};
  const milliseconds interval = dice.one_of<milliseconds>({30s, 1min, 1min, 2min});
  const milliseconds evaluation = dice.one_of<milliseconds>({30s, 1min, 1min, 90s});
  File file{interval, evaluation, {}, RecordedSeries{interval}};
  file.rules = fmt::format("groups:\n- name: g\n  interval: {}\n  rules:\n",
                           to_prometheus_duration(evaluation));
  const auto points = static_cast<int>(kSteps * evaluation / interval) + 1;
  for (int i = 0; i < rules; ++i) {
    file.rules += random_rule(dice, i);
    const int count = 1 + dice.below(4);
    for (int s = 0; s < count; ++s) {
      const Labels labels{{"s", fmt::format("s{}", s)}, {"half", s < 2 ? "low" : "high"}};
      file.series.of(fmt::format("m{}", i)).push_back({labels, random_points(dice, points)});
    }
  }
  return file;
}

// Samples that one query has to give.
using Expected = std::map<std::string, double>;

struct Tally {
  std::size_t rules = 0;
  std::size_t steps = 0;
  std::size_t pending = 0;
  std::size_t firing = 0;
  std::size_t kept = 0;
  std::size_t resolved = 0;
};

void expect_alert(const Rule& rule, const Alert& alert, Expected& alerts, Expected& since,
                  Tally& tally) {
  if (alert.phase == Phase::resolved) {
    ++tally.resolved;
    return;
  }
  ++(alert.is_firing() ? tally.firing : tally.pending);
  if (alert.keep_firing_since) ++tally.kept;
  Labels labels = alert.labels;
  // The alert has no label without a value, but ALERTS then has its template (alerting.go,
  // sample()).
  labels.insert(rule.labels.begin(), rule.labels.end());
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(alert.active_since - Time{});
  since["ALERTS_FOR_STATE" + to_string(labels)] = static_cast<double>(seconds.count());
  labels["alertstate"] = to_string(alert.phase);
  alerts["ALERTS" + to_string(labels)] = 1;
}

std::string query_of(const char* metric, milliseconds at, const Expected& expected) {
  std::string text = fmt::format("  - expr: {}\n    eval_time: {}\n    exp_samples:\n", metric,
                                 to_prometheus_duration(at));
  for (const auto& [labels, value] : expected) {
    text += fmt::format("    - {{labels: {}, value: {}}}\n", in_yaml(labels), value);
  }
  return text;
}

// Runs pcx's machine, and writes down what it says at every step.
std::string queries_of(const File& file, Tally& tally) {
  const std::vector<Rule> rules = rules_of(file.rules);
  std::vector<std::vector<Alert>> alerts(rules.size());
  std::string text;
  for (int step_number = 0; step_number < kSteps; ++step_number) {
    const milliseconds at = step_number * file.evaluation;
    Expected expected;
    Expected since;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const Findings findings = look(rules[i], file.series, Time{} + at);
      const Outcome outcome = step(rules[i], alerts[i], findings, Time{} + at, {});
      EXPECT_EQ(outcome.failure, "");
      alerts[i] = outcome.alerts;
      for (const Alert& alert : alerts[i]) expect_alert(rules[i], alert, expected, since, tally);
      ++tally.steps;
    }
    text += query_of("ALERTS", at, expected) + query_of("ALERTS_FOR_STATE", at, since);
  }
  tally.rules += rules.size();
  return text;
}

std::string test_of(const File& file, Tally& tally) {
  std::string text = fmt::format(
      "rule_files: [rules.yml]\nevaluation_interval: {}\ntests:\n"
      "- interval: {}\n  input_series:\n",
      to_prometheus_duration(file.evaluation), to_prometheus_duration(file.interval));
  for (const auto& [metric, all] : file.series.all()) {
    for (const Recorded& recorded : all) {
      std::string values;
      for (const Point& point : recorded.points) values += written_series(point) + " ";
      text += fmt::format("  - {{series: {}, values: {}}}\n",
                          in_yaml(metric + to_string(recorded.labels)), in_yaml(values));
    }
  }
  return text + "  promql_expr_test:\n" + queries_of(file, tally);
}

int rules_wanted() {
  const char* const wanted = std::getenv("PCX_TIMELINE_RULES");
  return wanted == nullptr ? kRulesInSample : std::atoi(wanted);
}

// What changed of a file's expectations must be seen: a judge that takes everything is none.
TEST(Timeline, IsJudged) {
  Tally tally;
  const File file = random_file(1, 10);
  std::string text = test_of(file, tally);
  Promtool promtool;
  promtool.write("rules.yml", file.rules);
  promtool.write("test.yml", text);
  EXPECT_EQ(promtool.test("test.yml"), "");
  const std::size_t firing = text.rfind("alertstate=\\\"firing");
  ASSERT_NE(firing, text.npos);
  text.replace(firing, std::string{"alertstate=\\\"firing"}.size(), "alertstate=\\\"pending");
  promtool.write("test.yml", text);
  EXPECT_NE(promtool.test("test.yml").find("FAILED"), std::string::npos);
}

TEST(Timeline, IsThatOfPrometheus) {
  Promtool promtool;
  Tally tally;
  const int files = (rules_wanted() + kRulesOfAFile - 1) / kRulesOfAFile;
  for (int i = 0; i < files && !::testing::Test::HasFailure(); ++i) {
    const File file = random_file(static_cast<unsigned>(1000 + i), kRulesOfAFile);
    promtool.write("rules.yml", file.rules);
    promtool.write("test.yml", test_of(file, tally));
    EXPECT_EQ(promtool.test("test.yml"), "") << "file " << i;
  }
  EXPECT_GT(tally.pending, tally.rules);
  EXPECT_GT(tally.firing, tally.rules);
  EXPECT_GT(tally.kept, tally.rules);
  EXPECT_GT(tally.resolved, tally.rules);
  RecordProperty("rules", static_cast<int>(tally.rules));
  std::printf("%zu rules, %zu evaluations: %zu pending, %zu firing (%zu kept), %zu resolved\n",
              tally.rules, tally.steps, tally.pending, tally.firing, tally.kept, tally.resolved);
}

}  // namespace
}  // namespace pcx::alert
