// A thread that drives its share of the users: one event loop, one wheel, its own connections and
// measures. Shards share the plan and nothing else.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "load/arrivals.h"
#include "load/own_connections.h"
#include "load/pool.h"
#include "load/tally.h"
#include "load/user.h"

namespace pcx::load {

struct ShardOptions {
  int number = 0;
  Share share;                 // of all users
  std::uint64_t seed = 0;
  Instant start{};             // of the test
  Time wall_start{};
  std::optional<nanoseconds> drain;  // after the last arrival; std::nullopt: until all have ended
  bool strict = false;         // --artillery-strict
  Resolve resolve;
  std::function<void(const std::string& line)> log;
  std::vector<Value> shared_variables;  // from `before`: by slot; undefined: none
};

class Shard : public User::Owner {
 public:
  Shard(const Plan& plan, const ShardOptions& options);
  ~Shard() override;

  // Until the last user has ended, the drain is over or stop() was called. Throws what a user's
  // step throws, which none should.
  void run();
  // From any thread: no new users; those that are there are given up after `drain`.
  void stop();
  // From any thread.
  const Progress& progress() { return tally_.progress(); }

  // REQUIRES: run() has returned.
  void finish(Result& result);
  std::int64_t aborted() const { return aborted_; }

 private:

  void on_user_end(User& user, bool completed) override;
  void arm_arrival();
  void on_arrival();
  void start_user(const Arrival& arrival);
  std::vector<Value> variables_of(std::int64_t number, Random& random);
  const Scenario& pick_scenario(Random& random, std::size_t& number) const;
  void arm_tick();
  void on_tick();
  void on_second(Instant now);
  void bury();
  void begin_drain();
  bool is_done() const;

  const Plan& plan_;
  ShardOptions options_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer arrival_timer_{io_}, tick_timer_{io_};
  std::unique_ptr<http::TlsClient> tls_;
  ConnectionTools connections_;
  Origins origins_;
  Wheel wheel_;
  Tally tally_;
  ExchangeTools exchange_;
  UserTools user_tools_;
  std::unique_ptr<Pool> pool_;
  Arrivals arrivals_;
  std::optional<Arrival> next_;
  std::vector<std::int64_t> users_max_;  // of each phase, of this shard; 0: no limit
  std::unordered_map<User*, std::unique_ptr<User>> users_;
  std::vector<std::unique_ptr<User>> dead_;
  std::uint64_t weights_ = 0;
  bool is_ticking_ = false;
  bool is_draining_ = false;
  Instant drain_end_{};
  std::int64_t aborted_ = 0;
  Instant second_{};
  double cpu_before_ = 0;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace pcx::load
