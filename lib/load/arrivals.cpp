#include "load/arrivals.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pcx::load {

namespace {

constexpr double kSlack = 1e-9;  // so that 0.1 a second for 10 s is one user

double seconds_of(nanoseconds time) { return std::chrono::duration<double>{time}.count(); }

// Seconds from the phase's start at which `users` have arrived: the inverse of the plan.
double instant_of(const Phase& phase, double users) {
  const double length = seconds_of(phase.duration);
  if (phase.count >= 0) return users * length / static_cast<double>(phase.count);
  const double slope = (phase.rate_at_end - phase.rate) / length;
  if (slope == 0) return users / phase.rate;
  // The root that grows with `users`, in the form that loses no digits when the slope is small.
  const double root = std::sqrt(std::max(0.0, phase.rate * phase.rate + 2 * slope * users));
  return 2 * users / (phase.rate + root);
}

// From the phase's start: where `due` of its users have arrived.
nanoseconds arrival_of(const Phase& phase, double due) {
  const double seconds = std::min(instant_of(phase, due), seconds_of(phase.duration));
  return nanoseconds{std::llround(seconds * 1e9)};
}

// Users that have arrived at `seconds` from the phase's start, nearly: the plan itself.
double users_at(const Phase& phase, double seconds) {
  const double length = seconds_of(phase.duration);
  if (phase.count >= 0) return static_cast<double>(phase.count) * seconds / length;
  return phase.rate * seconds + (phase.rate_at_end - phase.rate) * seconds * seconds / 2 / length;
}

// How many of `all` users arrive before `end`. The estimate is off by rounding, the arrivals are
// what counts.
std::int64_t users_before(const Phase& phase, std::int64_t all, nanoseconds end) {
  if (end >= phase.duration + nanoseconds{1}) return all;
  const double estimate = std::floor(users_at(phase, seconds_of(end)));
  auto users = std::clamp<std::int64_t>(static_cast<std::int64_t>(estimate), 0, all);
  while (users > 0 && arrival_of(phase, static_cast<double>(users)) >= end) --users;
  while (users < all && arrival_of(phase, static_cast<double>(users + 1)) < end) ++users;
  return users;
}

// Of the users [0, end), those of a share.
std::int64_t of_share(const Share& share, std::int64_t end) {
  return end / share.count + (end % share.count > share.index);
}

constexpr std::chrono::seconds kSecond{1};

// Phase by phase, in the order in which Arrivals goes through them.
class Planner {
 public:
  Planner(const std::vector<Phase>& phases, std::uint64_t seed, const Share& share,
          const Interrupt& interrupt)
      : share_(share), interrupt_(interrupt), random_(seed) {
    planned_.by_phase.resize(phases.size());
  }

  void add(const Phase& phase) {
    interrupt_.throw_if_requested();
    if (phase.law == ArrivalLaw::poisson) {
      add_drawn(phase);
    } else {
      add_even(phase);
    }
    start_ += phase.duration;
    ++phase_;
  }
  Planned take() { return std::move(planned_); }

 private:
  // The next `users` of all shares arrive in `second`.
  void add(std::int64_t second, std::int64_t users) {
    const std::int64_t ours = of_share(share_, number_ + users) - of_share(share_, number_);
    number_ += users;
    const auto at = static_cast<std::size_t>(second);
    if (planned_.by_second.size() <= at) planned_.by_second.resize(at + 1);
    planned_.by_second[at] += ours;
    planned_.by_phase[phase_] += ours;
    planned_.users += ours;
  }

  void add_even(const Phase& phase) {
    const auto all = static_cast<std::int64_t>(std::floor(users_of(phase) + kSlack));
    std::int64_t users = 0;
    for (std::int64_t second = start_ / kSecond; users < all; ++second) {
      if (second % kPollEvery == 0) interrupt_.throw_if_requested();
      const std::int64_t arrived = users_before(phase, all, kSecond * (second + 1) - start_);
      if (arrived > users) add(second, arrived - users);
      users = arrived;
    }
  }

