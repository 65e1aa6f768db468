// Days of all time zones against clocks that are looked at every minute.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/date.h"
#include "core/file.h"
#include "core/time.h"
#include "kpi/day.h"
#include "tests/kpi/fixture.h"
#include "tests/kpi/local_clock.h"

namespace pcx::kpi {
namespace {

using std::chrono::days;
using std::chrono::system_clock;
using std::chrono::year;

constexpr Date kFirst{year{2020} / 1 / 1};
constexpr Date kLast{year{2030} / 12 / 31};
constexpr Date kQuiet{year{2026} / 7 / 1};  // where clocks are never changed
constexpr std::time_t kMinute = 60;
constexpr std::time_t kLook = 6 * 60 * kMinute;

std::time_t midnight_in_utc(Date date) { return system_clock::to_time_t(date); }

// Dates in UTC at or just after which clocks were changed; where they never were, some date.
std::vector<Date> find_changes() {
  std::vector<Date> changes;
  long before = local_time(midnight_in_utc(kFirst)).tm_gmtoff;
  for (std::time_t at = midnight_in_utc(kFirst); at <= midnight_in_utc(kLast); at += kLook) {
    const long now = local_time(at).tm_gmtoff;
    if (now != before) {
      changes.push_back(std::chrono::floor<days>(system_clock::from_time_t(at)));
    }
    before = now;
  }
  return changes;
}

// Looks every minute: a day begins when its date is shown for the first time, and ends when the
// next one begins. Of the dates `first` to `last`.
std::vector<Day> scan(Date first, Date last) {
  std::vector<Day> found;
  std::time_t at = midnight_in_utc(first - days{1});  // somewhere in one of the two days before
  int shown_day = local_time(at).tm_mday;
  Date newest = date_of(local_time(at));
  for (; newest <= last; at += kMinute) {
    const std::tm shown = local_time(at);
    if (shown.tm_mday == shown_day) continue;
    shown_day = shown.tm_mday;
    const Date date = date_of(shown);
    if (date <= newest) continue;  // put back across midnight
    newest = date;
    const Time start = system_clock::from_time_t(at);
    if (!found.empty()) found.back().to = start;
    found.push_back({.date = date, .from = start});
  }
  std::erase_if(found, [&](const Day& day) { return day.date < first || day.date > last; });
  return found;
}

class DayScan : public KpiFixture {
 protected:
  void SetUp() override {
    KpiFixture::SetUp();
    list_zones();
  }

  // Each under one of its names, one that is judged at once when there is such a name: those whose
  // files are equal are one zone. The server takes the four that are left out for abbreviations.
  void list_zones() {
    std::set<std::string> files;
    const db::Result rows = database().query(db::Statement{
        "test",
        "SELECT name FROM pg_timezone_names"
        " WHERE name !~ '^(posix|right)/' AND name NOT IN ('CET', 'EET', 'MET', 'WET')"
        " ORDER BY name !~ '^[A-Z][a-z]+/[^0-9]+$', name"});
    names_ = rows.size();
    for (const db::Row row : rows) {
      const auto name = row["name"].as<std::string>();
      if (files.insert(read_file("/usr/share/zoneinfo/" + name)).second) zones_.push_back(name);
    }
  }

  std::vector<Day> read(const std::string& zone, Date first, Date last) {
    db::Transaction tx = database().begin(db::Access::read_only);
    return read_days(tx, zone, first, last);
  }

  void expect_as_scanned(const std::vector<Day>& days_of_zone, Date near) {
    const std::vector<Day> scanned = scan(near - days{2}, near + days{1});
    const auto first = std::ranges::find(days_of_zone, near - days{2}, &Day::date);
    const auto last = std::ranges::find(days_of_zone, near + days{2}, &Day::date);
    ASSERT_TRUE(std::equal(first, last, scanned.begin(), scanned.end())) << to_iso_date(near);
    days_ += scanned.size();
  }

  std::vector<std::string> zones_;
  std::size_t names_ = 0;
  std::size_t zones_with_changes_ = 0;
  std::size_t days_ = 0;
};

TEST_F(DayScan, FindsTheDaysAroundAllChangesOfAllZonesFrom2020To2030) {
  for (const std::string& zone : zones_) {
    SCOPED_TRACE(zone);
    const LocalZone here{zone};
    std::vector<Date> changes = find_changes();
    if (!changes.empty()) ++zones_with_changes_;
    changes.push_back(kQuiet);
    const auto [first, last] = std::ranges::minmax(changes);
    const std::vector<Day> found = read(zone, first - days{2}, last + days{2});
    for (const Date near : changes) ASSERT_NO_FATAL_FAILURE(expect_as_scanned(found, near));
  }
  EXPECT_GT(names_, 550u);
  EXPECT_GT(zones_.size(), 400u);
  EXPECT_GT(zones_with_changes_, 120u);
  EXPECT_GT(days_, 10'000u);
}

}  // namespace
}  // namespace pcx::kpi
