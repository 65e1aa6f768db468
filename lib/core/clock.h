// Time, handed in. Nothing in lib/ asks the operating system for the time itself.
#pragma once

#include <chrono>

namespace pcx {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point wall_now() const = 0;    // for records
  virtual std::chrono::steady_clock::time_point steady_now() const = 0;  // for measuring
  virtual void sleep_for(std::chrono::nanoseconds duration) = 0;         // never negative
};

class SystemClock final : public Clock {
 public:
  std::chrono::system_clock::time_point wall_now() const override;
  std::chrono::steady_clock::time_point steady_now() const override;
  void sleep_for(std::chrono::nanoseconds duration) override;
};

}  // namespace pcx
