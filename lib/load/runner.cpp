#include "load/runner.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/error.h"
#include "load/arrivals.h"
#include "load/judge.h"
#include "load/shard.h"
#include "load/verdict.h"

namespace pcx::load {

namespace {

using Clock = std::chrono::steady_clock;

// One core is left to whoever else is on the machine: a target on loopback, above all.
int shard_count(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

// As many descriptors as the system lets this process have.
std::int64_t raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::int64_t>(limit.rlim_cur);
}

class Threads {
 public:
  Threads(const Plan& plan, const std::vector<ShardOptions>& options) {
    for (const ShardOptions& one : options) shards_.push_back(std::make_unique<Shard>(plan, one));
    for (auto& shard : shards_) threads_.emplace_back([this, &shard] { work(*shard); });
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() {
    stop();
    for (std::thread& thread : threads_) thread.join();
  }

  void stop() {
    for (auto& shard : shards_) shard->stop();
  }
  // False: not yet. Throws what a shard threw.
  bool wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex_};
    const bool is_over =
        changed_.wait_for(lock, time, [&] { return finished_ == shards_.size(); });
    if (is_over && failure_) std::rethrow_exception(failure_);
    return is_over;
  }
  std::vector<std::unique_ptr<Shard>>& shards() { return shards_; }

 private:
  void work(Shard& shard) {
    std::exception_ptr failure;
    try {
      shard.run();
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock{mutex_};
    if (failure && !failure_) failure_ = failure;
    ++finished_;
    changed_.notify_all();
  }

  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t finished_ = 0;
  std::exception_ptr failure_;
};

Glimpse glimpse_of(Threads& threads, Instant start, nanoseconds length, std::int64_t planned) {
  Glimpse sum{.elapsed_s = std::chrono::duration<double>{Clock::now() - start}.count(),
              .length_s = std::chrono::duration<double>{length}.count(),
              .planned = planned};
  for (const auto& shard : threads.shards()) {
    const Progress& progress = shard->progress();
    sum.created += progress.created;
    sum.active += progress.active;
    sum.completed += progress.completed;
    sum.failed += progress.failed;
    sum.skipped += progress.skipped;
    sum.requests += progress.requests;
    sum.responses += progress.responses;
    sum.errors += progress.errors;
  }
  return sum;
}

// Which of the first second's users come when, second by second and phase by phase.
void add_plan(const Plan& plan, const RunOptions& options, Result& result) {
  Arrivals arrivals{plan.phases, options.seed, {options.part.index, options.part.count}};
  while (const auto arrival = arrivals.next()) {
    const auto second = static_cast<std::size_t>(arrival->at / std::chrono::seconds{1});
    if (result.seconds.size() <= second) result.seconds.resize(second + 1);
    ++result.seconds[second].planned;
    ++result.phases[arrival->phase].planned;
    ++result.planned;
  }
  nanoseconds start{};
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    const auto us = [](nanoseconds time) {
      return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    };
    result.phases[i].name = plan.phases[i].name;
    result.phases[i].start_us = us(start);
    result.phases[i].length_us = us(plan.phases[i].duration);
    start += plan.phases[i].duration;
  }
}

std::vector<ShardOptions> shard_options(const RunOptions& options, Instant start, Time wall_start) {
  const int count = shard_count(options.shards);
  std::vector<ShardOptions> all;
  for (int i = 0; i < count; ++i) {
    all.push_back({.number = i,
                   .share = share_of({options.part.index, options.part.count}, i, count),
                   .seed = options.seed,
                   .start = start,
                   .wall_start = wall_start,
                   .drain = options.drain,
                   .strict = options.strict,
                   .resolve = options.resolve,
                   .log = options.log});
  }
  return all;
}

Result result_of(const Plan& plan, const RunOptions& options, Threads& threads, Time wall_start) {
  std::vector<Result> results;
  const int count = static_cast<int>(threads.shards().size());
  for (int i = 0; i < count; ++i) {
    Result one{.script = options.script,
               .plan_digest = plan.digest,
               .target = plan.target,
               .seed = options.seed,
               .parts = {{options.part.index + options.part.count * i, options.part.count * count}},
               .started_at = wall_start};
    threads.shards()[static_cast<std::size_t>(i)]->finish(one);
    results.push_back(std::move(one));
  }
  Result sum = merge(results, /*must_be_complete=*/false);
  sum.parts = {options.part};
  return sum;
}

}  // namespace

Result run_load(const Plan& plan, const RunOptions& options, const Interrupt& interrupt) {
  const std::int64_t files_max = raise_file_limit();
  const Time wall_start = options.start_at.value_or(std::chrono::system_clock::now());
  const Instant start = Clock::now() + (wall_start - std::chrono::system_clock::now());
  const nanoseconds length = total_length(plan.phases);
  bool was_stopped = false;
  Threads threads{plan, shard_options(options, start, wall_start)};
  Result planned;
  planned.phases.resize(plan.phases.size());
  add_plan(plan, options, planned);
  Instant next_glimpse = start + std::chrono::seconds{1};
  while (!threads.wait_for(std::chrono::milliseconds{50})) {
    if (interrupt.stop_requested() && !was_stopped) {
      was_stopped = true;
      threads.stop();
    }
    if (Clock::now() < next_glimpse) continue;
    next_glimpse += std::chrono::seconds{1};
    options.on_glimpse(glimpse_of(threads, start, length, planned.planned));
  }
  Result result = result_of(plan, options, threads, wall_start);
  result.duration_us =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
  result.was_stopped = was_stopped;
  if (was_stopped) result.stop_reason = "a signal";
  result.planned = planned.planned;
  result.limits.files_max = files_max;
  if (result.seconds.size() < planned.seconds.size()) result.seconds.resize(planned.seconds.size());
  for (std::size_t i = 0; i < planned.seconds.size(); ++i) {
    result.seconds[i].planned = planned.seconds[i].planned;
  }
  result.phases.resize(plan.phases.size());
  for (std::size_t i = 0; i < planned.phases.size(); ++i) {
    result.phases[i].name = planned.phases[i].name;
    result.phases[i].start_us = planned.phases[i].start_us;
    result.phases[i].length_us = planned.phases[i].length_us;
    result.phases[i].planned = planned.phases[i].planned;
  }
  result.demands = demands_of(plan);
  judge(result);
  result.verdict = grade(result);
  return result;
}

}  // namespace pcx::load
