#include "load/crew.h"

#include <exception>
#include <new>
#include <utility>

namespace pcx::load {

std::optional<std::string> failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    return "out of memory";
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an unknown error";
  }
  return std::nullopt;
}

Crew::Crew(const Plan& plan, const std::vector<ShardOptions>& options) {
  for (const ShardOptions& one : options) shards_.push_back(std::make_unique<Shard>(plan, one));
  for (auto& shard : shards_) {
    threads_.emplace_back([this, one = shard.get()] { work(*one); });
  }
}

Crew::~Crew() {
  stop();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::work(Shard& shard) {
  const std::optional<std::string> failure = failure_of([&] { shard.run(); });
  if (failure) stop();  // a run without a part of its users is over
  const std::lock_guard lock{mutex_};
  if (failure && !failure_) failure_ = failure;
  ++finished_;
  changed_.notify_all();
}

void Crew::stop() {
  for (auto& shard : shards_) shard->stop();
}

bool Crew::wait_for(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, time, [&] { return finished_ == shards_.size(); });
}

std::optional<std::string> Crew::failure() {
  const std::lock_guard lock{mutex_};
  return failure_;
}

Glimpse Crew::glimpse() const {
  Glimpse sum;
  Histogram latency{2};
  for (const auto& shard : shards_) {
    const Progress& progress = shard->progress();
    sum.created += progress.created;
    sum.active += progress.active;
    sum.completed += progress.completed;
    sum.failed += progress.failed;
    sum.skipped += progress.skipped;
    sum.requests += progress.requests;
    sum.responses += progress.responses;
    sum.errors += progress.errors;
    latency.add(unpack_series(shard->latency_of_last_second()));
  }
  if (latency.is_empty()) return sum;
  sum.p50_ms = static_cast<double>(latency.percentile(50)) / 1'000;
  sum.p99_ms = static_cast<double>(latency.percentile(99)) / 1'000;
  return sum;
}

std::optional<Result> Crew::snapshot(const std::set<std::string>& summaries,
                                     std::chrono::milliseconds patience) {
  struct Basket {  // a shard may fill it when nobody waits any more
    std::mutex mutex;
    std::condition_variable changed;
    Result sum;
    std::size_t filled = 0;
  };
  const auto basket = std::make_shared<Basket>();
  for (auto& shard : shards_) {
    shard->ask_for_snapshot(summaries, [basket](Result&& result) {
      const std::lock_guard lock{basket->mutex};
      for (const auto& [name, count] : result.counters) basket->sum.counters[name] += count;
      for (auto& [name, histogram] : result.summaries) {
        basket->sum.summaries.try_emplace(name, Histogram{3}).first->second.add(histogram);
      }
      ++basket->filled;
      basket->changed.notify_all();
    });
  }
  std::unique_lock lock{basket->mutex};
  const bool is_full =
      basket->changed.wait_for(lock, patience, [&] { return basket->filled == shards_.size(); });
  if (!is_full) return std::nullopt;
  return std::move(basket->sum);
}

}  // namespace pcx::load
