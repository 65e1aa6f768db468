// A streaming replica of a private server, and how far behind it is.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "db/database.h"
#include "db/target.h"
#include "tests/support/postgres.h"
#include "tests/support/process.h"

namespace pcx::testing {

using std::chrono::steady_clock;

class Standby {
 public:
  // Streams when it is made.
  explicit Standby(const Postgres& primary) : folder_(make_short_folder()) {
    run_program({postgres_programs() / "pg_basebackup", "--pgdata", folder_ / "data",
                 "--write-recovery-conf", "--checkpoint=fast", "--wal-method=stream", "--host",
                 primary.folder(), "--port", std::to_string(primary.port()), "--username=postgres"},
                {.as_postgres = true});
    pid_ = spawn({postgres_programs() / "postgres", "-D", folder_ / "data", "-c",
                  "unix_socket_directories=" + folder_.string(), "-c", "port=5432", "-c",
                  "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=64MB"},
                 {.as_postgres = true,
                  .output = folder_ / "log",
                  .signal_when_parent_dies = SIGQUIT,
                  .own_session = true});
    watchdog_ = std::make_unique<Watchdog>(pid_, folder_);
    wait_until_ready();
    wait_until_it_streams(primary);
  }
  Standby(const Standby&) = delete;
  Standby& operator=(const Standby&) = delete;
  ~Standby() {
    kill(pid_, SIGQUIT);
    wait_for_end(pid_);
    watchdog_->dismiss();
    std::filesystem::remove_all(folder_);
  }

  db::Database connect() const {
    return db::Database{
        db::parse_target("postgresql://postgres@/postgres?host=" + folder_.string()), {}};
  }

 private:
  void wait_until_ready() const {
    const auto until = steady_clock::now() + std::chrono::seconds{30};
    while (steady_clock::now() < until) {
      std::ifstream file{folder_ / "data/postmaster.pid"};
      std::string line;
      for (int number = 0; number < 8 && std::getline(file, line); ++number) continue;
      if (line.rfind("ready", 0) == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    throw std::runtime_error{"the standby did not start"};
  }

  static void wait_until_it_streams(const Postgres& primary) {
    db::Database database{db::parse_target(primary.url("postgres")), {}};
    const db::Statement streams{"race.streams",
                                "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"};
    const auto until = steady_clock::now() + std::chrono::seconds{30};
    while (database.query(streams).empty()) {
      if (steady_clock::now() > until) throw std::runtime_error{"the standby does not stream"};
    }
  }

  std::filesystem::path folder_;
  pid_t pid_ = -1;
  std::unique_ptr<Watchdog> watchdog_;
};

inline std::int64_t replayed_bytes(db::Database& standby) {
  return standby
      .query(db::Statement{"race.replayed",
                           "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint"})
      .one()[0]
      .as<std::int64_t>();
}

// Lets a standby replay so many bytes a second and no more: it is paused whenever it is ahead.
class SlowReplay {
 public:
  SlowReplay(const Standby& standby, std::int64_t bytes_per_second)
      : standby_(standby.connect()),
        rate_(static_cast<double>(bytes_per_second)),
        thread_([this] { run(); }) {}
  SlowReplay(const SlowReplay&) = delete;
  SlowReplay& operator=(const SlowReplay&) = delete;
  ~SlowReplay() {
    is_stopping_ = true;
    thread_.join();
  }

 private:
  void run() {
    auto before = steady_clock::now();
    std::int64_t replayed = replayed_bytes(standby_);
    double credit = 0;
    while (!is_stopping_) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
      const auto now = steady_clock::now();
      const std::int64_t position = replayed_bytes(standby_);
      credit += rate_ * std::chrono::duration<double>{now - before}.count();
      credit = std::min(credit - static_cast<double>(position - replayed), rate_ / 10);
      before = now;
      replayed = position;
      set_paused(credit < 0);
    }
    set_paused(false);
  }

  void set_paused(bool is_paused) {
    if (is_paused == is_paused_) return;
    is_paused_ = is_paused;
    standby_.query(is_paused ? db::Statement{"race.pause", "SELECT pg_wal_replay_pause()"}
                             : db::Statement{"race.resume", "SELECT pg_wal_replay_resume()"});
  }

  db::Database standby_;
  double rate_;
  bool is_paused_ = false;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;  // the last member: it uses the others
};

// Looks every 100 ms how far the standby is behind, at the two servers themselves.
class LagSampler {
 public:
  struct Sample {
    steady_clock::time_point at;
    std::int64_t bytes = 0;
  };

  LagSampler(db::Database primary, db::Database standby)
      : primary_(std::move(primary)), standby_(std::move(standby)), thread_([this] { run(); }) {}
  LagSampler(const LagSampler&) = delete;
  LagSampler& operator=(const LagSampler&) = delete;
  ~LagSampler() { stop(); }

  std::vector<Sample> stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return samples_;
  }

 private:
  static constexpr db::Statement kWritten = {
      "race.written", "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"};

  void run() {
    auto due = steady_clock::now();
    while (!is_stopping_) {
      const std::int64_t replayed = replayed_bytes(standby_);
      const auto written = primary_.query(kWritten).one()[0].as<std::int64_t>();
      samples_.push_back({steady_clock::now(), written - replayed});
      std::this_thread::sleep_until(due += std::chrono::milliseconds{100});
    }
  }

  db::Database primary_;
  db::Database standby_;
  std::vector<Sample> samples_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace pcx::testing
