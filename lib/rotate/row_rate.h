// A limit of rows a second that all workers of a process share.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace pcx::rotate {

// Even: rows are due when all before them have had their time. Any thread may ask.
class RowRate {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // 0: no limit.
  explicit RowRate(double rows_per_second) : rows_per_second_(rows_per_second) {}

  // When the next `rows` rows may be written, which are taken as written then.
  TimePoint take(std::int64_t rows, TimePoint now);

 private:
  double rows_per_second_;
  std::mutex mutex_;
  TimePoint next_{};
};

}  // namespace pcx::rotate
