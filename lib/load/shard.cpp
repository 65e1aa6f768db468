#include "load/shard.h"

#include <ctime>

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace pcx::load {

namespace {

Instant now() { return std::chrono::steady_clock::now(); }
Time wall_now() { return std::chrono::system_clock::now(); }

// Sleeping is exact to some 50 us; what is less than that away is waited for.
constexpr std::chrono::microseconds kSpin{40};

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// So that each user's choices are the same whichever shard or machine has it.
std::uint64_t seed_of(std::uint64_t seed, std::int64_t user) {
  std::uint64_t z = seed + 0x9e3779b97f4a7c15 * (static_cast<std::uint64_t>(user) + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::unique_ptr<http::TlsClient> make_tls(const TlsOptions& options) {
  http::TlsClientOptions client{.verify = options.verify};
  if (!options.ca_file.empty()) client.ca_file = options.ca_file;
  if (!options.certificate_file.empty()) client.certificate_file = options.certificate_file;
  if (!options.key_file.empty()) client.key_file = options.key_file;
  if (!options.passphrase.empty()) client.passphrase = Secret{options.passphrase};
  return std::make_unique<http::TlsClient>(client);
}

}  // namespace

Shard::Shard(const Plan& plan, const ShardOptions& options)
    : plan_(plan),
      options_(options),
      tls_(make_tls(plan.http.tls)),
      connections_{.io = io_, .tls = tls_.get()},
      origins_(options.resolve),
      wheel_(options.start),
      tally_(plan, options.start, options.wall_start),
      exchange_{.plan = plan,
                .origins = origins_,
                .wheel = wheel_,
                .tally = tally_,
                .wall_now = wall_now,
                .follows_everywhere = options.strict},
      user_tools_{.exchange = exchange_, .log = options.log, .strict = options.strict},
      arrivals_(plan.phases, options.seed, options.share) {
  if (plan.http.pool > 0) {
    const auto size = options.share.of(static_cast<std::int64_t>(plan.http.pool));
    pool_ = std::make_unique<Pool>(connections_, static_cast<std::size_t>(std::max<std::int64_t>(size, 1)));
  }
  for (const Phase& phase : plan.phases) {
    users_max_.push_back(phase.users_max > 0 ? std::max<std::int64_t>(options.share.of(phase.users_max), 1) : 0);
  }
  for (const Scenario& scenario : plan.scenarios) weights_ += scenario.weight;
}

Shard::~Shard() {
  for (auto& [key, user] : users_) user->abort();
  users_.clear();
  dead_.clear();
  pool_.reset();
}

void Shard::run() {
  cpu_before_ = thread_cpu_seconds();
  second_ = options_.start + std::chrono::seconds{1};
  next_ = arrivals_.next();
  arm_arrival();
  arm_tick();
  io_.run();
}

void Shard::stop() {
  if (is_stopped_.exchange(true)) return;
  boost::asio::post(io_, [this] {
    next_.reset();
    arrival_timer_.cancel();
    begin_drain();
    if (is_done()) io_.stop();
  });
}

bool Shard::is_done() const { return !next_ && users_.empty(); }

void Shard::arm_arrival() {
  if (!next_) return;
  arrival_timer_.expires_at(options_.start + next_->at - kSpin);
  arrival_timer_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) on_arrival();
  });
}

