// Days of a practice: what a date is in instants, in the practice's own time zone.
//
// Calendars of time zones are PostgreSQL's (its tzdata); its answer for a midnight that is missing or
// comes twice is mended here, see read_days().
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/document.h"
#include "db/database.h"

namespace pcx::kpi {

using Date = std::chrono::sys_days;  // a date of the calendar, in no time zone

// Half open: an instant belongs to the day when from <= instant < to. 23, 24 or 25 hours long, and
// others where a zone once moved (Samoa had no 2011-12-30: such a date is no Day).
struct Day {
  Date date;
  Time from, to;
  bool operator==(const Day&) const = default;
};

// The days `first` to `last`, both included, in order, without dates that the zone never had. A day
// begins at the first instant whose local date is its date, so that a repeated midnight (Havana,
// 2026-11-01) belongs to the day as a whole, and a missing one (Santiago, 2026-09-06) begins when the
// clocks have been put forward.
//
// REQUIRES: first <= last; at most kDaysMax of them.
// Throws Error{config} with reason "time_zone" when the server has no such zone.
inline constexpr int kDaysMax = 4000;
std::vector<Day> read_days(db::Transaction& tx, const std::string& time_zone, Date first, Date last);

// The date that it is in `time_zone` at `instant`. Throws as read_days().
Date read_date(db::Transaction& tx, const std::string& time_zone, Time instant);

// Throws as read_days(). A name that the server would take for a zone with an offset of its own
// making ("EST5EDT4", "Utopia/Nowhere+3") is refused, too: only names of pg_timezone_names hold.
void require_time_zone(db::Transaction& tx, const std::string& time_zone);

// The same day of the year before; February 29 becomes February 28. Pure.
Date year_before(Date date);

}  // namespace pcx::kpi
