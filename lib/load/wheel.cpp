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

// What a timer arms while the slot fires is due a tick later at the earliest: the ring that is
// walked here does not grow.
void Wheel::fire_slot(std::int64_t tick) {
  Head& head = slots_[static_cast<std::size_t>(tick) % kSlots];
  Head due;  // apart, since on_time() may cancel any other one
  due.previous_ = due.next_ = &due;
  for (Timer* timer = head.next_; timer != &head;) {
    Timer* const next = timer->next_;
    if (timer->tick_ <= tick) {
      timer->previous_->next_ = timer->next_;
      timer->next_->previous_ = timer->previous_;
      timer->previous_ = due.previous_;
      timer->next_ = &due;
      due.previous_->next_ = timer;
      due.previous_ = timer;
    }
    timer = next;
  }
  while (due.next_ != &due) {
    Timer* const timer = due.next_;
    timer->cancel();
    timer->on_time();
  }
  due.previous_ = due.next_ = nullptr;
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