  void add_drawn(const Phase& phase) {
    double due = next_drawn(0);
    for (std::int64_t users = 0; due <= users_of(phase) + kSlack; ++users) {
      if (users % kPollEvery == 0) interrupt_.throw_if_requested();
      add((start_ + arrival_of(phase, due)) / kSecond, 1);
      due = next_drawn(due);
    }
  }
  double next_drawn(double due) { return due - std::log(1 - random_.unit()); }

  static constexpr std::int64_t kPollEvery = 100'000;
  const Share share_;
  const Interrupt& interrupt_;
  SeededRandom random_;
  nanoseconds start_{};
  std::size_t phase_ = 0;
  std::int64_t number_ = 0;
  Planned planned_;
};

}  // namespace

double users_of(const Phase& phase) {
  if (phase.is_pause) return 0;
  if (phase.count >= 0) return static_cast<double>(phase.count);
  return seconds_of(phase.duration) * (phase.rate + phase.rate_at_end) / 2;
}

Share share_of(const Share& whole, std::int64_t index, std::int64_t count) {
  return {whole.index + whole.count * index, whole.count * count};
}

Arrivals::Arrivals(const std::vector<Phase>& phases, std::uint64_t seed, const Share& share)
    : phases_(phases), share_(share), random_(seed) {}

std::optional<Arrival> Arrivals::next() {
  while (phase_ < phases_.size()) {
    if (const auto at = next_in_phase()) {
      const Arrival arrival{number_++, phase_start_ + *at, phase_};
      if (arrival.number % share_.count == share_.index) return arrival;
    } else {
      enter_phase();
    }
  }
  return std::nullopt;
}

std::optional<nanoseconds> Arrivals::next_in_phase() {
  const Phase& phase = phases_[phase_];
  due_ += phase.law == ArrivalLaw::poisson ? -std::log(1 - random_.unit()) : 1;
  if (due_ > users_of(phase) + kSlack) return std::nullopt;
  return arrival_of(phase, due_);
}

void Arrivals::enter_phase() {
  phase_start_ += phases_[phase_].duration;
  ++phase_;
  due_ = 0;
}

nanoseconds total_length(const std::vector<Phase>& phases) {
  nanoseconds length{};
  for (const Phase& phase : phases) length += phase.duration;
  return length;
}

double rate_at(const std::vector<Phase>& phases, nanoseconds at) {
  for (const Phase& phase : phases) {
    if (at >= phase.duration) {
      at -= phase.duration;
      continue;
    }
    if (at < nanoseconds{0} || phase.is_pause) return 0;
    const double length = seconds_of(phase.duration);
    if (phase.count >= 0) return static_cast<double>(phase.count) / length;
    return phase.rate + (phase.rate_at_end - phase.rate) * seconds_of(at) / length;
  }
  return 0;
}

double peak_rate(const std::vector<Phase>& phases) {
  double peak = 0;
  for (const Phase& phase : phases) {
    if (phase.is_pause) continue;
    const double length = seconds_of(phase.duration);
    peak = std::max(peak, phase.count >= 0 ? static_cast<double>(phase.count) / length
                                           : std::max(phase.rate, phase.rate_at_end));
  }
  return peak;
}

Planned plan_arrivals(const std::vector<Phase>& phases, std::uint64_t seed, const Share& share,
                      const Interrupt& interrupt) {
  Planner planner{phases, seed, share, interrupt};
  for (const Phase& phase : phases) planner.add(phase);
  return planner.take();
}

std::vector<std::int64_t> planned_users(const std::vector<Phase>& phases, std::uint64_t seed,
                                        const Share& share) {
  const Interrupt nobody;
  return plan_arrivals(phases, seed, share, nobody).by_phase;
}

}  // namespace pcx::load
