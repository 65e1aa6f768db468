// Eight writers change the records that are being rotated. Not one committed write is lost, and
// the writers hardly notice. A loop that reads and then updates loses some: the harness sees it.
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/race/other_work.h"
#include "tests/race/race.h"

namespace pcx::testing {
namespace {

using std::chrono::seconds;

// What the writers of one phase saw.
struct Phase {
  std::vector<microseconds> latencies;  // in ascending order, when it is over
  std::vector<std::string> failures;
  std::vector<Copy> copies;

  void add(Writers& writers, Shadow& shadow) {
    writers.stop();
    writers.log_into(shadow);
    const auto add_to = [](auto& all, auto some) {
      all.insert(all.end(), some.begin(), some.end());
    };
    add_to(latencies, writers.latencies());
    add_to(failures, writers.failures());
    add_to(copies, writers.copies());
    std::sort(latencies.begin(), latencies.end());
  }

  void print(const char* what) const {
    fmt::print("{}: {} writes, median {:.2f} ms, p99 {:.2f} ms, slowest {:.1f} ms, {} failed\n",
               what, latencies.size(), in_milliseconds(percentile(latencies, 0.5)),
               in_milliseconds(percentile(latencies, 0.99)), in_milliseconds(latencies.back()),
               failures.size());
  }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[values.size() / 2] + values[(values.size() - 1) / 2]) / 2;
}

struct Plan {
  std::size_t records;
  seconds length;   // of each phase; a rotation goes on to its end
  int repetitions;  // of a phase without and one with rotations
  double per_second;
  bool has_floor = false;  // also a phase beside other work of the server
  // Rotations go on until a writer has changed a record that pcx held, which chance decides: few
  // records make it likely.
  bool must_meet = false;
};

class Campaign {
 public:
  explicit Campaign(const Plan& plan)
      : plan_(plan), race_(plan.records, race_settings()), shadow_(race_.clinic().written()) {}

  void run() {
    race_.pcx({"key", "rotate", "--settle", "0s"});
    unthrottled_ = race_.rotation_rate();
    fmt::print("unthrottled: {:.0f} rows/s\n", unthrottled_);
    for (int i = 0; i < plan_.repetitions; ++i) {
      without_rotation();
      with_rotation();
      if (plan_.has_floor) with_other_work();
    }
    EXPECT_THAT(race_.lost(shadow_, copies_), ::testing::IsEmpty());
    EXPECT_THAT(shadow_.unlogged(race_.versions()), ::testing::IsEmpty());
    if (plan_.must_meet) {
      EXPECT_TRUE(met()) << "writers and rotation never met in " << rates_.size() << " rotations";
    }
    fmt::print(
        "{} writes are in the log, 0 lost; {} times a row was changed while pcx held it; "
        "p99 without {:.2f} ms, with rotation {:.2f} ms: x {:.2f}\n",
        shadow_.size(), race_.misses(), median(without_), median(with_), ratio());
    if (!plan_.has_floor) return;
    fmt::print("p99 beside as much other work of the server: {:.2f} ms, x {:.2f}\n",
               median(with_other_), floor());
  }

  double ratio() const { return median(with_) / median(without_); }
  // 1 where it was not asked for.
  double floor() const { return with_other_.empty() ? 1 : median(with_other_) / median(without_); }
  double unthrottled() const { return unthrottled_; }
  double mean_rate() const {
    return std::accumulate(rates_.begin(), rates_.end(), 0.0) / static_cast<double>(rates_.size());
  }

 private:
  std::uint64_t seed() { return ++seeds_; }

  double note(const Phase& phase, const char* what) {
    phase.print(what);
    EXPECT_THAT(phase.failures, ::testing::IsEmpty());
    copies_.insert(copies_.end(), phase.copies.begin(), phase.copies.end());
    return in_milliseconds(percentile(phase.latencies, 0.99));
  }

  double server_cpu() { return cpu_seconds_of(race_.server().pid()); }

  void without_rotation() {
    const double cpu = server_cpu();
    Writers writers{race_.clinic(), race_.keyfiles(), options(), seed()};
    std::this_thread::sleep_for(plan_.length);  // the length of the measurement
    Phase phase;
    phase.add(writers, shadow_);
    cpu_without_ = (server_cpu() - cpu) / std::chrono::duration<double>{plan_.length}.count();
    without_.push_back(note(phase, "without rotation"));
  }

  bool met() { return race_.number("SELECT sum(misses) FROM pcx.rotation_shard") > 0; }

