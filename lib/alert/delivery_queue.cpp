#include "alert/delivery_queue.h"

#include "alert/delivery.h"

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

// Times are stored as whole milliseconds, rounded down: one more makes the minute whole.
constexpr milliseconds kWindow{60'001};

class NoRandom final : public Random {
 public:
  void fill(std::span<std::byte> target) override { std::ranges::fill(target, std::byte{0}); }
};

}  // namespace

milliseconds least_pause(int attempts) {
  NoRandom none;
  return backoff_delay(kDeliveryPauses, attempts, none);
}

void CallWindow::add(Time ended_at, Time now) {
  if (calls_max_ > 0 && ended_at + kWindow > now) ends_.insert(std::min(ended_at, now));
}

Time CallWindow::free_at(Time now) {
  if (calls_max_ == 0) return now;
  while (!ends_.empty() && *ends_.begin() + kWindow <= now) ends_.erase(ends_.begin());
  if (ends_.size() < static_cast<std::size_t>(calls_max_)) return now;
  // As many have to be over a minute ago as are too many, and one.
  const auto over = ends_.size() - static_cast<std::size_t>(calls_max_);
  return *std::next(ends_.begin(), static_cast<std::ptrdiff_t>(over)) + kWindow;
}

void DeliveryQueue::add(OutboxLine& line) {
  auto& of_key = lines_[line.notification.dedup_key];
  of_key.push_back(&line);
  if (of_key.size() == 1) put_head(line.notification.dedup_key);
}

void DeliveryQueue::remember_calls(const OutboxLine& line, Time now) {
  int attempts = line.attempts;
  Time at = line.ended_at.value_or(line.not_before);
  if (attempts > 0 && !line.ended_at) at -= least_pause(attempts);
  for (; attempts > 0 && at + kWindow > now; --attempts) {
    window_.add(at, now);
    if (attempts > 1) at -= least_pause(attempts - 1);
  }
}

std::optional<Time> DeliveryQueue::earliest(Time now) {
  if (heads_.empty()) return std::nullopt;
  return std::max({now, window_.free_at(now), paused_until_, std::get<Time>(*heads_.begin())});
}

OutboxLine& DeliveryQueue::take() {
  OutboxLine& line = *std::get<OutboxLine*>(*heads_.begin());
  heads_.erase(heads_.begin());
  return line;
}

void DeliveryQueue::give_back(OutboxLine& line) {
  const std::string& key = line.notification.dedup_key;
  const auto found = lines_.find(key);
  if (line.delivery != Delivery::queued) found->second.pop_front();
  if (found->second.empty()) {
    lines_.erase(found);
  } else {
    put_head(key);
  }
}

void DeliveryQueue::put_head(const std::string& dedup_key) {
  OutboxLine* const head = lines_.at(dedup_key).front();
  heads_.insert({head->not_before, head->sequence, head});
}

}  // namespace pcx::alert
