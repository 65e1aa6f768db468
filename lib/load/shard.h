// A thread that drives its share of the users: one event loop, one wheel, its own connections and
// measures. Shards share the plan and nothing else.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "load/arrivals.h"
#include "load/pool.h"
#include "load/reactor.h"

namespace pcx::load {

struct ShardOptions {
  int number = 0;
  Share share;  // of all users
  std::uint64_t seed = 0;
  ReactorOptions reactor;
  std::optional<nanoseconds> drain;  // after the last arrival; std::nullopt: until all have ended
  std::vector<Value> shared_variables;  // from `before`: by slot; undefined: none
};

// How many shards, of those that are wanted, can share the users of `share`: each has to have some
// of every limit (maxVusers, http.pool). At least one.
int shards_within_limits(const Plan& plan, const Share& share, int wanted);

class Shard : public User::Owner {
 public:
  // `plan` outlives it.
  Shard(const Plan& plan, const ShardOptions& options);
  ~Shard() override;

  // Until the last user has ended, or is given up at the end of the drain. Throws what a user's
  // step throws, which none should.
  void run();
  // From any thread: no new users, and those that are there are given up.
  void stop();
  // From any thread.
  const Progress& progress() { return reactor_.tally().progress(); }
  std::string latency_of_last_second() { return reactor_.tally().latency_of_last_second(); }
  // From any other thread while run() runs: `take` is called on the shard's own, or never. The
  // users wait meanwhile, so only what is asked for is copied: see Tally::snapshot().
  void ask_for_snapshot(std::set<std::string> summaries, std::function<void(Result&& result)> take);

  // Users who are still there, since run() has thrown, are counted as given up.
  // REQUIRES: run() has returned or thrown.
  void finish(Result& result);

 private:
  void on_user_end(User& user, bool completed) override;
  void arm_arrival();
  void on_arrival();
  void start_user(const Arrival& arrival);
  const Scenario& pick_scenario(Random& random, std::size_t& number) const;
  void on_tick(Instant now);
  void on_second(Instant now);
  void give_up_users();
  void bury();
  void begin_drain(Instant end);
  bool is_done() const;

  const Plan& plan_;
  ShardOptions options_;
  Reactor reactor_;
  Poller::Alarm arrival_;
  std::unique_ptr<Pool> pool_;
  Arrivals arrivals_;
  std::optional<Arrival> next_;
  std::vector<std::int64_t> users_max_;  // of each phase, of this shard; -1: no limit
  std::unordered_map<User*, std::unique_ptr<User>> users_;
  std::vector<std::unique_ptr<User>> dead_;
  std::uint64_t weights_ = 0;
  std::optional<Instant> drain_end_;  // std::nullopt: users still arrive
  std::int64_t aborted_ = 0;
  Instant next_second_{};
  Instant last_second_{};
  double cpu_before_ = 0;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace pcx::load
