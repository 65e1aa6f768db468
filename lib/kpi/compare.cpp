#include "kpi/compare.h"

#include <algorithm>
#include <cmath>

#include "kpi/anomaly.h"
#include "kpi/shown_units.h"

namespace pcx::kpi {

namespace {

using std::chrono::days;
using std::chrono::weeks;

void add_change(Comparison& comparison, Kind kind, double now, double then) {
  if (kind == Kind::ratio) {
    comparison.change = (now - then) / units_in_one(kind);
  } else if (then != 0) {
    comparison.change = (now - then) / std::abs(then);
  } else {
    comparison.is_new = now != 0;
  }
}

}  // namespace

Date compared_date(Basis basis, Date date) {
  switch (basis) {
    case Basis::previous_day: return date - days{1};
    case Basis::same_weekday: return date - weeks{1};
    case Basis::previous_year: return year_before(date);
  }
  return date;
}

std::vector<Date> same_weekdays(Date date) {
  std::vector<Date> dates;
  for (int week = kAnomalyWeeks; week >= 1; --week) dates.push_back(date - weeks{week});
  return dates;
}

std::vector<Date> needed_dates(Date date) {
  std::vector<Date> dates = same_weekdays(date);
  dates.push_back(date);
  for (const Basis basis : kBases) dates.push_back(compared_date(basis, date));
  std::ranges::sort(dates);
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  return dates;
}

Comparison compare(Kind kind, const Value& now, Basis basis, Date date, const Value& then) {
  Comparison comparison{.basis = basis, .day = compared_date(basis, date), .value = then};
  if (now.state == State::known && then.state == State::known) {
    add_change(comparison, kind, shown_units(kind, now), shown_units(kind, then));
  }
  return comparison;
}

}  // namespace pcx::kpi
