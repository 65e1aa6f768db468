// The shards of a run, each in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "load/runner.h"
#include "load/shard.h"

namespace pcx::load {

// What `work` throws, as a phrase; std::nullopt: nothing.
std::optional<std::string> failure_of(const std::function<void()>& work);

class Crew {
 public:
  // They run from now on. `plan` outlives it.
  Crew(const Plan& plan, const std::vector<ShardOptions>& options);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();  // stops them and waits for their ends

  void stop();
  // True: all have ended. What a shard throws stops the others, and is in failure() from then on.
  bool wait_for(std::chrono::milliseconds time);
  // What the first shard that failed has thrown: "out of memory". What all had measured up to then
  // is still there.
  std::optional<std::string> failure();

  Glimpse glimpse() const;
  // What all have measured so far: counters, and the summaries of these names. Empty when a shard
  // has ended meanwhile.
  std::optional<Result> snapshot(const std::set<std::string>& summaries,
                                 std::chrono::milliseconds patience);
  // REQUIRES: wait_for() was true.
  std::vector<std::unique_ptr<Shard>>& shards() { return shards_; }

 private:
  void work(Shard& shard);

  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t finished_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace pcx::load
