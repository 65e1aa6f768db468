// Timers that are cheap and coarse: a hashed timing wheel (Varghese and Lauck, SOSP 1987) with
// ticks of 1 ms. Thinking users and timeouts are many, and none of them needs more than that: with
// longer ticks users that came one after the other would go on in bursts.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pcx::load {

using Instant = std::chrono::steady_clock::time_point;
inline Instant now() { return std::chrono::steady_clock::now(); }

// A timer is part of what it is for: arming allocates nothing. Destroying it takes it off its
// wheel.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { cancel(); }

  virtual void on_time() = 0;  // may arm this timer and others, cancel and destroy them
  bool is_armed() const { return previous_ != nullptr; }
  void cancel();

 private:
  friend class Wheel;
  Timer* previous_ = nullptr;  // in a ring with its slot's head; nullptr: not armed
  Timer* next_ = nullptr;
  std::int64_t tick_ = 0;
  std::size_t* armed_ = nullptr;
};

class Wheel {
 public:
  static constexpr std::chrono::milliseconds kTick{1};

  explicit Wheel(Instant start);
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;
  ~Wheel();  // timers that are still armed are not any more

  // Fires at the first tick at or after `due`, which is returned, never before it; again: anew.
  Instant arm(Timer& timer, Instant due);
  // Fires what is due by now, in the order of ticks. Throws what on_time() throws; the others of
  // its tick are not armed then.
  void advance(Instant now);
  // When advance() has something to look at next; std::nullopt: nothing is armed.
  std::optional<Instant> next_tick() const;
  std::size_t armed() const { return armed_; }

 private:
  static constexpr std::size_t kSlots = 4096;  // 4 s a turn; longer ones stay for several

  struct Head : Timer {
    void on_time() override {}
  };
  class Due;
  void fire_slot(std::int64_t tick);

  Instant start_;
  std::int64_t tick_ = 0;  // the last one that has fired
  std::size_t armed_ = 0;
  std::array<Head, kSlots> slots_;
};

}  // namespace pcx::load
