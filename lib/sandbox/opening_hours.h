// When visits happen: how many on which day, and at what time of it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "sandbox/row_text.h"

namespace pcx::sandbox {

// Distance of local time from UTC in the zone of a tenant on a day, after the night's change:
// America/Chicago for the first (and rows without one), Europe/Berlin for the second. Rules of
// the tz database: second Sunday of March to first of November, last Sunday of March to last of
// October.
std::chrono::minutes utc_offset(Tenant tenant, std::chrono::sys_days day);

// Start of a visit in minutes after local midnight, a multiple of 15: open 8 to 18, a morning and
// an afternoon wave, half as many at lunch; Saturdays 9 to 13, Sundays emergencies only.
// `share` in [0, 1) is the place of the visit among those of its day.
int visit_minute(std::chrono::weekday weekday, double share);

// Spreads a number of visits over consecutive days: Mondays are full, Sundays nearly empty, and the
// practice grows. The days around `today` are fuller when there are few visits, so that a small
// sample has a day to look at.
class VisitDays {
 public:
  VisitDays(std::chrono::sys_days first, int day_count, std::chrono::sys_days today,
            std::int64_t visits);
  // Number of the first visit of a day; first_of(day_count) is the number of all visits.
  std::int64_t first_of(int day) const { return first_of_[static_cast<std::size_t>(day)]; }
  int day_count() const { return static_cast<int>(first_of_.size()) - 1; }
  std::chrono::sys_days date(int day) const { return first_ + std::chrono::days{day}; }

 private:
  std::chrono::sys_days first_;
  std::vector<std::int64_t> first_of_;
};

}  // namespace pcx::sandbox
