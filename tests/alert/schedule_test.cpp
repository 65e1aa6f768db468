#include "alert/schedule.h"

#include <gtest/gtest.h>

#include "alert/zone_files.h"
#include "core/time.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

const Location kPlace{"rules.yml", 7, 20};

// "Mon..Sun" as "1111111".
std::string days_of(const ScheduleRange& range) {
  std::string days;
  for (const bool is_in : range.days) days += is_in ? '1' : '0';
  return days;
}

TEST(Schedule, IsRangesWithTheirZones) {
  const std::string text = "Mon-Sat 08:00-19:00 America/New_York; Sun 10:00-12:30 Europe/Paris";
  const Schedule schedule = parse_schedule(text, "UTC", kPlace);
  EXPECT_EQ(schedule.text, text);
  ASSERT_EQ(schedule.ranges.size(), 2u);
  EXPECT_EQ(days_of(schedule.ranges[0]), "1111110");
  EXPECT_EQ(schedule.ranges[0].from_minute, 480);
  EXPECT_EQ(schedule.ranges[0].to_minute, 1140);
  EXPECT_EQ(schedule.ranges[0].zone, "America/New_York");
  EXPECT_EQ(days_of(schedule.ranges[1]), "0000001");
  EXPECT_EQ(schedule.ranges[1].from_minute, 600);
  EXPECT_EQ(schedule.ranges[1].to_minute, 750);
  EXPECT_EQ(schedule.ranges[1].zone, "Europe/Paris");
}

TEST(Schedule, TakesDaysInManyWays) {
  const std::pair<const char*, const char*> cases[] = {
      {"daily", "1111111"},   {"Daily", "1111111"},       {"Mon", "1000000"},
      {"Mon-Sun", "1111111"}, {"Mon,Wed", "1010000"},     {"mon,SUN", "1000001"},
      {"Fri-Mon", "1000111"}, {"Mon-Tue,Sat", "1100010"}, {"Sun-Sat", "1111111"},
      {"Sun-Sun", "0000001"}, {"Mon,Mon", "1000000"},     {"Wed-Tue", "1111111"},
  };
  for (const auto& [days, expected] : cases) {
    const Schedule schedule = parse_schedule(std::string{days} + " 08:00-09:00", "UTC", kPlace);
    EXPECT_EQ(days_of(schedule.ranges.at(0)), expected) << days;
    EXPECT_EQ(schedule.ranges.at(0).zone, "UTC");
  }
}

TEST(Schedule, EndsADayAtTwentyFourOrAtZero) {
  for (const char* times : {"00:00-24:00", "00:00-00:00"}) {
    const Schedule schedule = parse_schedule(std::string{"Sat "} + times, "UTC", kPlace);
    EXPECT_EQ(schedule.ranges.at(0).from_minute, 0) << times;
    EXPECT_EQ(schedule.ranges.at(0).to_minute, 1440) << times;
  }
}

struct Fault {
  const char* text;
  int column;  // of rules.yml, where the text begins at 20
  const char* message;
};

TEST(Schedule, SaysWhereItIsWrong) {
  const Fault faults[] = {
      {"", 20, "the schedule has an empty range"},
      {"Mon 08:00-19:00 UTC; ", 40, "the schedule has an empty range"},
      {"Mon", 20, "range 'Mon' of the schedule has no times"},
      {"Mun 08:00-19:00 UTC", 20, "'Mun' is no day of the week"},
      {"Mon,,Tue 08:00-19:00 UTC", 24, "'' is no day of the week"},
      {"Mon-Tue-Wed 08:00-19:00 UTC", 20, "'Mon-Tue-Wed' is no range of days"},
      {"Mon- 08:00-19:00 UTC", 24, "'' is no day of the week"},
      {"daily,Mon 08:00-19:00 UTC", 20, "'daily' is no day of the week"},
      {"Mon 08:00 UTC", 24, "'08:00' is no range of times"},
      {"Mon 8:00-19:00 UTC", 24, "'8:00' is no time of day"},
      {"Mon 08:00-19.00 UTC", 30, "'19.00' is no time of day"},
      {"Mon 08:00-19:60 UTC", 30, "'19:60' is no time of day"},
      {"Mon 08:00-24:01 UTC", 30, "'24:01' is no time of day"},
      {"Mon 08:00-25:00 UTC", 30, "'25:00' is no time of day"},
      {"Mon 0a:00-19:00 UTC", 24, "'0a:00' is no time of day"},
      {"Mon 24:00-08:00 UTC", 24, "a range cannot begin at 24:00"},
      {"Mon 08:00-19:00", 20, "range 'Mon 08:00-19:00' of the schedule names no time zone"},
      {"Mon 08:00-19:00 New York", 40, "'York' follows the time zone of a range"},
      {"Mon 08:00-19:00 UTC;  \xc3\xa9t\xc3\xa9 1 UTC", 42,
       "'\xc3\xa9t\xc3\xa9' is no day of the week"},
      {"Mon 08:00-19:00 UTC; \x1b[2J 1 UTC", 41, "'\\x1b[2J' is no day of the week"},
  };
  for (const Fault& fault : faults) {
    const Error error = pcx::testing::error_of([&] { parse_schedule(fault.text, "", kPlace); });
    EXPECT_EQ(error.code(), ErrorCode::data) << fault.text;
    EXPECT_STREQ(error.what(), fault.message);
    EXPECT_EQ(to_string(error.location()), "rules.yml:7:" + std::to_string(fault.column))
        << fault.text;
  }
}

