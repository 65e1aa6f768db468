#include "kpi/measurement.h"

#include <charconv>
#include <cmath>

namespace pcx::kpi {
namespace {

void add_day(std::vector<Measurement>& found, const Report& report, const DayReport& day) {
  for (const Result& result : day.results) {
    Measurement made{&report.tenant_of(day), &day, &result};
    if (result.value.state == State::known) found.push_back(made);
    if (result.value.state == State::failed) continue;
    for (const Part& part : result.parts) {
      made.part = &part;
      found.push_back(made);
    }
  }
}

}  // namespace

Time Measurement::time() const {
  return day->is_partial() ? day->until : day->day.to - std::chrono::milliseconds{1};
}

std::vector<Measurement> measurements(const Report& report) {
  std::vector<Measurement> found;
  for (const DayReport& day : report.days) add_day(found, report, day);
  return found;
}

std::vector<Measurement> measurements(const Report& report, const DayReport& day) {
  std::vector<Measurement> found;
  add_day(found, report, day);
  return found;
}

std::optional<double> finite_number(std::string_view digits) {
  double number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, failed] = std::from_chars(digits.data(), end, number);
  if (failed != std::errc{} || stopped != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string unit_name(const Definition& definition, std::string_view currency) {
  std::string money{currency};
  for (char& c : money) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  switch (definition.kind) {
    case Kind::count: return definition.unit;
    case Kind::money: return money;
    case Kind::duration: return "second";
    case Kind::ratio: return "1";
  }
  return {};
}

}  // namespace pcx::kpi
