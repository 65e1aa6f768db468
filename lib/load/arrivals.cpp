#include "load/arrivals.h"

#include <algorithm>
#include <cmath>

namespace pcx::load {

namespace {

constexpr double kSlack = 1e-9;  // so that 0.1 a second for 10 s is one user

double seconds_of(nanoseconds time) { return std::chrono::duration<double>{time}.count(); }

// Users of a phase up to its end, as a real number.
double users_of(const Phase& phase) {
  if (phase.is_pause) return 0;
  if (phase.count >= 0) return static_cast<double>(phase.count);
  return seconds_of(phase.duration) * (phase.rate + phase.rate_at_end) / 2;
}

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

}  // namespace

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
  const double seconds = std::min(instant_of(phase, due_), seconds_of(phase.duration));
  return nanoseconds{std::llround(seconds * 1e9)};
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

std::vector<std::int64_t> planned_users(const std::vector<Phase>& phases, std::uint64_t seed,
                                        const Share& share) {
  std::vector<std::int64_t> users(phases.size(), 0);
  Arrivals arrivals{phases, seed, share};
  while (const auto arrival = arrivals.next()) ++users[arrival->phase];
  return users;
}

}  // namespace pcx::load