TEST(Schedule, HasALimit) {
  std::string text = "Mon 08:00-19:00 UTC";
  text.append(kScheduleBytesMax - text.size(), ' ');
  EXPECT_EQ(parse_schedule(text, "", kPlace).ranges.size(), 1u);
  const Error error = pcx::testing::error_of([&] { parse_schedule(text + " ", "", kPlace); });
  EXPECT_STREQ(error.what(), "the schedule is longer than 4096 bytes");
}

Time moment_of(const char* text) { return parse_rfc3339(text).value(); }

struct Instant {
  const char* at;
  bool is_inside;
};

void expect_inside(const char* text, std::initializer_list<Instant> instants) {
  const ZoneFiles zones{kZoneFolder};
  const Schedule schedule = parse_schedule(text, "", kPlace);
  for (const Instant& instant : instants) {
    EXPECT_EQ(is_inside(schedule, zones, moment_of(instant.at)), instant.is_inside)
        << text << " at " << instant.at;
  }
}

TEST(IsInside, BeginsWithItsMinuteAndEndsBeforeIt) {
  expect_inside("Mon-Fri 08:00-19:00 Etc/UTC", {{"2026-11-30T07:59:59.999Z", false},  // a Monday
                                                {"2026-11-30T08:00:00Z", true},
                                                {"2026-11-30T18:59:59.999Z", true},
                                                {"2026-11-30T19:00:00Z", false},
                                                {"2026-11-29T12:00:00Z", false},
                                                {"2026-12-04T12:00:00Z", true},
                                                {"2026-12-05T12:00:00Z", false}});
}

TEST(IsInside, GoesOverMidnightFromTheDayOnWhichItBegins) {
  expect_inside("Fri 22:00-06:00 Etc/UTC", {{"2026-12-04T05:59:00Z", false},  // a Friday
                                            {"2026-12-04T21:59:00Z", false},
                                            {"2026-12-04T22:00:00Z", true},
                                            {"2026-12-05T05:59:59Z", true},
                                            {"2026-12-05T06:00:00Z", false},
                                            {"2026-12-05T22:00:00Z", false}});
  // From Sunday into Monday, and as long as a day.
  expect_inside("Sun 08:00-08:00 Etc/UTC", {{"2026-12-06T07:59:00Z", false},
                                            {"2026-12-06T08:00:00Z", true},
                                            {"2026-12-07T07:59:00Z", true},
                                            {"2026-12-07T08:00:00Z", false}});
}

TEST(IsInside, TakesWholeDays) {
  expect_inside("Sat-Sun 00:00-24:00 Europe/Paris", {{"2026-12-04T22:59:59Z", false},
                                                     {"2026-12-04T23:00:00Z", true},
                                                     {"2026-12-06T22:59:59Z", true},
                                                     {"2026-12-06T23:00:00Z", false}});
}

TEST(IsInside, IsInBothHoursOfOneThatComesTwice) {
  expect_inside("Sun 01:30-02:00 America/New_York", {{"2026-11-01T05:29:00Z", false},
                                                     {"2026-11-01T05:30:00Z", true},
                                                     {"2026-11-01T06:00:00Z", false},
                                                     {"2026-11-01T06:30:00Z", true},
                                                     {"2026-11-01T06:59:59Z", true},
                                                     {"2026-11-01T07:00:00Z", false}});
}

TEST(IsInside, IsNeverInAnHourThatIsMissing) {
  const ZoneFiles zones{kZoneFolder};
  const Schedule schedule = parse_schedule("Sun 02:00-03:00 America/New_York", "", kPlace);
  for (Time now = moment_of("2026-03-08T00:00:00Z"); now < moment_of("2026-03-09T04:00:00Z");
       now += std::chrono::minutes{1}) {
    EXPECT_FALSE(is_inside(schedule, zones, now));
  }
  EXPECT_TRUE(is_inside(schedule, zones, moment_of("2026-03-15T06:00:00Z")));
}

TEST(IsInside, TakesAnyOfItsRanges) {
  expect_inside("daily 08:00-09:00 America/New_York; Mon 00:00-01:00 Asia/Kolkata",
                {{"2026-12-06T13:00:00Z", true},
                 {"2026-12-06T14:00:00Z", false},
                 {"2026-12-06T18:30:00Z", true},
                 {"2026-12-06T19:30:00Z", false}});
}

TEST(IsInside, RefusesAZoneThatIsNotThere) {
  const ZoneFiles zones{kZoneFolder};
  const Schedule schedule = parse_schedule("daily 08:00-09:00 Mars/Olympus", "", kPlace);
  const Error error = pcx::testing::error_of(
      [&] { is_inside(schedule, zones, moment_of("2026-12-06T13:00:00Z")); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_STREQ(error.what(), "time zone 'Mars/Olympus' is unknown");
}

}  // namespace
}  // namespace pcx::alert
