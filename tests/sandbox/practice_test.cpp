#include "sandbox/practice.h"

#include <array>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/opening_hours.h"
#include "sandbox/visit.h"

namespace pcx::sandbox {
namespace {

using namespace std::chrono;

constexpr Instant kNow = sys_days{year{2026} / 11 / 25} + hours{17};

Practice practice_of(std::int64_t rows = 100'000, std::uint64_t seed = 1) {
  return Practice{seed, kNow, scale_for(rows)};
}

std::string text_of(const SampleId& id) {
  std::string text;
  append_id(text, id);
  return text;
}

TEST(SampleIdText, IsAVersion4Uuid) {
  const Practice practice = practice_of();
  for (std::int64_t number = 0; number < 1000; ++number) {
    EXPECT_THAT(text_of(practice.id(TableId::clients, number)),
                ::testing::MatchesRegex(
                    "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  }
}

TEST(SampleIdText, IsDifferentForEveryRow) {
  std::set<std::string> ids;
  for (const std::uint64_t seed : {1, 2}) {
    const Practice practice = practice_of(100'000, seed);
    for (const TableId table : {TableId::clients, TableId::patients}) {
      for (std::int64_t n = 0; n < 5000; ++n) ids.insert(text_of(practice.id(table, n)));
    }
  }
  EXPECT_EQ(ids.size(), 20'000U);
}

TEST(Practice, KnowsWhoCameWhen) {
  const Practice practice = practice_of();
  for (std::int64_t patient = 1; patient < practice.scale().patients; ++patient) {
    EXPECT_LE(practice.patient_since(patient - 1), practice.patient_since(patient));
    EXPECT_LE(practice.client_since(practice.owner_of(patient)), practice.patient_since(patient));
  }
  EXPECT_EQ(practice.patient_since(0), practice.opened());
  EXPECT_LT(practice.patient_since(practice.scale().patients - 1), kNow);
  for (const Instant at : {practice.opened() + days{3}, practice.first_day() - days{40},
                           practice.first_day() + days{1}, kNow - days{100}, kNow + days{50}}) {
    const std::int64_t count = practice.patients_before(at);
    EXPECT_LE(practice.patient_since(count - 1), at);
  }
}

TEST(Practice, GivesEveryClientAPatient) {
  const Practice practice = practice_of();
  std::set<std::int64_t> owners;
  for (std::int64_t n = 0; n < practice.scale().patients; ++n) owners.insert(practice.owner_of(n));
  EXPECT_EQ(static_cast<std::int64_t>(owners.size()), practice.scale().clients);
}

TEST(Practice, LetsPeopleOfTheTenantWork) {
  const Practice practice = practice_of(10'000'000);
  SeededRandom dice{1};
  for (int i = 0; i < 500; ++i) {
    for (const Tenant tenant : {Tenant::first, Tenant::second}) {
      const auto vet = practice.staff(Job::veterinarian, tenant, dice);
      EXPECT_EQ(practice.job_of(vet), Job::veterinarian);
      EXPECT_EQ(practice.tenant_of_staff(vet), tenant);
      EXPECT_LT(vet, practice.staff_count());
    }
  }
}

struct Offset {
  Tenant tenant;
  int month;
  int day;
  int hours;
};
class UtcOffset : public ::testing::TestWithParam<Offset> {};
// The days of 2026 on which clocks change, and the days before.
TEST_P(UtcOffset, FollowsTheClocks) {
  const auto [tenant, month_number, day_number, want] = GetParam();
  const sys_days date = year{2026} / month_number / day_number;
  EXPECT_EQ(utc_offset(tenant, date), hours{want});
}
INSTANTIATE_TEST_SUITE_P(
    OpeningHours, UtcOffset,
    ::testing::Values(Offset{Tenant::first, 3, 7, -6}, Offset{Tenant::first, 3, 8, -5},
                      Offset{Tenant::first, 10, 31, -5}, Offset{Tenant::first, 11, 1, -6},
                      Offset{Tenant::none, 7, 1, -5}, Offset{Tenant::second, 3, 28, 1},
                      Offset{Tenant::second, 3, 29, 2}, Offset{Tenant::second, 10, 24, 2},
                      Offset{Tenant::second, 10, 25, 1}));

TEST(OpeningHours, HaveALunchBreakAndTwoWaves) {
  std::map<int, int> hours_of;
  for (int i = 0; i < 1000; ++i) ++hours_of[visit_minute(Tuesday, i / 1000.0) / 60];
  EXPECT_EQ(hours_of.begin()->first, 8);
  EXPECT_EQ(hours_of.rbegin()->first, 17);
  EXPECT_LT(hours_of[12] * 2, hours_of[9] + 20);
  EXPECT_LT(hours_of[12] * 2, hours_of[15]);
}

TEST(OpeningHours, AreShortOnSaturdaysAndQuarterHours) {
  for (int i = 0; i < 100; ++i) {
    const int minute = visit_minute(Saturday, i / 100.0);
    EXPECT_GE(minute, 9 * 60);
    EXPECT_LT(minute, 13 * 60);
    EXPECT_EQ(minute % 15, 0);
  }
  EXPECT_EQ(visit_minute(Saturday, 1.0), 12 * 60 + 45);
}

TEST(VisitDays, SpreadAllVisits) {
  const sys_days today = floor<days>(kNow);
  const VisitDays days_of{today - days{730}, 761, today, 45'000};
  EXPECT_EQ(days_of.day_count(), 761);
  EXPECT_EQ(days_of.first_of(0), 0);
  EXPECT_EQ(days_of.first_of(761), 45'000);
  std::array<std::int64_t, 7> by_weekday{};
  for (int day = 0; day < 761; ++day) {
    by_weekday[weekday{days_of.date(day)}.c_encoding()] +=
        days_of.first_of(day + 1) - days_of.first_of(day);
  }
  EXPECT_LT(by_weekday[0] * 10, by_weekday[6]);  // Sundays, Saturdays
  EXPECT_LT(by_weekday[6], by_weekday[2]);
  EXPECT_LT(by_weekday[2], by_weekday[1]);  // Tuesdays, Mondays
}

TEST(Visit, IsLivedInOrderAndNotBeforeItsTime) {
  const Practice practice = practice_of();
  for (std::int64_t number = 0; number < 4000; ++number) {
    SeededRandom dice = practice.dice(TableId::appointments, number);
    const sys_days day = floor<days>(practice.first_day()) + days{number % 760};
    const Visit visit = visit_of(practice, number, day, 0.5, dice);
    EXPECT_LT(visit.booked, visit.start);
    EXPECT_LE(practice.patient_since(visit.patient), visit.booked);
    Instant before = visit.booked;
    for (int i = 0; i < visit.transition_count; ++i) {
      const Instant at = visit.transitions[static_cast<std::size_t>(i)].at;
      EXPECT_LT(before, at);
      before = at;
    }
    EXPECT_LE(before, kNow);
    EXPECT_TRUE(visit.start < kNow + hours{1} || !visit.is_completed());
  }
}

}  // namespace
}  // namespace pcx::sandbox
