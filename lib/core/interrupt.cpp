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
  if (callback_) callback_(count);
}

void Interrupt::set_callback(std::function<void(int)> callback) {
  const std::lock_guard guard{mutex_};
  callback_ = std::move(callback);
}

void Interrupt::clear_callback() { set_callback({}); }

}  // namespace pcx
