// Series of a test file: values at a regular interval from time 0 on, seen as Prometheus sees them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/sample.h"
#include "core/error.h"

namespace pcx::alert {

// A number as Prometheus reads it, without hexadecimal: "1", "-.5", "+1e-3", "Inf", "nan";
// std::nullopt for any other text.
std::optional<double> parse_test_number(std::string_view text);

// "up{job=\"api\"}".
struct SeriesName {
  std::string name;
  Labels labels;  // without empty ones
};
// Throws Error{data} at `place` for what is none.
SeriesName parse_series_name(std::string_view text, const Location& place);

// "1 2.5 _ stale 3+1x5 4-1x2 0x10 _x3": std::nullopt is no sample, 0x10 are eleven zeros.
//
// Source: prometheus/promql/parser (series descriptions),
// prometheus.io/docs/prometheus/2.42/configuration/unit_testing_rules.
struct TestValue {
  double value = 0;
  bool is_stale = false;
};
// Throws Error{data} at `place` for what is none, and for more than kTestValuesMax.
inline constexpr std::size_t kTestValuesMax = 1'000'000;
std::vector<std::optional<TestValue>> parse_test_values(std::string_view text,
                                                        const Location& place);

class TestSeries final : public Series {
 public:
  explicit TestSeries(std::chrono::milliseconds interval) : interval_(interval) {}

  // Throws as parse_series_name(), and Error{data} for a second one of that name and labels.
  void add(std::string_view name, std::vector<std::optional<TestValue>> values,
           const Location& place);

  // The newest sample that is not older than five minutes, unless that one ends the series.
  Samples select(const Selector& selector, Time at) const override;

 private:
  struct Line {
    Labels labels;
    std::vector<std::optional<TestValue>> values;
  };

  std::optional<double> value_at(const Line& line, Time at) const;

  std::chrono::milliseconds interval_;
  std::map<std::string, std::vector<Line>> lines_;
};

}  // namespace pcx::alert
