#include "load/shard.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "load/own_connections.h"
#include "load/user_variables.h"

namespace pcx::load {

namespace {

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

constexpr int kStartsAtOnce = 64;
// The rest of a second at the end is one of its own when it says as much as another one.
constexpr std::chrono::milliseconds kRestMin{500};

}  // namespace

int shards_within_limits(const Plan& plan, const Share& share, int wanted) {
  std::int64_t most = wanted;
  const auto share_out = [&](std::int64_t limit) {
    if (limit > 0) most = std::min(most, share.of(limit));
  };
  share_out(static_cast<std::int64_t>(plan.http.pool));
  for (const Phase& phase : plan.phases) share_out(phase.users_max);
  return static_cast<int>(std::max<std::int64_t>(most, 1));
}

Shard::Shard(const Plan& plan, const ShardOptions& options)
    : plan_(plan),
      options_(options),
      reactor_(plan, options.reactor),
      arrival_(reactor_.poller(), [this](Instant, Instant) { on_arrival(); }),
      arrivals_(plan.phases, options.seed, options.share) {
  if (plan.http.pool > 0) {
    // With more parts than connections some have none: their users need one all the same.
    const std::int64_t size = options.share.of(static_cast<std::int64_t>(plan.http.pool));
    pool_ = std::make_unique<Pool>(reactor_.connections(),
                                   static_cast<std::size_t>(std::max<std::int64_t>(size, 1)));
  }
  for (const Phase& phase : plan.phases) {
    users_max_.push_back(phase.users_max > 0 ? options.share.of(phase.users_max) : -1);
  }
  for (const Scenario& scenario : plan.scenarios) weights_ += scenario.weight;
}

Shard::~Shard() {
  if (pool_) pool_->close();  // nobody needs a connection any more
  for (auto& [key, user] : users_) user->abort();
  users_.clear();
  dead_.clear();
  pool_.reset();
}

void Shard::run() {
  cpu_before_ = thread_cpu_seconds();
  last_second_ = now();
  next_second_ = options_.reactor.start + std::chrono::seconds{1};
  next_ = arrivals_.next();
  if (!next_) return;
  arm_arrival();
  reactor_.run([this](Instant current) { on_tick(current); });
  const Instant end = now();
  if (end - last_second_ >= kRestMin) on_second(end);
}

void Shard::stop() {
  if (is_stopped_.exchange(true)) return;
  reactor_.poller().post([this] {
    next_.reset();
    arrival_.cancel();
    begin_drain(now());
    if (is_done()) reactor_.poller().stop();
  });
}

void Shard::ask_for_snapshot(std::set<std::string> summaries,
                             std::function<void(Result&& result)> take) {
  reactor_.poller().post([this, names = std::move(summaries), take = std::move(take)] {
    Result result;
    reactor_.tally().snapshot(result, names);
    take(std::move(result));
  });
}

bool Shard::is_done() const { return !next_ && users_.empty(); }

// --- arrivals

void Shard::arm_arrival() {
  if (next_) arrival_.set(options_.reactor.start + next_->at);
}

// All that are due, however late: none is dropped, none is planned anew. Where they are many,
// answers, time-outs and stop() have their turn in between.
void Shard::on_arrival() {
  if (is_stopped_) return;  // what stop() has posted does the rest
  for (int starts = 0; starts < kStartsAtOnce; ++starts) {
    if (!next_ || options_.reactor.start + next_->at > now()) break;
    const Arrival arrival = *next_;
    next_ = arrivals_.next();
    start_user(arrival);
  }
  bury();
  if (next_) return arm_arrival();
  begin_drain(options_.drain ? now() + *options_.drain : Instant::max());
  if (is_done()) reactor_.poller().stop();
}

const Scenario& Shard::pick_scenario(Random& random, std::size_t& number) const {
  std::uint64_t drawn = random.below(std::max<std::uint64_t>(weights_, 1));
  for (number = 0; number + 1 < plan_.scenarios.size(); ++number) {
    const std::uint64_t weight = plan_.scenarios[number].weight;
    if (drawn < weight) break;
    drawn -= weight;
  }
  return plan_.scenarios[number];
}

void Shard::start_user(const Arrival& arrival) {
  const std::int64_t users_max = users_max_[arrival.phase];
  const Instant current = now();
  Tally& tally = reactor_.tally();
  if (users_max >= 0 && tally.active() >= users_max) return tally.user_skipped(current);
  SeededRandom random{seed_of_user(options_.seed, arrival.number)};
  std::size_t number = 0;
  const Scenario& scenario = pick_scenario(random, number);
  const Instant intended = options_.reactor.start + arrival.at;
  tally.user_created(number, arrival.phase, intended, current);
  auto connections =
      pool_ ? pool_->door() : std::make_unique<OwnConnections>(reactor_.connections());
  const std::uint64_t seed = random.next();
  auto user = std::make_unique<User>(
      reactor_.user_tools(), *this, std::move(connections), scenario, arrival.phase, seed,
      variables_of_user(plan_, options_.shared_variables, arrival.number, random));
  User& started = *user;
  users_.emplace(&started, std::move(user));
  started.start(intended);
}

void Shard::on_user_end(User& user, bool completed) {
  reactor_.tally().user_ended(completed, user.began(), now());
  const auto place = users_.find(&user);
  dead_.push_back(std::move(place->second));  // it is still on the stack
  users_.erase(place);
  if (dead_.size() == 1) reactor_.poller().defer([this] { bury(); });
}

void Shard::bury() {
  dead_.clear();
  if (is_done() && drain_end_) reactor_.poller().stop();
}

// --- time

void Shard::begin_drain(Instant end) {
  if (!drain_end_ || end < *drain_end_) drain_end_ = end;
}

void Shard::on_tick(Instant current) {
  if (current >= next_second_) on_second(current);
  if (drain_end_ && current >= *drain_end_) give_up_users();
  bury();
}

void Shard::on_second(Instant current) {
  const double cpu = thread_cpu_seconds();
  const double length = std::chrono::duration<double>{current - last_second_}.count();
  reactor_.tally().strain(options_.number, (cpu - cpu_before_) / length, current);
  cpu_before_ = cpu;
  last_second_ = current;
  while (next_second_ <= current) next_second_ += std::chrono::seconds{1};
}

void Shard::give_up_users() {
  if (pool_) pool_->close();
  aborted_ += static_cast<std::int64_t>(users_.size());
  for (auto& [key, user] : users_) user->abort();
  users_.clear();
}

void Shard::finish(Result& result) {
  reactor_.tally().finish(now(), result);
  aborted_ += static_cast<std::int64_t>(users_.size());
  if (aborted_ > 0) result.counters["vusers.aborted"] = aborted_;
  const ConnectionTools& connections = reactor_.connections();
  result.limits.files_exhausted = connections.files_exhausted;
  result.limits.ports_exhausted = connections.ports_exhausted;
  result.limits.files_used = connections.open_max;
}

}  // namespace pcx::load
