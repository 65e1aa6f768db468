#include "rotate/row_rate.h"

#include <gmock/gmock.h>

namespace pcx::rotate {
namespace {

using std::chrono::milliseconds;

constexpr RowRate::TimePoint kStart = RowRate::TimePoint{} + std::chrono::hours{1};

TEST(RowRateTest, WithoutALimitEverythingIsDueAtOnce) {
  RowRate rate{0};
  EXPECT_EQ(rate.take(1'000'000, kStart), kStart);
  EXPECT_EQ(rate.take(1'000'000, kStart), kStart);
}

TEST(RowRateTest, RowsAreDueWhenThoseBeforeHaveHadTheirTime) {
  RowRate rate{1'000};
  const auto first = rate.take(250, kStart);
  EXPECT_LE(first, kStart);
  EXPECT_EQ(rate.take(500, kStart), first + milliseconds{250});
  EXPECT_EQ(rate.take(1, kStart), first + milliseconds{750});  // whoever asks
}

TEST(RowRateTest, TimeThatNobodyUsedIsNotMadeUpFor) {
  RowRate rate{1'000};
  rate.take(100, kStart);
  const auto later = kStart + std::chrono::hours{1};
  const auto first = rate.take(1'000, later);
  EXPECT_GE(first, later - milliseconds{100});
  EXPECT_EQ(rate.take(1, later), first + milliseconds{1'000});
}

TEST(RowRateTest, OnTheAverageTheRateIsWhatWasAskedFor) {
  RowRate rate{4'000};
  auto now = kStart;
  std::int64_t rows = 0;
  for (int i = 0; i < 400; ++i) {
    now = std::max(now, rate.take(25, now)) + milliseconds{i % 7};  // work takes its time
    rows += 25;
  }
  const double seconds = std::chrono::duration<double>{now - kStart}.count();
  EXPECT_NEAR(static_cast<double>(rows) / seconds, 4'000, 200);
}

}  // namespace
}  // namespace pcx::rotate
