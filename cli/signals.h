// SIGINT and SIGTERM as requests to an Interrupt.
#pragma once

#include <atomic>
#include <chrono>
#include <thread>

#include "core/interrupt.h"

namespace pcx::cli {

// What a parent may have left or not: with SIGCHLD ignored the exit codes of children are lost, and
// a file size limit shall be an error of the write (EFBIG), not a death half way.
void settle_signals();

// Blocks both signals for this thread and those it starts, and waits for them in a thread of its
// own. After the second one the process has `patience` to come to its end, and is ended then: what
// it waits for (a server behind a dead link) does not answer. The third one ends it at once.
//
// REQUIRES: no other thread runs yet. `interrupt` outlives it.
class SignalThread {
 public:
  // Longer than the grace that a child process gets, so that an orderly stop is not cut short.
  static constexpr std::chrono::milliseconds kPatience{15'000};

  explicit SignalThread(Interrupt& interrupt, std::chrono::milliseconds patience = kPatience);
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void wait(Interrupt& interrupt);
  int next_signal(bool is_last) const;

  std::chrono::milliseconds patience_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace pcx::cli
