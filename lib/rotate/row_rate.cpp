#include "rotate/row_rate.h"

#include <algorithm>

namespace pcx::rotate {

namespace {

// Time that nobody used is not made up for, but for the moments that waiting takes too long.
constexpr std::chrono::milliseconds kSlack{100};

}  // namespace

RowRate::TimePoint RowRate::take(std::int64_t rows, TimePoint now) {
  if (rows_per_second_ <= 0) return now;
  const std::lock_guard lock{mutex_};
  const TimePoint due = std::max(next_, now - kSlack);
  next_ = due + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                    std::chrono::duration<double>{static_cast<double>(rows) / rows_per_second_});
  return due;
}

}  // namespace pcx::rotate
