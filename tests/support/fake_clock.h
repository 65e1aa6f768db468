// A clock that moves only when somebody sleeps or pushes it.
#pragma once

#include <vector>

#include "core/clock.h"

namespace pcx::testing {

class FakeClock final : public Clock {
 public:
  std::chrono::system_clock::time_point wall_now() const override { return wall_; }
  std::chrono::steady_clock::time_point steady_now() const override { return steady_; }
  void sleep_for(std::chrono::nanoseconds duration) override {
    sleeps.push_back(duration);
    advance(duration);
  }
  void advance(std::chrono::nanoseconds duration) {
    wall_ += std::chrono::duration_cast<std::chrono::system_clock::duration>(duration);
    steady_ += duration;
  }

  std::vector<std::chrono::nanoseconds> sleeps;  // every sleep asked for, in order

 private:
  std::chrono::system_clock::time_point wall_ =
      std::chrono::sys_days{std::chrono::year{2026} / 1 / 15} + std::chrono::hours{12};
  std::chrono::steady_clock::time_point steady_{};
};

}  // namespace pcx::testing
