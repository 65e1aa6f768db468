// What a tenant's KPIs did over several days. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kpi/report.h"

namespace pcx::kpi {

// The days of one tenant, in order; they are neighbours in Report::days.
using TenantDays = std::span<const DayReport>;
std::vector<TenantDays> days_by_tenant(const Report& report);

struct Course {
  const Definition* definition = nullptr;
  std::vector<const Result*> results;  // one a day; nullptr: not asked on that day
  bool is_of_days = true;              // false: a state, which no day adds to

  // Of what is known; nullptr: nothing is.
  const Value* first() const;
  const Value* last() const;
  const Value* smallest() const;  // the earliest of several
  const Value* largest() const;
  // Exact digits, of counts and money of days that are all known: a sum of others would be none.
  std::optional<std::string> sum() const;
  // For page::sparkline().
  std::vector<std::optional<double>> numbers() const;
};
// In the order of the catalog; a KPI that was asked on no day is left out.
std::vector<Course> courses_of(const Report& report, TenantDays days);

// std::nullopt: not known.
std::optional<double> known_number(const Value& value);
std::vector<std::optional<double>> numbers_of(const std::vector<Point>& series);

}  // namespace pcx::kpi
