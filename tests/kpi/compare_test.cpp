#include "kpi/compare.h"

#include <gmock/gmock.h>

#include "core/date.h"
#include "core/time.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

Date date(std::string_view text) { return parse_iso_date(text).value(); }

std::vector<std::string> texts(const std::vector<Date>& dates) {
  std::vector<std::string> found;
  for (const Date day : dates) found.push_back(to_iso_date(day));
  return found;
}

Value known(const char* digits) { return {.state = State::known, .digits = digits}; }
Value not_known(State state) { return {.state = state, .reason = "why"}; }

Comparison with(Kind kind, const char* now, const char* then) {
  return compare(kind, known(now), Basis::previous_day, date("2026-11-29"), known(then));
}

TEST(Compare, TellsTheChange) {
  struct Case {
    Kind kind;
    const char* now;
    const char* then;
    double change;
  };
  constexpr Case kCases[] = {
      {Kind::count, "12", "10", 0.2},
      {Kind::count, "0", "10", -1},
      {Kind::count, "10", "10", 0},
      {Kind::money, "12.10", "12.00", 10.0 / 1200},
      {Kind::money, "-50.00", "-100.00", 0.5},  // less of a loss is more
      {Kind::money, "50.00", "-100.00", 1.5},
      {Kind::money, "-50.00", "100.00", -1.5},
      {Kind::money, "0.00", "0.01", -1},
      {Kind::duration, "90", "60", 0.5},
      {Kind::ratio, "0.3000", "0.1000", 0.2},  // points, not 2.0, and not 0.19999999999999998
      {Kind::ratio, "0.1", "0.3", -0.2},
      {Kind::ratio, "0.0500", "0.0000", 0.05},
      {Kind::ratio, "0", "0", 0},
      {Kind::ratio, "1", "0", 1},
  };
  for (const Case& c : kCases) {
    const Comparison comparison = with(c.kind, c.now, c.then);
    EXPECT_EQ(comparison.change, c.change) << c.now << " after " << c.then;
    EXPECT_FALSE(comparison.is_new) << c.now << " after " << c.then;
    EXPECT_EQ(comparison.value, known(c.then));
  }
}

TEST(Compare, CallsNewWhatWasZero) {
  struct Case {
    Kind kind;
    const char* now;
    const char* then;
    bool is_new;
  };
  constexpr Case kCases[] = {
      {Kind::count, "1", "0", true},         {Kind::count, "0", "0", false},
      {Kind::money, "0.01", "0.00", true},   {Kind::money, "-5.00", "0.00", true},
      {Kind::money, "0.00", "0.00", false},  {Kind::duration, "1", "0", true},
      {Kind::money, "0.00", "-0.00", false},
  };
  for (const Case& c : kCases) {
    const Comparison comparison = with(c.kind, c.now, c.then);
    EXPECT_EQ(comparison.change, std::nullopt) << c.now << " after " << c.then;
    EXPECT_EQ(comparison.is_new, c.is_new) << c.now << " after " << c.then;
  }
}

TEST(Compare, TellsNoChangeOfWhatIsNotKnown) {
  for (const State state : {State::no_data, State::not_kept, State::failed}) {
    const Value unknown = not_known(state);
    for (const Kind kind : {Kind::count, Kind::ratio}) {
      for (const auto& [now, then] : {std::pair{known("1"), unknown},
                                      {unknown, known("1")},
                                      {unknown, known("0")},
                                      {known("0"), unknown},
                                      {unknown, unknown}}) {
        const Comparison comparison =
            compare(kind, now, Basis::same_weekday, date("2026-11-29"), then);
        EXPECT_EQ(comparison.change, std::nullopt) << to_string(state);
        EXPECT_FALSE(comparison.is_new) << to_string(state);
        EXPECT_EQ(comparison.value, then) << to_string(state);
      }
    }
  }
}

TEST(Compare, NamesTheDay) {
  const Date leap_day = date("2024-02-29");
  std::vector<Date> dates;
  for (const Basis basis : kBases) {
    const Comparison comparison = compare(Kind::count, known("1"), basis, leap_day, known("1"));
    EXPECT_EQ(comparison.basis, basis);
    dates.push_back(comparison.day);
  }
  EXPECT_THAT(texts(dates), ElementsAre("2024-02-28", "2024-02-22", "2023-02-28"));
}

TEST(NeededDates, AreInOrderEachOnce) {
  EXPECT_THAT(texts(needed_dates(date("2026-11-29"))),
              ElementsAre("2025-11-29", "2026-10-04", "2026-10-11", "2026-10-18", "2026-10-25",
                          "2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22", "2026-11-28",
                          "2026-11-29"));
  EXPECT_THAT(texts(same_weekdays(date("2024-02-29"))),
              ElementsAre("2024-01-04", "2024-01-11", "2024-01-18", "2024-01-25", "2024-02-01",
                          "2024-02-08", "2024-02-15", "2024-02-22"));
}

TEST(NeededDates, HoldAllThatIsCompared) {
  for (Date day = date("2024-01-01"); day < date("2025-01-01"); day += std::chrono::days{1}) {
    const std::vector<Date> needed = needed_dates(day);
    ASSERT_THAT(needed, SizeIs(11));
    for (const Basis basis : kBases) {
      ASSERT_TRUE(std::ranges::binary_search(needed, compared_date(basis, day)));
    }
    for (const Date other : same_weekdays(day)) {
      ASSERT_EQ(std::chrono::weekday{other}, std::chrono::weekday{day});
    }
  }
}

}  // namespace
}  // namespace pcx::kpi
