#include "sandbox/opening_hours.h"

#include <array>
#include <span>

namespace pcx::sandbox {

namespace {

using namespace std::chrono;

constexpr std::int64_t kFewVisits = 5000;
constexpr int kFullDaysBefore = 7;
constexpr int kFullDaysAfter = 14;

// Visits for each half hour, relative to each other.
struct Opening {
  int from_minute;
  std::span<const int> half_hours;
};
constexpr std::array kWeekday = {4, 7, 10, 11, 11, 10, 9, 7, 4, 3, 4, 6, 8, 9, 9, 9, 10, 9, 7, 4};
constexpr std::array kSaturday = {6, 9, 10, 10, 9, 8, 6, 4};
constexpr std::array kSunday = {3, 1, 1, 2, 1, 1, 1, 1, 2, 3};

Opening opening_on(weekday day) {
  if (day == Sunday) return {9 * 60, kSunday};
  if (day == Saturday) return {9 * 60, kSaturday};
  return {8 * 60, kWeekday};
}

double weight_of(weekday day) {
  constexpr std::array kWeights = {0.04, 1.25, 1.0, 0.95, 1.0, 1.1, 0.45};  // Sunday first
  return kWeights[day.c_encoding()];
}

bool in_summer_time(Tenant tenant, sys_days day) {
  const year in = year_month_day{day}.year();
  if (tenant == Tenant::second) {
    return day >= sys_days{in / March / Sunday[last]} &&
           day < sys_days{in / October / Sunday[last]};
  }
  return day >= sys_days{in / March / Sunday[2]} && day < sys_days{in / November / Sunday[1]};
}

}  // namespace

minutes utc_offset(Tenant tenant, sys_days day) {
  const hours standard{tenant == Tenant::second ? 1 : -6};
  return standard + (in_summer_time(tenant, day) ? hours{1} : hours{0});
}

int visit_minute(weekday day, double share) {
  const Opening opening = opening_on(day);
  int total = 0;
  for (const int weight : opening.half_hours) total += weight;
  double left = share * total;
  int minute = opening.from_minute;
  for (const int weight : opening.half_hours) {
    if (left < weight) return minute + (left < weight / 2.0 ? 0 : 15);
    left -= weight;
    minute += 30;
  }
  return minute - 15;
}

VisitDays::VisitDays(sys_days first, int day_count, sys_days today, std::int64_t visits)
    : first_(first) {
  std::vector<double> sum_before{0};
  for (int day = 0; day < day_count; ++day) {
    const double growth = 0.6 + 0.4 * day / day_count;
    const int distance = static_cast<int>((date(day) - today).count());
    const bool is_near = distance >= -kFullDaysBefore && distance <= kFullDaysAfter;
    const double fill = is_near && visits < kFewVisits ? 4 : 1;
    sum_before.push_back(sum_before.back() + weight_of(weekday{date(day)}) * growth * fill);
  }
  for (const double before : sum_before) {
    const double share = before / sum_before.back();
    first_of_.push_back(static_cast<std::int64_t>(share * static_cast<double>(visits)));
  }
}

}  // namespace pcx::sandbox
