// Days of a practice: what a date is in instants, in the practice's own time zone.
//
// Calendars of time zones are PostgreSQL's (its tzdata); its answer for a midnight that is missing
// or comes twice is mended here, see read_days().
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
// begins at the first instant whose local date is its date, and ends where the next one begins:
// days tile the time line. So a repeated midnight (Havana, 2026-11-01) belongs to the day as a
// whole; a missing one (Santiago, 2026-09-06) begins when the clocks have been put forward; and
// when clocks are put back across midnight (St. John's, 2006-10-29, 00:01 to 23:01), what they show
// of the day before for the second time belongs to the new day, which has begun already.
//
// To the microsecond, except before 1972, when a few zones put clocks forward across midnight by an
// odd number of seconds: to the minute there.
//
// REQUIRES: first <= last; at most kDaysMax of them.
// Throws Error{usage} with reason "date_range" for dates outside of kFirstDate to kLastDate, and
// Error{config} with reason "time_zone" when the server has no such zone: the transaction may be
// over then, so that it can only be rolled back. Names are those of pg_timezone_names, in letters
// of either case. Refused is what the server would take for a zone with an offset of its own making
// ("EST5EDT4", "Utopia/Nowhere+3"), counts leap seconds ("right/Europe/Berlin"), or means by an
// abbreviation something else than the zone of that name (CET, EET, MET, WET: winter time all
// year).
inline constexpr int kDaysMax = 4018;  // eleven years
inline constexpr Date kFirstDate{std::chrono::year{1900} / 1 / 1};
inline constexpr Date kLastDate{std::chrono::year{2199} / 12 / 31};
std::vector<Day> read_days(db::Transaction& tx, const std::string& time_zone, Date first,
                           Date last);

// The date of the day, as above, to which `instant` belongs in `time_zone`. Throws as read_days().
Date read_date(db::Transaction& tx, const std::string& time_zone, Time instant);

// Throws as read_days() for a name of no time zone. Names of a place ("Europe/Berlin") cost one
// short question, others (but UTC) a look through all of tzdata: tens of milliseconds.
void require_time_zone(db::Transaction& tx, const std::string& time_zone);

// The same day of the year before; February 29 becomes February 28. Pure.
Date year_before(Date date);

}  // namespace pcx::kpi
