// Series as promtool's tests write them, and answers as text.
#pragma once

#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "alert/expression.h"
#include "core/text.h"

namespace pcx::alert {

inline Time minute(int number) { return Time{std::chrono::minutes{number}}; }

// `x{a="1"} 1 2 _ stale NaN`, one series a line: a value a minute from minute 0 on, "_" is none. As
// in Prometheus the newest one of the last five minutes counts, and none behind "stale".
class TextSeries final : public Series {
 public:
  explicit TextSeries(std::string_view lines) {
    for (const std::string& line : split(lines, '\n')) {
      if (!trim(line).empty()) rows_.push_back(row_of(trim(line)));
    }
  }

  Samples select(const Selector& selector, Time at) const override {
    Samples found;
    for (const Row& row : rows_) {
      if (row.name != selector.name || !selector.matchers.match(row.labels)) continue;
      const auto value = row.newest(at - selector.offset);
      if (value) found.push_back({row.labels, *value});
    }
    return found;
  }

 private:
  struct Row {
    std::string name;
    Labels labels;
    std::vector<std::string> values;

    std::optional<double> newest(Time at) const {
      using std::chrono::floor;
      const auto last = floor<std::chrono::minutes>(at.time_since_epoch()).count();
      for (auto i = last; i >= 0 && at - minute(static_cast<int>(i)) <= kLookBack; --i) {
        const auto index = static_cast<std::size_t>(i);
        if (index >= values.size() || values[index] == "_") continue;
        if (values[index] == "stale") return std::nullopt;
        double value = 0;
        const std::string& text = values[index];
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
      }
      return std::nullopt;
    }
  };

  static constexpr std::chrono::minutes kLookBack{5};

  static Row row_of(std::string_view line) {
    const std::size_t brace = line.rfind('}');
    const std::size_t end = brace == std::string_view::npos ? line.find(' ') : brace + 1;
    const Selector written = Expression::parse(line.substr(0, end), {}).selectors().at(0);
    Row row{.name = written.name, .values = split(trim(line.substr(end)), ' ')};
    for (const Matcher& matcher : written.matchers.list()) {
      if (!matcher.value.empty()) row.labels[matcher.label] = matcher.value;
    }
    return row;
  }

  std::vector<Row> rows_;
};

// The shortest digits that are this double; a NaN has no sign.
inline std::string written(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{}", value);
}

inline std::string written(const Samples& samples) {
  std::vector<std::string> lines;
  for (const Sample& sample : samples) {
    lines.push_back(to_string(sample.labels) + " " + written(sample.value));
  }
  return join(lines, "; ");
}

// "3", or "{a="1"} 2; {a="2"} 3".
inline std::string written(const Answer& answer) {
  if (const auto* const number = std::get_if<double>(&answer)) return written(*number);
  return written(std::get<Samples>(answer));
}

}  // namespace pcx::alert
