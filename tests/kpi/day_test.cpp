#include "kpi/day.h"

#include <gmock/gmock.h>

#include "core/date.h"
#include "core/time.h"
#include "tests/kpi/fixture.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using std::chrono::days;
using std::chrono::microseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Date date(std::string_view text) { return parse_iso_date(text).value(); }
Time instant(std::string_view text) { return parse_rfc3339(text).value(); }

std::string to_text(const Day& day) {
  return to_iso_date(day.date) + ' ' + to_rfc3339(day.from) + ' ' + to_rfc3339(day.to);
}

class DayTest : public KpiFixture {
 protected:
  std::vector<Day> read(const std::string& zone, Date first, Date last) {
    db::Transaction tx = database().begin(db::Access::read_only);
    return read_days(tx, zone, first, last);
  }
  std::vector<std::string> texts(const std::string& zone, const char* first, const char* last) {
    std::vector<std::string> found;
    for (const Day& day : read(zone, date(first), date(last))) found.push_back(to_text(day));
    return found;
  }
  std::string date_at(const std::string& zone, Time instant) {
    db::Transaction tx = database().begin(db::Access::read_only);
    return date_at(tx, zone, instant);
  }
  static std::string date_at(db::Transaction& tx, const std::string& zone, Time instant) {
    return to_iso_date(read_date(tx, zone, instant));
  }
  void require(const std::string& zone) {
    db::Transaction tx = database().begin(db::Access::read_only);
    require_time_zone(tx, zone);
  }
};