// All that are due, however late: none is dropped, none is planned anew.
void Shard::on_arrival() {
  while (next_) {
    const Instant due = options_.start + next_->at;
    Instant current = now();
    if (due - current > kSpin) break;
    while (current < due) current = now();
    const Arrival arrival = *next_;
    next_ = arrivals_.next();
    start_user(arrival);
  }
  bury();
  if (!next_) begin_drain();
  arm_arrival();
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

std::vector<Value> Shard::variables_of(std::int64_t number, Random& random) {
  std::vector<Value> variables(plan_.variables.size());
  for (const Payload& payload : plan_.payloads) {
    if (payload.rows.empty()) continue;
    const std::size_t rows = payload.rows.size();
    const std::size_t row = payload.in_sequence
                                ? static_cast<std::size_t>(number) % rows
                                : static_cast<std::size_t>(random.below(rows));
    for (std::size_t i = 0; i < payload.fields.size(); ++i) {
      variables[payload.fields[i]] = payload.rows[row][i];
    }
  }
  for (const auto& [slot, values] : plan_.initial) {
    if (!values.empty()) variables[slot] = values[values.size() == 1 ? 0 : random.below(values.size())];
  }
  for (std::size_t slot = 0; slot < options_.shared_variables.size(); ++slot) {
    const Value& value = options_.shared_variables[slot];
    if (!value.is_undefined()) variables[slot] = value;
  }
  variables[plan_.uuid_slot] = Value{uuid_v4(random)};
  return variables;
}

void Shard::start_user(const Arrival& arrival) {
  const std::int64_t users_max = users_max_[arrival.phase];
  const Instant current = now();
  if (users_max > 0 && tally_.active() >= users_max) return tally_.user_skipped(current);
  const std::uint64_t seed = seed_of(options_.seed, arrival.number);
  SeededRandom random{seed};
  std::size_t number = 0;
  const Scenario& scenario = pick_scenario(random, number);
  const Instant intended = options_.start + arrival.at;
  tally_.user_created(number, arrival.phase, intended, current);
  auto connections =
      pool_ ? pool_->door() : std::make_unique<OwnConnections>(connections_);
  auto user = std::make_unique<User>(user_tools_, *this, std::move(connections), scenario,
                                     arrival.phase, random.next(),
                                     variables_of(arrival.number, random));
  User& started = *user;
  users_.emplace(&started, std::move(user));
  started.start(intended);
}

void Shard::on_user_end(User& user, bool completed) {
  tally_.user_ended(completed, user.began(), now());
  const auto place = users_.find(&user);
  dead_.push_back(std::move(place->second));  // it is still on the stack
  users_.erase(place);
  if (dead_.size() == 1) boost::asio::post(io_, [this] { bury(); });
}

void Shard::bury() {
  dead_.clear();
  if (is_done()) io_.stop();
}

void Shard::begin_drain() {
  if (std::exchange(is_draining_, true)) return;
  drain_end_ = options_.drain ? now() + *options_.drain : Instant::max();
}

// One timer for the wheel, the seconds and the drain.
void Shard::arm_tick() {
  tick_timer_.expires_at(now() + Wheel::kTick);
  tick_timer_.async_wait([this](const boost::system::error_code& failed) {
    if (!failed) on_tick();
  });
}

void Shard::on_tick() {
  const Instant current = now();
  wheel_.advance(current);
  if (current >= second_) on_second(current);
  if (is_draining_ && current >= drain_end_ && !users_.empty()) {
    aborted_ += static_cast<std::int64_t>(users_.size());
    for (auto& [key, user] : users_) user->abort();
    users_.clear();
  }
  bury();
  arm_tick();
}

void Shard::on_second(Instant current) {
  const double cpu = thread_cpu_seconds();
  const double length = std::chrono::duration<double>{current - second_}.count() + 1;
  const auto& lag = tally_.lag_of_second();
  tally_.strain(options_.number, (cpu - cpu_before_) / length,
                lag.is_empty() ? 0 : lag.percentile(99), second_ - std::chrono::seconds{1});
  cpu_before_ = cpu;
  second_ = current + std::chrono::seconds{1};
}

void Shard::finish(Result& result) {
  tally_.finish(now(), result);
  if (aborted_ > 0) result.counters["vusers.aborted"] = aborted_;
  result.limits.files_exhausted = connections_.files_exhausted;
  result.limits.ports_exhausted = connections_.ports_exhausted;
}

}  // namespace pcx::load
