#include "kpi/report.h"

#include <algorithm>
#include <charconv>

namespace pcx::kpi {

const char* to_string(State state) noexcept {
  switch (state) {
    case State::known: return "known";
    case State::no_data: return "no_data";
    case State::not_kept: return "not_kept";
    case State::failed: return "failed";
  }
  return "";
}

const char* to_string(Basis basis) noexcept {
  switch (basis) {
    case Basis::previous_day: return "previous_day";
    case Basis::same_weekday: return "same_weekday";
    case Basis::previous_year: return "previous_year";
  }
  return "";
}

const char* to_string(Anomaly::Verdict verdict) noexcept {
  switch (verdict) {
    case Anomaly::Verdict::insufficient: return "insufficient";
    case Anomaly::Verdict::usual: return "usual";
    case Anomaly::Verdict::high: return "high";
    case Anomaly::Verdict::low: return "low";
  }
  return "";
}

double number_of(const Value& value) {
  double number = 0;
  std::from_chars(value.digits.data(), value.digits.data() + value.digits.size(), number);
  return number;
}

std::string Tenant::label() const { return !slug.empty() ? slug : id.value_or(""); }

const Result* DayReport::find(std::string_view definition) const {
  const auto found = std::ranges::find(results, definition, [](const Result& result) {
    return std::string_view{result.definition->name};
  });
  return found == results.end() ? nullptr : &*found;
}

std::vector<std::string> failed_definitions(const Report& report) {
  std::vector<std::string> names;
  for (const DayReport& day : report.days) {
    for (const Result& result : day.results) {
      if (result.value.state == State::failed) names.push_back(result.definition->name);
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace pcx::kpi
