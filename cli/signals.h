// SIGINT and SIGTERM as requests to an Interrupt.
#pragma once

#include <atomic>
#include <thread>

#include "core/interrupt.h"

namespace pcx::cli {

// What a parent may have left or not: with SIGCHLD ignored the exit codes of children are lost, and
// a file size limit shall be an error of the write (EFBIG), not a death half way.
void settle_signals();

// Blocks both signals for this thread and those it starts, and waits for them in a thread of its
// own. The third one ends the process at once: by then something does not listen.
//
// REQUIRES: no other thread runs yet. `interrupt` outlives it.
class SignalThread {
 public:
  explicit SignalThread(Interrupt& interrupt);
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void wait(Interrupt& interrupt);

  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace pcx::cli
