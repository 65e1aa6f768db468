#include "kpi/course.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace pcx::kpi {

namespace {

bool is_known(const Result* result) {
  return result != nullptr && result->value.state == State::known;
}

// Digits without their point, and how many of them are behind it; std::nullopt when there are more
// than 63 bits hold.
std::optional<std::int64_t> scaled(std::string digits, std::size_t places) {
  const std::size_t point = digits.find('.');
  const std::size_t has = point == std::string::npos ? 0 : digits.size() - point - 1;
  if (point != std::string::npos) digits.erase(point, 1);
  if (has < places) digits.append(places - has, '0');
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::string unscaled(std::int64_t number, std::size_t places) {
  std::string digits = fmt::format("{}", number);
  if (places == 0) return digits;
  const std::size_t sign = number < 0 ? 1 : 0;
  if (digits.size() < sign + places + 1) {
    digits.insert(sign, sign + places + 1 - digits.size(), '0');
  }
  return digits.insert(digits.size() - places, ".");
}

std::size_t places_of(const std::string& digits) {
  const std::size_t point = digits.find('.');
  return point == std::string::npos ? 0 : digits.size() - point - 1;
}

Course course_of(const Report& report, const Definition& definition) {
  Course course;
  course.definition = &definition;
  course.is_of_days = report.catalog->source_of(definition).rows == Rows::day;
  return course;
}

const Value* value_of(auto found, auto end) { return found == end ? nullptr : &(*found)->value; }

const Value* extreme(const std::vector<const Result*>& results, bool (*is_better)(double, double)) {
  const Value* best = nullptr;
  for (const Result* result : results) {
    if (!is_known(result)) continue;
    if (best == nullptr || is_better(number_of(result->value), number_of(*best))) {
      best = &result->value;
    }
  }
  return best;
}

}  // namespace

std::vector<TenantDays> days_by_tenant(const Report& report) {
  std::vector<TenantDays> groups;
  auto from = report.days.begin();
  while (from != report.days.end()) {
    const auto to = std::find_if(from, report.days.end(),
                                 [&](const DayReport& day) { return day.tenant != from->tenant; });
    groups.emplace_back(from, to);
    from = to;
  }
  return groups;
}

const Value* Course::first() const {
  return value_of(std::ranges::find_if(results, is_known), results.end());
}

const Value* Course::last() const {
  return value_of(std::find_if(results.rbegin(), results.rend(), is_known), results.rend());
}

const Value* Course::smallest() const {
  return extreme(results, [](double one, double other) { return one < other; });
}

const Value* Course::largest() const {
  return extreme(results, [](double one, double other) { return one > other; });
}

std::optional<std::string> Course::sum() const {
  if (definition->kind != Kind::count && definition->kind != Kind::money) return std::nullopt;
  if (!is_of_days || !std::ranges::all_of(results, is_known)) return std::nullopt;
  std::size_t places = 0;
  for (const Result* result : results) places = std::max(places, places_of(result->value.digits));
  std::int64_t sum = 0;
  for (const Result* result : results) {
    const auto number = scaled(result->value.digits, places);
    if (!number || __builtin_add_overflow(sum, *number, &sum)) return std::nullopt;
  }
  return unscaled(sum, places);
}

std::vector<std::optional<double>> Course::numbers() const {
  std::vector<std::optional<double>> numbers;
  for (const Result* result : results) {
    numbers.push_back(result == nullptr ? std::nullopt : known_number(result->value));
  }
  return numbers;
}

std::vector<Course> courses_of(const Report& report, TenantDays days) {
  std::vector<Course> courses;
  // Days of one report are asked the same, so that the order of a day's is the catalog's.
  for (const DayReport& day : days) {
    for (const Result& result : day.results) {
      const bool is_there = std::ranges::any_of(
          courses, [&](const Course& course) { return course.definition == result.definition; });
      if (!is_there) courses.push_back(course_of(report, *result.definition));
    }
  }
  std::ranges::sort(courses, {}, &Course::definition);  // of one vector, the catalog's
  for (Course& course : courses) {
    for (const DayReport& day : days) course.results.push_back(day.find(course.definition->name));
  }
  return courses;
}

std::optional<double> known_number(const Value& value) {
  if (value.state != State::known) return std::nullopt;
  return number_of(value);
}

std::vector<std::optional<double>> numbers_of(const std::vector<Point>& series) {
  std::vector<std::optional<double>> numbers;
  for (const Point& point : series) numbers.push_back(known_number(point.value));
  return numbers;
}

}  // namespace pcx::kpi
