// Ctrl-C as data: the library asks, cli/ sets. The first signal asks for an orderly stop: nothing
// new is started, and a statement whose transaction rolls back cleanly is cancelled. The second
// cancels what runs, whatever it is.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

#include "core/descriptor.h"

namespace pcx {

class Interrupt {
 public:
  enum class Signal { none, interrupt, terminate };

  // True once a stop was asked for: start nothing new.
  bool stop_requested() const noexcept { return requests_ > 0; }
  int requests() const noexcept { return requests_; }
  Signal signal() const noexcept { return signal_; }
  // Throws Error{interrupted} or Error{terminated} when a stop was requested.
  void throw_if_requested() const;

  // Called from the signal thread: counts the request, then runs the callback (outside any lock
  // of the caller).
  void request(Signal signal);

  // What request() does besides counting: cancel the statement that runs. There may be several, one
  // for each connection; the number returned takes it away again. Both wait for a request() under
  // way, so after remove_callback() it will not run any more.
  int add_callback(std::function<void(int requests)> callback);
  void remove_callback(int number);

 private:
  std::atomic<int> requests_{0};
  std::atomic<Signal> signal_{Signal::none};
  std::mutex mutex_;
  std::map<int, std::function<void(int)>> callbacks_;
  int last_number_ = 0;
};

// A file descriptor that becomes readable when a stop is requested and stays so, for poll(2) on
// something else at the same time.
class InterruptWatch {
 public:
  // `interrupt` outlives it; nullptr: nothing is ever requested. Throws Error{io} without
  // descriptors left.
  explicit InterruptWatch(Interrupt* interrupt);
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;
  ~InterruptWatch();

  int number() const { return readable_.number(); }  // -1, which poll(2) passes over, for nullptr

 private:
  void tell() noexcept;

  Interrupt* interrupt_;
  Descriptor readable_;
  int callback_ = 0;
};

}  // namespace pcx
