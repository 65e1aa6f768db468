#include "rotate/pace.h"

#include <gmock/gmock.h>

namespace pcx::rotate {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Optional;

constexpr std::int64_t kMegabyte = std::int64_t{1} << 20;

Load at(milliseconds time, std::int64_t wal_bytes = 0) {
  return {.at = std::chrono::steady_clock::time_point{} + time, .wal_bytes = wal_bytes};
}

Verdict judge_now(const Limits& limits, const Load& now, std::int64_t needed = 0) {
  return judge(limits, at(milliseconds{0}), now, needed);
}

TEST(Pace, WaitsForNothingWithoutLimits) {
  Load busy = at(seconds{1}, 1'000 * kMegabyte);
  busy.lag_bytes = 1'000 * kMegabyte;
  busy.lag = seconds{1'000};
  busy.archive_backlog = 1'000;
  busy.oldest = OldSnapshot{7, std::chrono::hours{3}, "psql of role ann"};
  const Verdict verdict = judge_now({.snapshot_age = milliseconds{0}}, busy);
  EXPECT_FALSE(verdict.must_wait);
  EXPECT_EQ(verdict.wal_credit, std::nullopt);
}

TEST(Pace, WaitsWhilePausedAndOutsideOfItsWindow) {
  Load load = at(seconds{1});
  load.in_window = false;
  const Limits limits{.window_from = "22:00", .window_to = "05:00"};
  EXPECT_EQ(judge_now(limits, load).reason, "outside of the window from 22:00 to 05:00 (UTC)");
  load.is_paused = true;  // the operator's word comes first
  EXPECT_EQ(judge_now(limits, load).reason, "paused: pcx key resume goes on");
}

TEST(Pace, NamesWhoHoldsAnOldSnapshot) {
  Load load = at(seconds{1});
  load.oldest = OldSnapshot{4711, milliseconds{4'999}, "psql of role ann"};
  EXPECT_FALSE(judge_now({}, load).must_wait);
  load.oldest->age = milliseconds{5'000};
  EXPECT_EQ(judge_now({}, load).reason,
            "process 4711 (psql of role ann) holds a snapshot: the table would grow");
}

TEST(Pace, GivesCreditForWhatAReplicaMayStillLag) {
  const Limits limits{.lag_bytes = 16 * kMegabyte};
  Load load = at(seconds{1});
  EXPECT_EQ(judge_now(limits, load).wal_credit, std::nullopt);  // no replica
  load.lag_bytes = 10 * kMegabyte;
  EXPECT_THAT(judge_now(limits, load).wal_credit, Optional(4 * kMegabyte));
  load.lag_bytes = 14 * kMegabyte;  // an eighth is left free
  EXPECT_EQ(judge_now(limits, load).reason, "a replica is behind its limit of 16 MB");
}

TEST(Pace, LeavesRoomForTheNextStripe) {
  const Limits limits{.lag_bytes = 16 * kMegabyte};
  Load load = at(seconds{1});
  load.lag_bytes = 13 * kMegabyte;
  EXPECT_FALSE(judge_now(limits, load, kMegabyte / 2).must_wait);
  EXPECT_TRUE(judge_now(limits, load, 2 * kMegabyte).must_wait);
  load.lag_bytes = 6 * kMegabyte;  // a stripe that never fits goes when half of it is free
  EXPECT_FALSE(judge_now(limits, load, 100 * kMegabyte).must_wait);
  load.lag_bytes = 7 * kMegabyte;
  EXPECT_TRUE(judge_now(limits, load, 100 * kMegabyte).must_wait);
}

TEST(Pace, WaitsForAReplicaByItsTime) {
  const Limits limits{.lag = seconds{2}};
  Load load = at(seconds{1});
  load.lag = milliseconds{1'999};
  EXPECT_FALSE(judge_now(limits, load).must_wait);
  load.lag = milliseconds{2'000};
  EXPECT_EQ(judge_now(limits, load).reason, "a replica is behind its limit of 2000 ms");
}

TEST(Pace, WaitsForTheArchiver) {
  const Limits limits{.archive_backlog = 8};
  Load load = at(seconds{1});
  load.archive_backlog = 7;
  EXPECT_FALSE(judge_now(limits, load).must_wait);
  load.archive_backlog = 8;
  EXPECT_THAT(judge_now(limits, load).reason, HasSubstr("the archiver is behind"));
}

TEST(Pace, AllowsSoMuchWalSinceTheLookBefore) {
  const Limits limits{.wal_per_second = 1'000'000};
  EXPECT_THAT(judge(limits, at(seconds{0}), at(milliseconds{500}, 100'000), 0).wal_credit,
              Optional(400'000));
  EXPECT_FALSE(judge(limits, at(seconds{0}), at(milliseconds{500}, 499'999), 0).must_wait);
  EXPECT_EQ(judge(limits, at(seconds{0}), at(milliseconds{500}, 500'000), 0).reason,
            "the limit of WAL is reached");
}

TEST(Pace, TheSmallerCreditCounts) {
  const Limits limits{.lag_bytes = 300'000, .wal_per_second = 1'000'000};
  Load load = at(seconds{1}, 900'000);
  load.lag_bytes = 0;
  EXPECT_THAT(judge_now(limits, load).wal_credit, Optional(100'000));
  load.lag_bytes = 250'000;
  EXPECT_THAT(judge_now(limits, load).wal_credit, Optional(12'500));
}

class Latency : public ::testing::Test {
 protected:
  void add(int stripes, milliseconds took) {
    for (int i = 0; i < stripes; ++i) pace.add(took);
  }
  LatencyPace pace{milliseconds{20}};
};

TEST_F(Latency, WithoutALimitItNeverRests) {
  LatencyPace none{milliseconds{0}};
  for (int i = 0; i < 20; ++i) none.add(seconds{9});
  EXPECT_FALSE(none.is_slow());
  EXPECT_EQ(none.rest().count(), 0);
}

TEST_F(Latency, DoesNotRestAtItsLimitNorForAFewThatTakeLong) {
  add(20, milliseconds{20});
  EXPECT_FALSE(pace.is_slow());
  add(2, seconds{1});
  EXPECT_FALSE(pace.is_slow());
  EXPECT_EQ(pace.rest().count(), 0);
}

TEST_F(Latency, IsNotJudgedByItsFirstStripes) {
  add(2, seconds{1});
  EXPECT_FALSE(pace.is_slow());
  add(1, seconds{1});
  EXPECT_TRUE(pace.is_slow());
  EXPECT_EQ(pace.rest(), milliseconds{20});
  EXPECT_EQ(pace.reason(), "its own writes take longer than the limit of 20 ms");
}

TEST_F(Latency, RestsLongerAndLongerUntilTheWritesAreFastAgain) {
  add(3, milliseconds{21});
  add(1, milliseconds{21});
  EXPECT_EQ(pace.rest(), milliseconds{40});
  add(1, milliseconds{21});
  EXPECT_EQ(pace.rest(), milliseconds{80});
  add(20, milliseconds{21});
  EXPECT_EQ(pace.rest(), LatencyPace::kRestMax);
}

TEST_F(Latency, GoesBackToFullSpeedStepByStep) {
  add(5, milliseconds{21});
  ASSERT_EQ(pace.rest(), milliseconds{80});
  add(2, milliseconds{1});  // most are slow still
  EXPECT_TRUE(pace.is_slow());
  ASSERT_EQ(pace.rest(), milliseconds{320});
  for (const int rest : {160, 80, 40, 20, 0, 0}) {
    add(1, milliseconds{1});
    EXPECT_FALSE(pace.is_slow());
    EXPECT_EQ(pace.rest(), milliseconds{rest});
  }
}

TEST(Size, IsReadAsPostgreSqlWritesIt) {
  EXPECT_THAT(parse_size("16MB"), Optional(16 * kMegabyte));
  EXPECT_THAT(parse_size("500kB"), Optional(std::int64_t{512'000}));
  EXPECT_THAT(parse_size("1GB"), Optional(1'024 * kMegabyte));
  EXPECT_THAT(parse_size("2TB"), Optional(2 * 1'024 * 1'024 * kMegabyte));
  EXPECT_THAT(parse_size("8192"), Optional(std::int64_t{8'192}));
  EXPECT_THAT(parse_size("8192B"), Optional(std::int64_t{8'192}));
  EXPECT_THAT(parse_size("0"), Optional(std::int64_t{0}));
  EXPECT_THAT(parse_size("8388607TB"), Optional(std::int64_t{8'388'607} << 40));
}

TEST(Size, OfAnyOtherShapeIsNone) {
  for (const char* text : {"", "MB", "-1MB", "16 MB", "16mb", "16KB", "1.5GB", "16MBx", "0x10",
                           "8388608TB", "9223372036854775808"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Window, IsTwoTimesOfADay) {
  Limits limits;
  EXPECT_TRUE(parse_window("22:00-05:30", limits));
  EXPECT_EQ(limits.window_from, "22:00");
  EXPECT_EQ(limits.window_to, "05:30");
  EXPECT_TRUE(parse_window("00:00-23:59", limits));
  EXPECT_EQ(limits.window_to, "23:59");
}

TEST(Window, OfAnyOtherShapeIsNoneAndChangesNothing) {
  Limits limits{.window_from = "01:00", .window_to = "02:00"};
  for (const char* text : {"", "22:00", "22:00-22:00", "24:00-05:00", "22:60-05:00", "22:00 05:00",
                           "22:00-5:00", "2x:00-05:00", "22.00-05.00", "22:00-05:00 "}) {
    EXPECT_FALSE(parse_window(text, limits)) << text;
  }
  EXPECT_EQ(limits.window_from, "01:00");
  EXPECT_EQ(limits.window_to, "02:00");
}

}  // namespace
}  // namespace pcx::rotate