  // One rotation behind the other, each to its end, until the writers were beside them for long
  // enough.
  void with_rotation() {
    const std::string rate = std::to_string(static_cast<int>(unthrottled_ * 0.3));
    Phase phase;
    const auto must_go_on = [this] { return plan_.must_meet && rates_.size() < 20 && !met(); };
    for (steady_clock::duration beside{0}; beside < plan_.length || must_go_on();) {
      race_.activate_another();
      const auto began = steady_clock::now();
      const double cpu = server_cpu();
      Writers writers{race_.clinic(), race_.keyfiles(), options(), seed()};
      race_.pcx({"key", "rotate", "--settle", "2s", "--max-rate", rate});
      phase.add(writers, shadow_);
      const std::chrono::duration<double> took = steady_clock::now() - began;
      cpu_of_rotation_ = (server_cpu() - cpu) / took.count() - cpu_without_;
      beside += steady_clock::now() - began;
      rates_.push_back(race_.rotation_rate());
      fmt::print("rotation: {:.0f} rows/s, {:.0f} % of unthrottled\n", rates_.back(),
                 100 * rates_.back() / unthrottled_);
    }
    with_.push_back(note(phase, "with rotation"));
  }

  void with_other_work() {
    fmt::print("the server took {:.2f} of a processor for the rotation\n", cpu_of_rotation_);
    const OtherWork other{race_.connect(), std::clamp(cpu_of_rotation_, 0.05, 0.95)};
    Writers writers{race_.clinic(), race_.keyfiles(), options(), seed()};
    std::this_thread::sleep_for(plan_.length);  // the length of the measurement
    Phase phase;
    phase.add(writers, shadow_);
    with_other_.push_back(note(phase, "with other work"));
  }

  WritersOptions options() const { return {.per_second = plan_.per_second}; }

  Plan plan_;
  Race race_;
  Shadow shadow_;
  std::uint64_t seeds_ = 0;
  double unthrottled_ = 0;
  std::vector<Copy> copies_;
  std::vector<double> without_, with_, with_other_;  // p99, milliseconds
  double cpu_without_ = 0, cpu_of_rotation_ = 0;     // of a processor
  std::vector<double> rates_;
};

TEST(WritersBesideRotation, LoseNothing) {
  Campaign campaign{{.records = 20'000,
                     .length = seconds{3},
                     .repetitions = 1,
                     .per_second = 400,
                     .must_meet = true}};
  campaign.run();
}

// A minute of each, in turn, since a machine is not always equally busy; a rotation takes as long.
// Its fences are changed some six times: each writer's next statement on the table then takes a
// millisecond longer, since the server plans it anew. Beside it other work of the same size that
// touches no table: what writers notice of that is the processors' doing.
TEST(WritersBesideRotation, LoseNothingAndHardlyNoticeLong) {
  Campaign campaign{{.records = 1'600'000,
                     .length = seconds{60},
                     .repetitions = 3,
                     .per_second = 200,
                     .has_floor = true}};
  campaign.run();
  EXPECT_LE(campaign.ratio(), 1.3 * std::max(1.0, campaign.floor()));
  EXPECT_GE(campaign.mean_rate(), campaign.unthrottled() * 0.25);
}

// How others do it: read some, reseal them, write them back.
void rotate_naively(const Clinic& clinic) {
  db::Database database = clinic.connect();
  const Clinic::Keys keys{clinic.open_keyring()};
  const auto reseal_keys = keys.to(clinic.fresh);
  SystemRandom random;
  rotate::Resealer resealer{Clinic::name("diagnosis"), reseal_keys, rotate::Plaintext::leave,
                            random};
  const db::Statement select{"race.naive_read",
                             "SELECT id, diagnosis FROM public.medical_records WHERE diagnosis <> "
                             "'' AND NOT diagnosis ^@ $1 LIMIT 2000"};
  const db::Statement update{"race.naive_write",
                             "UPDATE public.medical_records SET diagnosis = $2 WHERE id = $1"};
  for (;;) {
    const db::Result rows = database.query(select, {resealer.target_prefix()});
    if (rows.empty()) return;
    for (const db::Row row : rows) {
      const auto id = row[0].as<std::string>();
      const auto resealed = resealer.reseal(id, row[1].as<std::string>());
      database.query(update, {id, resealed.sealed});
    }
  }
}

TEST(WritersBesideANaiveLoop, LoseWritesAndTheHarnessSeesIt) {
  Race race{6'000, race_settings()};
  Shadow shadow{race.clinic().written()};
  Writers writers{race.clinic(), race.keyfiles(), {.per_second = 400}, 1};
  rotate_naively(race.clinic());
  Phase phase;
  phase.add(writers, shadow);
  phase.print("beside a naive loop");
  EXPECT_THAT(phase.failures, ::testing::IsEmpty());
  EXPECT_THAT(shadow.unlogged(race.versions()), ::testing::IsEmpty());
  const auto lost = race.lost(shadow, phase.copies);
  fmt::print("a naive loop lost {} writes\n", lost.size());
  EXPECT_GT(lost.size(), 0u);
}

}  // namespace
}  // namespace pcx::testing
