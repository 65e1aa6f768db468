#include "load/wheel.h"

#include <algorithm>

namespace pcx::load {

void Timer::cancel() {
  if (!is_armed()) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
  --*armed_;
}

Wheel::Wheel(Instant start) : start_(start) {
  for (Head& head : slots_) head.previous_ = head.next_ = &head;
}

Wheel::~Wheel() {
  for (Head& head : slots_) {
    while (head.next_ != &head) head.next_->cancel();
    head.previous_ = head.next_ = nullptr;
  }
}

Instant Wheel::arm(Timer& timer, Instant due) {
  timer.cancel();
  const auto since = due - start_;
  const std::int64_t tick = (since + kTick - Instant::duration{1}) / kTick;
  timer.tick_ = std::max(tick, tick_ + 1);
  timer.armed_ = &armed_;
  Head& head = slots_[static_cast<std::size_t>(timer.tick_) % kSlots];
  timer.previous_ = head.previous_;
  timer.next_ = &head;
  head.previous_->next_ = &timer;
  head.previous_ = &timer;
  ++armed_;
  return start_ + timer.tick_ * kTick;
}

void Wheel::advance(Instant now) {
  const std::int64_t tick = (now - start_) / kTick;
  while (tick_ < tick) {
    if (armed_ == 0) {
      tick_ = tick;
      return;
    }
    fire_slot(++tick_);
  }
}

// Timers whose time has come, apart from their slot: on_time() may cancel any other one. Those that
// are left when one throws are taken off the wheel.
class Wheel::Due {
 public:
  Due() { head_.previous_ = head_.next_ = &head_; }
  Due(const Due&) = delete;
  Due& operator=(const Due&) = delete;
  ~Due() {
    while (Timer* const timer = first()) timer->cancel();
    head_.previous_ = head_.next_ = nullptr;
  }

  Timer* first() { return head_.next_ == &head_ ? nullptr : head_.next_; }
  void take(Timer& timer) {
    timer.previous_->next_ = timer.next_;
    timer.next_->previous_ = timer.previous_;
    timer.previous_ = head_.previous_;
    timer.next_ = &head_;
    head_.previous_->next_ = &timer;
    head_.previous_ = &timer;
  }

 private:
  Head head_;
};

// What a timer arms while the slot fires is due a tick later at the earliest: the ring that is
// walked here does not grow.
void Wheel::fire_slot(std::int64_t tick) {
  Head& head = slots_[static_cast<std::size_t>(tick) % kSlots];
  Due due;
  for (Timer* timer = head.next_; timer != &head;) {
    Timer* const next = timer->next_;
    if (timer->tick_ <= tick) due.take(*timer);
    timer = next;
  }
  while (Timer* const timer = due.first()) {
    timer->cancel();
    timer->on_time();
  }
}

std::optional<Instant> Wheel::next_tick() const {
  if (armed_ == 0) return std::nullopt;
  for (std::int64_t tick = tick_ + 1; tick <= tick_ + static_cast<std::int64_t>(kSlots); ++tick) {
    const Head& head = slots_[static_cast<std::size_t>(tick) % kSlots];
    if (head.next_ != &head) return start_ + tick * kTick;
  }
  return std::nullopt;
}

}  // namespace pcx::load
