#include "kpi/course.h"

#include <gmock/gmock.h>

#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsNull;
using ::testing::SizeIs;

TEST(Course, HasTheDaysOfOneTenant) {
  EXPECT_THAT(days_by_tenant(sample_report()), SizeIs(3));
  const Report week = sample_week();
  EXPECT_THAT(days_by_tenant(week), ElementsAre(SizeIs(7)));
  EXPECT_THAT(days_by_tenant(Report{}), SizeIs(0));
}

TEST(Course, KnowsItsEndsAndExtremes) {
  const Report week = sample_week();
  const auto courses = courses_of(week, week.days);
  ASSERT_THAT(courses, SizeIs(3)) << "what was never asked is left out";
  EXPECT_EQ(courses[0].definition->name, "appointments");
  EXPECT_EQ(courses[0].first()->digits, "10");
  EXPECT_EQ(courses[0].last()->digits, "16");
  EXPECT_EQ(courses[2].first()->digits, "11") << "the first that is known";
  EXPECT_EQ(courses[1].smallest()->digits, "0.10");
  EXPECT_EQ(courses[1].largest()->digits, "6.70");
  EXPECT_THAT(courses[1].results[5], IsNull());
  EXPECT_THAT(courses[0].numbers(),
              ElementsAre(10.0, 11.0, Eq(std::nullopt), 13.0, 14.0, 15.0, 16.0));
}

std::optional<std::string> sum_of(Kind kind, const std::vector<std::string>& digits,
                                  bool is_of_days = true) {
  Definition definition;
  definition.kind = kind;
  std::vector<Result> results(digits.size());
  Course course{&definition, {}, is_of_days};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (!digits[i].empty()) results[i].value = {State::known, digits[i], "", {}};
    course.results.push_back(&results[i]);
  }
  return course.sum();
}

TEST(Course, AddsUpExactlyAndOnlyWhatCanBe) {
  EXPECT_EQ(sum_of(Kind::money, {"0.10", "0.20", "-0.35"}), "-0.05");
  EXPECT_EQ(sum_of(Kind::money, {"90071992547409.93", "0.01"}), "90071992547409.94");
  EXPECT_EQ(sum_of(Kind::count, {"1", "20"}), "21");
  EXPECT_EQ(sum_of(Kind::money, {"1", "0.5"}), "1.5") << "different places";
  EXPECT_EQ(sum_of(Kind::count, {"1", ""}), std::nullopt) << "one is not known";
  EXPECT_EQ(sum_of(Kind::ratio, {"0.1", "0.2"}), std::nullopt);
  EXPECT_EQ(sum_of(Kind::duration, {"1", "2"}), std::nullopt);
  EXPECT_EQ(sum_of(Kind::count, {"1", "2"}, false), std::nullopt) << "a state";
  EXPECT_EQ(sum_of(Kind::count, {"9223372036854775807", "1"}), std::nullopt) << "beyond 63 bits";
  EXPECT_EQ(sum_of(Kind::count, {"92233720368547758070"}), std::nullopt);
}

}  // namespace
}  // namespace pcx::kpi
