#include "kpi/day.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "core/date.h"
#include "core/error.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/sql.h"

namespace pcx::kpi {

namespace {

using std::chrono::days;

constexpr std::string_view kNoSuchZone = "22023";  // invalid_parameter_value

Error no_such_zone(const std::string& time_zone) {
  return Error{
      ErrorCode::config, fmt::format("\"{}\" is not a time zone", escape_controls(time_zone)),
      "Name a place of the IANA time zone database, such as Europe/Berlin; SELECT name FROM "
      "pg_timezone_names lists those that the server has."}
      .because("time_zone");
}

void require_in_range(Date date) {
  if (date >= kFirstDate && date <= kLastDate) return;
  throw Error{ErrorCode::usage, fmt::format("the date is outside of {} to {}",
                                            to_iso_date(kFirstDate), to_iso_date(kLastDate))}
      .because("date_range");
}

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// No zone has other characters ("Etc/GMT+5", "America/Port-au-Prince"; theory.html of tzdata).
bool is_of_names(char c) {
  return is_letter(c) || is_digit(c) || std::string_view{"/_+-."}.find(c) != std::string_view::npos;
}

bool counts_leap_seconds(const std::string& time_zone) {
  constexpr std::string_view kFolder = "right/";
  return std::ranges::equal(std::string_view{time_zone}.substr(0, kFolder.size()), kFolder,
                            [](char left, char right) { return (left | 0x20) == (right | 0x20); });
}

// Whether the server can only know it as a zone's file: abbreviations have no slash, and a zone of
// one's own making has an offset, in digits (POSIX, "TZ variable"; tzparse() of PostgreSQL).
bool is_place(const std::string& time_zone) {
  const bool is_made = std::ranges::any_of(time_zone, is_digit);
  return time_zone.find('/') != std::string::npos && !is_made && !counts_leap_seconds(time_zone);
}

// True when using the name shows whether it is a zone.
bool is_plain(const std::string& time_zone) { return time_zone == "UTC" || is_place(time_zone); }

void require_well_formed(const std::string& time_zone) {
  if (!std::ranges::all_of(time_zone, is_of_names)) throw no_such_zone(time_zone);
}

db::Result query_zone(db::Transaction& tx, const db::Query& query, const std::string& time_zone) {
  try {
    return tx.query(query);
  } catch (const Error& error) {
    if (error.sqlstate() == kNoSuchZone) throw no_such_zone(time_zone);
    throw;
  }
}

void require_listed(db::Transaction& tx, const std::string& time_zone) {
  const db::Result rows = tx.query(sql::has_time_zone, {time_zone});
  if (!rows.one()["known"].as<bool>()) throw no_such_zone(time_zone);
}

Time instant_of(const db::Field& microseconds) {
  return Time{std::chrono::microseconds{microseconds.as<std::int64_t>()}};
}

Day day_of(const db::Row& row) {
  return {.date = parse_iso_date(row["date"].as<std::string_view>()).value(),
          .from = instant_of(row["from_us"]),
          .to = instant_of(row["to_us"])};
}

}  // namespace

std::vector<Day> read_days(db::Transaction& tx, const std::string& time_zone, Date first,
                           Date last) {
  require_in_range(first);
  require_in_range(last);
  require_well_formed(time_zone);
  if (!is_plain(time_zone)) require_listed(tx, time_zone);
  const db::Query query{sql::read_days, {time_zone, to_iso_date(first), to_iso_date(last)}};
  std::vector<Day> found;
  const db::Result rows = query_zone(tx, query, time_zone);
  found.reserve(rows.size());
  for (const db::Row row : rows) found.push_back(day_of(row));
  return found;
}

// Local dates are at most one off the date in UTC, the day before and the day after included that a
// clock which was put back across midnight shows.
Date read_date(db::Transaction& tx, const std::string& time_zone, Time instant) {
  const Date date = std::chrono::floor<days>(instant);
  const std::vector<Day> near = read_days(tx, time_zone, date - days{1}, date + days{1});
  const auto found = std::ranges::find_if(
      near, [&](const Day& day) { return day.from <= instant && instant < day.to; });
  if (found == near.end()) {
    throw Error{ErrorCode::internal,
                fmt::format("{} belongs to no day in {}", to_rfc3339(instant), time_zone)};
  }
  return found->date;
}

void require_time_zone(db::Transaction& tx, const std::string& time_zone) {
  require_well_formed(time_zone);
  if (!is_plain(time_zone)) return require_listed(tx, time_zone);
  query_zone(tx, {sql::try_time_zone, {time_zone}}, time_zone);
}

Date year_before(Date date) {
  const std::chrono::year_month_day now{date};
  const std::chrono::year_month_day then = now - std::chrono::years{1};
  return then.ok() ? Date{then} : Date{then.year() / then.month() / std::chrono::last};
}

}  // namespace pcx::kpi