TEST_F(DayTest, BeginsAtTheFirstInstantOfItsDate) {
  struct Case {
    const char* zone;
    const char* day;
    const char* from;
    const char* to;
  };
  constexpr Case kCases[] = {
      {"UTC", "2026-11-01", "2026-11-01T00:00", "2026-11-02T00:00"},
      {"America/New_York", "2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00"},
      {"America/New_York", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"},
      // Midnight comes twice.
      {"America/Havana", "2026-10-31", "2026-10-31T04:00", "2026-11-01T04:00"},
      {"America/Havana", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"},
      // There is none.
      {"America/Santiago", "2026-09-06", "2026-09-06T04:00", "2026-09-07T03:00"},
      {"Africa/Cairo", "2026-04-24", "2026-04-23T22:00", "2026-04-24T21:00"},
      // Put back from midnight to 23:00 of the day before, which is 25 hours long.
      {"America/Santiago", "2026-04-04", "2026-04-04T03:00", "2026-04-05T04:00"},
      {"America/Santiago", "2026-04-05", "2026-04-05T04:00", "2026-04-06T04:00"},
      // Put back from 00:01 to 23:01: the day that has begun goes on.
      {"America/St_Johns", "2006-10-28", "2006-10-28T02:30", "2006-10-29T02:30"},
      {"America/St_Johns", "2006-10-29", "2006-10-29T02:30", "2006-10-30T03:30"},
      // Put forward from 23:30 to 00:30.
      {"America/Toronto", "1919-03-30", "1919-03-30T05:00", "1919-03-31T04:30"},
      {"America/Toronto", "1919-03-31", "1919-03-31T04:30", "1919-04-01T04:00"},
      // By half an hour.
      {"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", "2026-04-05T13:30"},
      {"Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", "2026-10-04T13:00"},
      // Another time during Ramadan.
      {"Africa/Casablanca", "2026-02-15", "2026-02-14T23:00", "2026-02-16T00:00"},
      {"Africa/Casablanca", "2026-03-22", "2026-03-22T00:00", "2026-03-22T23:00"},
      {"Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15", "2026-01-01T18:15"},
      {"Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00", "2026-01-01T10:00"},
      {"Etc/GMT+12", "2026-01-01", "2026-01-01T12:00", "2026-01-02T12:00"},
  };
  for (const Case& c : kCases) {
    const std::string from = std::string{c.from} + ":00.000Z";
    const std::string to = std::string{c.to} + ":00.000Z";
    EXPECT_THAT(texts(c.zone, c.day, c.day),
                ElementsAre(std::string{c.day} + ' ' + from + ' ' + to))
        << c.zone;
  }
}

TEST_F(DayTest, IsLeftOutWhenTheZoneNeverHadIt) {
  EXPECT_THAT(texts("Pacific/Apia", "2011-12-29", "2011-12-31"),
              ElementsAre("2011-12-29 2011-12-29T10:00:00.000Z 2011-12-30T10:00:00.000Z",
                          "2011-12-31 2011-12-30T10:00:00.000Z 2011-12-31T10:00:00.000Z"));
  EXPECT_THAT(texts("Pacific/Apia", "2011-12-30", "2011-12-30"), IsEmpty());
  EXPECT_EQ(date_at("Pacific/Apia", instant("2011-12-30T09:59:59.999Z")), "2011-12-29");
  EXPECT_EQ(date_at("Pacific/Apia", instant("2011-12-30T10:00:00Z")), "2011-12-31");
}

// Kwajalein changed to the other side of the date line.
TEST_F(DayTest, IsTwiceAsLongWhenTheZoneHadItTwice) {
  EXPECT_THAT(texts("Pacific/Kwajalein", "1969-09-30", "1969-09-30"),
              ElementsAre("1969-09-30 1969-09-29T13:00:00.000Z 1969-10-01T12:00:00.000Z"));
}

TEST_F(DayTest, TilesTheTimeLineFrom1900To2199) {
  for (const char* zone : {"America/St_Johns", "Africa/Monrovia"}) {
    Time next = read(zone, kFirstDate, kFirstDate).at(0).from;
    for (Date first = kFirstDate; first <= kLastDate; first += days{kDaysMax}) {
      const Date last = std::min(first + days{kDaysMax - 1}, kLastDate);
      for (const Day& day : read(zone, first, last)) {
        ASSERT_EQ(day.from, next) << zone << ' ' << to_iso_date(day.date);
        ASSERT_LT(day.from, day.to) << zone << ' ' << to_iso_date(day.date);
        next = day.to;
      }
    }
  }
}

TEST_F(DayTest, HasAllItsInstants) {
  struct Case {
    const char* zone;
    const char* day;
  };
  constexpr Case kCases[] = {
      {"America/Havana", "2026-11-01"},      {"America/Santiago", "2026-09-06"},
      {"America/Santiago", "2026-04-04"},    {"America/St_Johns", "2006-10-29"},
      {"Australia/Lord_Howe", "2026-04-05"}, {"Pacific/Kiritimati", "2026-06-01"},
      {"Etc/GMT+12", "2026-06-01"},          {"America/Toronto", "1919-03-31"},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.zone);
    db::Transaction tx = database().begin(db::Access::read_only);
    const Day day = read_days(tx, c.zone, date(c.day), date(c.day)).at(0);
    EXPECT_EQ(date_at(tx, c.zone, day.from - microseconds{1}), to_iso_date(day.date - days{1}));
    EXPECT_EQ(date_at(tx, c.zone, day.to), to_iso_date(day.date + days{1}));
    for (Time at = day.from; at < day.to; at += std::chrono::minutes{59}) {
      ASSERT_EQ(date_at(tx, c.zone, at), c.day) << to_rfc3339(at);
    }
    EXPECT_EQ(date_at(tx, c.zone, day.to - microseconds{1}), c.day);
  }
}

// 00:00 to 00:01, then 23:01 to 24:00 by the clock of the day before, then 00:00 again.
TEST_F(DayTest, GoesOnWhileClocksShowTheDayBeforeAgain) {
  for (const char* at : {"2006-10-29T02:30:00Z", "2006-10-29T02:31:00Z", "2006-10-29T03:29:59Z",
                         "2006-10-29T03:30:00Z"}) {
    EXPECT_EQ(date_at("America/St_Johns", instant(at)), "2006-10-29") << at;
  }
}

TEST_F(DayTest, DoesNotDependOnTheZoneOfTheSession) {
  db::Transaction tx = database().begin();
  tx.query(db::Statement{"test", "SET LOCAL TimeZone = 'Asia/Tokyo'"});
  tx.query(db::Statement{"test", "SET LOCAL DateStyle = 'German'"});
  const Date day = date("2026-11-01");
  EXPECT_EQ(to_text(read_days(tx, "America/Havana", day, day).at(0)),
            "2026-11-01 2026-11-01T04:00:00.000Z 2026-11-02T05:00:00.000Z");
  EXPECT_EQ(read_date(tx, "America/Havana", instant("2026-11-02T04:59:59Z")), day);
}

TEST_F(DayTest, IsOfCenturiesThatInstantsCanTell) {
  for (const Date day : {kFirstDate - days{1}, kLastDate + days{1}, date("9999-12-31")}) {
    const Error error = testing::error_of([&] { read("UTC", day, day); });
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_EQ(error.reason(), "date_range");
    EXPECT_STREQ(error.what(), "the date is outside of 1900-01-01 to 2199-12-31");
  }
}

TEST_F(DayTest, TakesNamesOfTimeZones) {
  for (const char* name : {"UTC", "utc", "Europe/Berlin", "europe/berlin", "AMERICA/PORT-AU-PRINCE",
                           "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Etc/GMT", "GB", "Japan",
                           "EST5EDT", "EST", "GMT", "posix/Europe/Berlin"}) {
    EXPECT_NO_THROW(require(name)) << name;
    EXPECT_EQ(read(name, date("2026-01-01"), date("2026-01-02")).size(), 2u) << name;
  }
}

TEST_F(DayTest, RefusesWhatIsNoTimeZone) {
  const char* const names[] = {
      "",
      " ",
      "UTOPIA",
      "Utopia/Nowhere",
      "Utopia/Nowhere+3",  // POSIX, of one's own making
      "EST5EDT4",
      "EST5EDT,M3.2.0,M11.1.0",
      "<+03>-3",
      "Etc/GMT+99",
      "+03",
      "CEST",  // abbreviations
      "PDT",
      "CET",  // zones that the server takes for abbreviations
      "met",
      "right/Europe/Berlin",  // with leap seconds
      "RIGHT/europe/berlin",
      "Europe/Berlin ",
      "Europe/Berlin'",
      "Europe",
      "Europe/",
      "../zoneinfo/Europe/Berlin",
      "Europe/Z\xc3\xbcrich",
      "Europe/\xff",
  };
  for (const std::string name : names) {
    for (const bool reads : {false, true}) {
      const Error error = testing::error_of([&] {
        reads ? void(read(name, date("2026-01-01"), date("2026-01-01"))) : require(name);
      });
      EXPECT_EQ(error.code(), ErrorCode::config) << name;
      EXPECT_EQ(error.reason(), "time_zone") << name;
      EXPECT_THAT(error.what(), HasSubstr("is not a time zone")) << name;
    }
  }
  const std::string hidden{"Europe/Berlin\0x", 15};
  EXPECT_EQ(testing::error_of([&] { require(hidden); }).reason(), "time_zone");
}

TEST(YearBefore, IsTheSameDate) {
  struct Case {
    const char* date;
    const char* before;
  };
  constexpr Case kCases[] = {
      {"2026-11-29", "2025-11-29"}, {"2024-02-29", "2023-02-28"}, {"2025-02-28", "2024-02-28"},
      {"2024-02-28", "2023-02-28"}, {"2025-03-01", "2024-03-01"}, {"2000-01-01", "1999-01-01"},
      {"2000-02-29", "1999-02-28"}, {"2025-12-31", "2024-12-31"},
  };
  for (const Case& c : kCases) EXPECT_EQ(to_iso_date(year_before(date(c.date))), c.before);
}

}  // namespace
}  // namespace pcx::kpi
