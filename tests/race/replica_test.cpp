// A replica that replays slowly is never further behind than it may be, and the rotation is done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/race/race.h"
#include "tests/race/standby.h"

namespace pcx::testing {
namespace {

using std::chrono::seconds;
using Samples = std::vector<LagSampler::Sample>;

constexpr std::int64_t kMegabyte = std::int64_t{1} << 20;

// Of samples that are at the limit or below, or were so at some time of the last two seconds.
double share_within(const Samples& samples, std::int64_t limit) {
  auto last_good = samples.front().at;
  std::size_t good = 0;
  for (const auto& sample : samples) {
    if (sample.bytes <= limit) last_good = sample.at;
    if (sample.at - last_good <= seconds{2}) ++good;
  }
  return static_cast<double>(good) / static_cast<double>(samples.size());
}

void print(const Samples& samples, std::int64_t limit) {
  std::vector<std::int64_t> sorted;
  for (const auto& sample : samples) sorted.push_back(sample.bytes);
  std::sort(sorted.begin(), sorted.end());
  const auto over = sorted.end() - std::upper_bound(sorted.begin(), sorted.end(), limit);
  const auto megabytes = [](std::int64_t bytes) {
    return static_cast<double>(bytes) / static_cast<double>(kMegabyte);
  };
  fmt::print(
      "lag: median {:.1f} MB, most {:.1f} MB of {:.1f}; {} of {} samples above; {:.1f} % "
      "within, with 2 s of grace; {:.1f} s\n",
      megabytes(sorted[sorted.size() / 2]), megabytes(sorted.back()), megabytes(limit), over,
      sorted.size(), 100 * share_within(samples, limit),
      std::chrono::duration<double>{samples.back().at - samples.front().at}.count());
}

struct Plan {
  std::size_t records;
  std::int64_t limit;   // bytes
  std::int64_t replay;  // bytes a second
  const char* workers = "1";
};

void rotate_before_a_slow_replica(const Plan& plan) {
  Race race{plan.records, race_settings()};
  const Standby standby{race.server()};
  Samples samples;
  {
    const SlowReplay slow{standby, plan.replay};
    LagSampler sampler{race.connect(), standby.connect()};
    race.pcx({"key", "rotate", "--settle", "0s", "--workers", plan.workers, "--max-lag-bytes",
              std::to_string(plan.limit)});
    samples = sampler.stop();
  }
  print(samples, plan.limit);
  EXPECT_GE(share_within(samples, plan.limit), 0.99);
  const auto furthest =
      std::max_element(samples.begin(), samples.end(),
                       [](auto& left, auto& right) { return left.bytes < right.bytes; });
  EXPECT_GT(furthest->bytes, plan.limit / 2) << "the replica was not slow enough to matter";
}

TEST(SlowReplica, IsNeverFarBehind) {
  rotate_before_a_slow_replica(
      {.records = 20'000, .limit = 4 * kMegabyte, .replay = 3 * kMegabyte});
}

TEST(SlowReplica, IsNeverFarBehindLong) {
  rotate_before_a_slow_replica(
      {.records = 100'000, .limit = 16 * kMegabyte, .replay = 4 * kMegabyte});
}

TEST(SlowReplica, IsNeverFarBehindSeveralWorkersLong) {
  rotate_before_a_slow_replica(
      {.records = 100'000, .limit = 16 * kMegabyte, .replay = 4 * kMegabyte, .workers = "4"});
}

// It stands still, so that nothing of it changes but the time.
TEST(SlowReplica, StandsStillAndIsNoticedByTheTime) {
  Race race{20'000, race_settings()};
  const Standby standby{race.server()};
  db::Database replay = standby.connect();
  replay.query(db::Statement{"race.pause", "SELECT pg_wal_replay_pause()"});
  PcxProcess rotation{{"key", "rotate", "--settle", "0s", "--max-lag", "1s", "--max-rate", "4000"},
                      race.url()};
  const auto until = steady_clock::now() + seconds{20};
  while (rotation.said().find("waiting: a replica is behind") == std::string::npos) {
    ASSERT_FALSE(rotation.has_ended()) << rotation.said();
    ASSERT_LT(steady_clock::now(), until) << rotation.said();
  }
  replay.query(db::Statement{"race.resume", "SELECT pg_wal_replay_resume()"});
  rotation.expect_success();
}

}  // namespace
}  // namespace pcx::testing
