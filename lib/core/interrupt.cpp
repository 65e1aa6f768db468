#include "core/interrupt.h"

#include <utility>

#include "core/error.h"

namespace pcx {

void Interrupt::throw_if_requested() const {
  if (!stop_requested()) return;
  if (signal_ == Signal::terminate) throw Error{ErrorCode::terminated, "terminated"};
  throw Error{ErrorCode::interrupted, "interrupted"};
}

void Interrupt::request(Signal signal) {
  signal_ = signal;
  const int count = ++requests_;
  const std::lock_guard guard{mutex_};
  for (const auto& [number, callback] : callbacks_) callback(count);
}

int Interrupt::add_callback(std::function<void(int)> callback) {
  const std::lock_guard guard{mutex_};
  callbacks_.emplace(++last_number_, std::move(callback));
  return last_number_;
}

void Interrupt::remove_callback(int number) {
  const std::lock_guard guard{mutex_};
  callbacks_.erase(number);
}

}  // namespace pcx
