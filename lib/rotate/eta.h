// When it will be done. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace pcx::rotate {

// By the speed of the last half minute: limits, windows and other work change it.
class Eta {
 public:
  // `done` of `total`, `elapsed` after the start. std::nullopt while there is nothing to go by.
  std::optional<std::chrono::seconds> add(std::chrono::nanoseconds elapsed, std::int64_t done,
                                          std::int64_t total);
  // A second, by the same measure; 0 at first.
  double speed() const { return speed_; }

 private:
  struct Sample {
    std::chrono::nanoseconds elapsed;
    std::int64_t done;
  };
  std::deque<Sample> samples_;
  double speed_ = 0;
};

}  // namespace pcx::rotate
