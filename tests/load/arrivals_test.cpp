#include "load/arrivals.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <gmock/gmock.h>

#include "core/error.h"

namespace pcx::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;

Phase constant(double rate, nanoseconds length) {
  return {.duration = length, .rate = rate, .rate_at_end = rate};
}
Phase ramp(double from, double to, nanoseconds length) {
  return {.duration = length, .rate = from, .rate_at_end = to};
}

std::vector<Arrival> all(const std::vector<Phase>& phases, const Share& share = {},
                         std::uint64_t seed = 1) {
  std::vector<Arrival> arrivals;
  Arrivals source{phases, seed, share};
  while (const auto arrival = source.next()) arrivals.push_back(*arrival);
  return arrivals;
}

struct Count {
  Phase phase;
  std::size_t users;
};

class PlannedUsers : public ::testing::TestWithParam<Count> {};

TEST_P(PlannedUsers, AreExactlySoMany) {
  EXPECT_EQ(all({GetParam().phase}).size(), GetParam().users);
  EXPECT_THAT(planned_users({GetParam().phase}, 1, {}),
              ElementsAre(static_cast<std::int64_t>(GetParam().users)));
}

INSTANTIATE_TEST_SUITE_P(Phases, PlannedUsers,
                         ::testing::Values(Count{constant(500, seconds{10}), 5'000},
                                           Count{constant(0.3, seconds{10}), 3},  // a fraction
                                           Count{constant(0.1, seconds{10}), 1},
                                           Count{constant(0.1, seconds{9}), 0},
                                           Count{constant(7, milliseconds{500}), 3},
                                           Count{ramp(1, 9, seconds{5}), 25},
                                           Count{ramp(0, 2'000, seconds{60}), 60'000},
                                           Count{ramp(100, 0, seconds{10}), 500},
                                           Count{{.duration = seconds{7}, .count = 20}, 20},
                                           Count{{.duration = seconds{7}, .count = 0}, 0},
                                           Count{{.duration = seconds{7}, .is_pause = true}, 0}));

// By going through all of them.
Planned counted(const std::vector<Phase>& phases, const Share& share) {
  Planned planned;
  planned.by_phase.resize(phases.size());
  for (const Arrival& arrival : all(phases, share, 3)) {
    const auto second = static_cast<std::size_t>(arrival.at / seconds{1});
    if (planned.by_second.size() <= second) planned.by_second.resize(second + 1);
    ++planned.by_second[second];
    ++planned.by_phase[arrival.phase];
    ++planned.users;
  }
  return planned;
}

TEST(PlanArrivals, IsWhatArrives) {
  Phase drawn = constant(70, milliseconds{3'300});
  drawn.law = ArrivalLaw::poisson;
  const std::vector<std::vector<Phase>> plans = {
      {constant(500, seconds{10})},
      {constant(0.3, seconds{10}), constant(0.3, milliseconds{9'700}), constant(3, seconds{2})},
      {ramp(0, 333, milliseconds{7'250}), ramp(100, 0, seconds{10}), ramp(1, 1.0001, seconds{9})},
      {{.duration = milliseconds{1'700}, .is_pause = true}, {.duration = seconds{7}, .count = 20}},
      {drawn, constant(11, milliseconds{2'500}), drawn},
      {{.duration = nanoseconds{3}, .count = 1'000}, constant(1.0 / 3, seconds{9})}};
  for (const auto& phases : plans) {
    for (const Share& share : {Share{}, Share{0, 3}, Share{2, 3}, Share{6, 7}}) {
      Planned planned = plan_arrivals(phases, 3, share, Interrupt{});
      Planned expected = counted(phases, share);
      planned.by_second.resize(100);  // it may end with seconds of the other shares
      expected.by_second.resize(100);
      EXPECT_EQ(planned.by_second, expected.by_second);
      EXPECT_EQ(planned.by_phase, expected.by_phase);
      EXPECT_EQ(planned.users, expected.users);
    }
  }
}

TEST(PlanArrivals, CountsAMillionMillionUsersAtOnce) {
  const Phase phase{.duration = seconds{100}, .count = 1'000'000'000'000};
  EXPECT_EQ(plan_arrivals({phase}, 1, {1, 2}, Interrupt{}).users, 500'000'000'000);
}

TEST(PlanArrivals, CanBeStopped) {
  Interrupt interrupt;
  interrupt.request(Interrupt::Signal::interrupt);
  EXPECT_THROW(plan_arrivals({constant(1, seconds{1})}, 1, {}, interrupt), Error);
}

TEST(Rates, AreThoseOfThePlan) {
  const std::vector<Phase> phases = {ramp(0, 100, seconds{10}),
                                     {.duration = seconds{5}, .is_pause = true},
                                     constant(80, seconds{10}),
                                     {.duration = seconds{2}, .count = 300}};
  EXPECT_EQ(rate_at(phases, seconds{0}), 0);
  EXPECT_EQ(rate_at(phases, milliseconds{2'500}), 25);
  EXPECT_EQ(rate_at(phases, seconds{12}), 0);
  EXPECT_EQ(rate_at(phases, seconds{15}), 80);
  EXPECT_EQ(rate_at(phases, seconds{26}), 150);
  EXPECT_EQ(rate_at(phases, seconds{27}), 0);
  EXPECT_EQ(rate_at(phases, -seconds{1}), 0);
  EXPECT_EQ(peak_rate(phases), 150);
  EXPECT_EQ(peak_rate({ramp(90, 10, seconds{1}), constant(20, seconds{1})}), 90);
  EXPECT_EQ(peak_rate({}), 0);
}

TEST(Arrivals, ComeEvenlyAtAConstantRate) {
  const auto arrivals = all({constant(4, seconds{1})});
  ASSERT_EQ(arrivals.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(arrivals[i], (Arrival{static_cast<std::int64_t>(i),
                                    milliseconds{250 * (static_cast<int>(i) + 1)}, 0}));
  }
}

TEST(Arrivals, FollowARampWithoutSteps) {
  // a t + (b - a) t^2 / 2d is 1, 2, 3 ... at these instants.
  const auto arrivals = all({ramp(10, 30, seconds{10})});
  ASSERT_EQ(arrivals.size(), 200u);
  for (const Arrival& arrival : arrivals) {
    const double t = std::chrono::duration<double>{arrival.at}.count();
    EXPECT_NEAR(10 * t + t * t, static_cast<double>(arrival.number + 1), 1e-5);
  }
  EXPECT_TRUE(std::is_sorted(arrivals.begin(), arrivals.end(),
                             [](const auto& a, const auto& b) { return a.at < b.at; }));
}

TEST(Arrivals, GoOnFromPhaseToPhase) {
  const auto arrivals = all({constant(1, seconds{2}),
                             {.duration = seconds{5}, .is_pause = true},
                             {.duration = seconds{4}, .count = 2}});
  ASSERT_EQ(arrivals.size(), 4u);
  EXPECT_EQ(arrivals[1], (Arrival{1, seconds{2}, 0}));
  EXPECT_EQ(arrivals[2], (Arrival{2, seconds{9}, 2}));
  EXPECT_EQ(arrivals[3], (Arrival{3, seconds{11}, 2}));
}

TEST(Arrivals, OfAllSharesTogetherAreThePlan) {
  std::vector<Phase> phases = {ramp(3, 200, seconds{9}), constant(77.7, seconds{5})};
  phases.push_back(
      {.duration = seconds{6}, .rate = 50, .rate_at_end = 10, .law = ArrivalLaw::poisson});
  const auto whole = all(phases);
  for (const std::int64_t parts : {2, 3, 7, 16}) {
    std::vector<Arrival> together;
    for (std::int64_t part = 0; part < parts; ++part) {
      for (std::int64_t shard = 0; shard < 2; ++shard) {
        const auto some = all(phases, share_of({part, parts}, shard, 2));
        together.insert(together.end(), some.begin(), some.end());
      }
    }
    std::sort(together.begin(), together.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
    EXPECT_EQ(together, whole) << parts;
  }
}

TEST(Arrivals, OfPoissonAreAsManyOnAverageAndIndependent) {
  const std::vector<Phase> phases = {
      {.duration = seconds{1'000}, .rate = 20, .rate_at_end = 20, .law = ArrivalLaw::poisson}};
  const auto arrivals = all(phases);
  EXPECT_NEAR(static_cast<double>(arrivals.size()), 20'000, 4 * std::sqrt(20'000));
  double squares = 0;  // of gaps: mean 1/20, and its standard deviation is as large
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    const double gap = std::chrono::duration<double>{arrivals[i].at - arrivals[i - 1].at}.count();
    squares += gap * gap;
  }
  EXPECT_NEAR(squares / static_cast<double>(arrivals.size()), 2.0 / 400, 0.0005);
  EXPECT_EQ(all(phases, {}, 1), arrivals);
  EXPECT_NE(all(phases, {}, 2), arrivals);
}

TEST(Share, DividesByLargestRemainder) {
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < 7; ++i) sum += Share{i, 7}.of(100);
  EXPECT_EQ(sum, 100);
  EXPECT_EQ((Share{0, 7}.of(100)), 15);
  EXPECT_EQ((Share{6, 7}.of(100)), 14);
}

}  // namespace
}  // namespace pcx::load
