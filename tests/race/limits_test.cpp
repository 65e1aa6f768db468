// What a rotation waits for, each with a real server behind it: it stops, says why, and goes on by
// itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/time.h"
#include "db/script.h"
#include "tests/race/race.h"

namespace pcx::testing {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class Limits : public ::testing::Test {
 protected:
  // A rotation that can be begun.
  Race& race(std::size_t records = 20'000, const std::vector<std::string>& settings = {}) {
    if (!race_) race_.emplace(records, settings);
    return *race_;
  }

  PcxProcess& rotate(const std::vector<std::string>& options) {
    std::vector<std::string> words{"key", "rotate", "--settle", "0s"};
    words.insert(words.end(), options.begin(), options.end());
    return rotation_.emplace(words, race().url());
  }

  PcxProcess& rotation() { return *rotation_; }

  // Until it has said so.
  void wait_until_said(const std::string& text) {
    const auto until = steady_clock::now() + seconds{20};
    while (rotation_->said().find(text) == std::string::npos) {
      ASSERT_FALSE(rotation_->has_ended()) << rotation_->said();
      ASSERT_LT(steady_clock::now(), until) << rotation_->said();
      std::this_thread::sleep_for(milliseconds{5});
    }
  }

  void wait_until_it_writes() {
    while (resealed() == 0) ASSERT_FALSE(rotation_->has_ended()) << rotation_->said();
  }
  double resealed() {
    return race().number(
        fmt::format("SELECT count(*) FROM public.medical_records WHERE diagnosis "
                    "^@ 'enc:v2:{}:'",
                    race().clinic().fresh));
  }
  // Nothing happens in a second.
  void expect_standstill() {
    const double before = resealed();
    std::this_thread::sleep_for(seconds{1});
    EXPECT_EQ(resealed(), before);
  }
  double wal() {
    return race().number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
  }
  void sql(const std::string& script) {
    db::Database database = race().connect();
    db::run_script(database, script, "test");
  }
  void expect_done() {
    rotation_->expect_success();
    EXPECT_EQ(resealed(), race().number("SELECT count(*) FROM public.medical_records"));
  }

 private:
  std::optional<Race> race_;
  std::optional<PcxProcess> rotation_;
};

// "22:00", so many hours from now.
std::string clock_in(int hours) {
  return to_rfc3339(std::chrono::system_clock::now() + std::chrono::hours{hours}).substr(11, 5);
}

TEST_F(Limits, OutsideOfItsWindowNothingIsWritten) {
  rotate({"--window", clock_in(2) + "-" + clock_in(3)});
  wait_until_said("waiting: outside of the window");
  expect_standstill();
  EXPECT_EQ(resealed(), 0);
}

TEST_F(Limits, InsideOfItsWindowItRuns) {
  rotate({"--window", clock_in(-1) + "-" + clock_in(1)});
  expect_done();
}

TEST_F(Limits, KeepsToItsRate) {
  rotate({"--max-rate", "4000"});
  expect_done();
  fmt::print("{:.0f} rows/s of 4000\n", race().rotation_rate());
  EXPECT_NEAR(race().rotation_rate(), 4000, 400);
}

TEST_F(Limits, KeepsToItsRateWithSeveralWorkers) {
  rotate({"--max-rate", "4000", "--workers", "3"});
  expect_done();
  fmt::print("{:.0f} rows/s of 4000\n", race().rotation_rate());
  EXPECT_LT(race().rotation_rate(), 4400);
}

// Whoever wants the table waits for a moment, not for a window at that rate.
TEST_F(Limits, ALowRateKeepsNobodyFromTheTable) {
  rotate({"--max-rate", "100"});
  wait_until_it_writes();
  sql("SET lock_timeout = '3s'; LOCK TABLE public.medical_records IN ACCESS EXCLUSIVE MODE");
  rotation().kill_it();
}

TEST_F(Limits, KeepsToItsRateOfWal) {
  constexpr double kRate = 4 * 1024 * 1024;
  const double before = wal();
  const auto began = steady_clock::now();
  rotate({"--max-wal-rate", "4MB"});
  double fastest = 0;  // over any two seconds
  std::vector<double> each_second{before};
  while (!rotation().has_ended()) {
    std::this_thread::sleep_until(began + seconds{1} * each_second.size());
    each_second.push_back(wal());
    if (each_second.size() > 2) {
      fastest = std::max(fastest, (each_second.back() - *(each_second.end() - 3)) / 2);
    }
  }
  expect_done();
  fmt::print("{:.1f} MB of WAL in {} s, the fastest two at {:.2f} MB/s of 4\n",
             (wal() - before) / (1 << 20), each_second.size(), fastest / (1 << 20));
  EXPECT_LT(fastest, kRate * 1.1);
}

TEST_F(Limits, RestsWhileItsOwnWritesAreSlow) {
  race();
  sql("CREATE FUNCTION public.crawl() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM "
      "pg_sleep(0.15); RETURN NULL; END'; CREATE TRIGGER crawl BEFORE UPDATE ON "
      "public.medical_records FOR EACH STATEMENT EXECUTE FUNCTION public.crawl()");
  rotate({"--triggers", "fire", "--max-latency", "100ms"});
  wait_until_said("waiting: its own writes take longer than the limit of 100 ms");
  sql("DROP TRIGGER crawl ON public.medical_records");
  expect_done();
}

TEST_F(Limits, PauseAndResumeComeFromAnotherProcess) {
  rotate({"--max-rate", "4000"});
  wait_until_it_writes();
  race().pcx({"key", "pause"});
  wait_until_said("waiting: paused");
  expect_standstill();
  EXPECT_EQ(race().number("SELECT count(*) FROM pg_locks WHERE relation = "
                          "'public.medical_records'::regclass"),
            0);
  race().pcx({"key", "resume"});
  expect_done();
}

TEST_F(Limits, APausedRotationDoesNotGoOnWhenItIsRunAgain) {
  rotate({"--max-rate", "2000"});
  wait_until_it_writes();
  race().pcx({"key", "pause"});
  wait_until_said("waiting: paused");
  rotation().kill_it();
  const double before = resealed();
  rotate({});
  wait_until_said("waiting: paused");
  expect_standstill();
  EXPECT_EQ(resealed(), before);
  race().pcx({"key", "resume"});
  expect_done();
}

TEST_F(Limits, AnOldSnapshotIsNamedAndWaitedFor) {
  db::Database holder = race(60'000).connect();
  std::optional<db::Transaction> tx{
      holder.begin(db::Access::read_only, db::Isolation::repeatable_read)};
  tx->query(db::Statement{"race.look", "SELECT 1 FROM public.medical_records LIMIT 1"});
  // Old enough at the rotation's first look: it might be over before the next one.
  tx->query(db::Statement{"race.grow_old", "SELECT pg_catalog.pg_sleep(1.1)"});
  rotate({"--max-snapshot-age", "1s"});
  wait_until_said(fmt::format("waiting: process {} (pcx of role postgres) holds a snapshot",
                              holder.backend_pid()));
  expect_standstill();
  tx.reset();
  expect_done();
}

TEST_F(Limits, AnArchiverThatIsBehindIsWaitedFor) {
  race(20'000, {"archive_mode=on"});
  sql("ALTER SYSTEM SET archive_command = 'false'");
  sql("SELECT pg_reload_conf()");
  rotate({"--max-archive-backlog", "8"});
  wait_until_said("waiting: the archiver is behind");
  expect_standstill();
  sql("ALTER SYSTEM SET archive_command = 'true'");
  sql("SELECT pg_reload_conf()");
  expect_done();
}

}  // namespace
}  // namespace pcx::testing
