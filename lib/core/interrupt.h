// Ctrl-C as data: the library asks, cli/ sets. The first signal asks for an orderly stop, the
// second cancels what runs.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

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

  // What request() does besides counting: cancel the statement that runs. Replaced and cleared
  // under a lock, so after clear_callback() returns it will not run any more.
  void set_callback(std::function<void(int requests)> callback);
  void clear_callback();

 private:
  std::atomic<int> requests_{0};
  std::atomic<Signal> signal_{Signal::none};
  std::mutex mutex_;
  std::function<void(int)> callback_;
};

}  // namespace pcx
