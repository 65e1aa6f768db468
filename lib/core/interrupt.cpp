#include "core/interrupt.h"

#include <cerrno>
#include <cstring>
#include <sys/eventfd.h>
#include <utility>

#include <fmt/format.h>

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

InterruptWatch::InterruptWatch(Interrupt* interrupt) : interrupt_(interrupt) {
  if (interrupt_ == nullptr) return;
  readable_ = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!readable_.is_open()) {
    throw Error{ErrorCode::io, fmt::format("cannot watch for a stop: {}", std::strerror(errno))};
  }
  callback_ = interrupt_->add_callback([this](int) { tell(); });
  if (interrupt_->stop_requested()) tell();  // before the callback was there
}

InterruptWatch::~InterruptWatch() {
  if (interrupt_ != nullptr) interrupt_->remove_callback(callback_);
}

// Fails only when the counter is full, and then it is readable already.
void InterruptWatch::tell() noexcept { ::eventfd_write(readable_.number(), 1); }

}  // namespace pcx
