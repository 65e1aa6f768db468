// When users arrive: an open model. The plan is a function of time, solved for each user's number,
// so that shards and machines need not talk: user k belongs to share k mod n, and all shares
// together are the plan of one.
//
//   constant rate r      the j-th user (from 1) of a phase at j / r
//   ramp a -> b in d     where a t + (b - a) t^2 / 2d = j, without steps
//   count c in d         j d / c
//   poisson              the same, with j the sum of j exponential gaps of mean 1 (by the seed)
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/interrupt.h"
#include "core/random.h"
#include "load/plan.h"

namespace pcx::load {

// Which users are meant: those whose number is `index` modulo `count`.
struct Share {
  std::int64_t index = 0;
  std::int64_t count = 1;

  // Of `total` things, by largest remainder: the first shares have one more.
  std::int64_t of(std::int64_t total) const { return total / count + (index < total % count); }
};
// The `index`-th of `count` shares of a share.
Share share_of(const Share& whole, std::int64_t index, std::int64_t count);

struct Arrival {
  std::int64_t number = 0;  // of the user, from 0, over the whole run
  nanoseconds at{};         // from the test's start
  std::size_t phase = 0;
  bool operator==(const Arrival&) const = default;
};

class Arrivals {
 public:
  // `phases` outlives it.
  Arrivals(const std::vector<Phase>& phases, std::uint64_t seed, const Share& share);

  // The next of the share; std::nullopt: that was the last.
  std::optional<Arrival> next();

 private:
  std::optional<nanoseconds> next_in_phase();
  void enter_phase();

  const std::vector<Phase>& phases_;
  Share share_;
  SeededRandom random_;
  std::size_t phase_ = 0;
  nanoseconds phase_start_{};
  double due_ = 0;  // of the current phase's A(t)
  std::int64_t number_ = 0;
};

// Up to its end, as a real number; poisson: as many on average.
double users_of(const Phase& phase);
nanoseconds total_length(const std::vector<Phase>& phases);
// Users a second: at an instant from the test's start (0 after its end), and where there are most.
double rate_at(const std::vector<Phase>& phases, nanoseconds at);
double peak_rate(const std::vector<Phase>& phases);

// Users of a share as they are planned.
struct Planned {
  std::int64_t users = 0;
  std::vector<std::int64_t> by_second;  // from the test's start to the last of all shares' users
  std::vector<std::int64_t> by_phase;
};
// Exactly those that Arrivals has, from A(t) for each second; only those of `poisson` are gone
// through, since their gaps are drawn. Throws what Interrupt::throw_if_requested() does.
Planned plan_arrivals(const std::vector<Phase>& phases, std::uint64_t seed, const Share& share,
                      const Interrupt& interrupt);
// Users of each phase, of this share.
std::vector<std::int64_t> planned_users(const std::vector<Phase>& phases, std::uint64_t seed,
                                        const Share& share);

}  // namespace pcx::load
