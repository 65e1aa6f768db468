#include "rotate/eta.h"

namespace pcx::rotate {

namespace {

constexpr std::chrono::seconds kSpan{30};
using Seconds = std::chrono::duration<double>;

}  // namespace

std::optional<std::chrono::seconds> Eta::add(std::chrono::nanoseconds elapsed, std::int64_t done,
                                             std::int64_t total) {
  samples_.push_back({elapsed, done});
  // One older than the span stays, to measure from.
  while (samples_.size() > 2 && elapsed - samples_[1].elapsed >= kSpan) samples_.pop_front();
  const double seconds = Seconds{elapsed - samples_.front().elapsed}.count();
  const auto advanced = static_cast<double>(done - samples_.front().done);
  if (seconds <= 0 || advanced <= 0) {
    speed_ = 0;
    return std::nullopt;
  }
  speed_ = advanced / seconds;
  return std::chrono::seconds{
      static_cast<std::int64_t>(static_cast<double>(total - done) / speed_ + 0.5)};
}

}  // namespace pcx::rotate
