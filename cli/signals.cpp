#include "cli/signals.h"

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace pcx::cli {

namespace {

constexpr int kRequestsMax = 3;
constexpr int kWake = SIGUSR2;  // from the destructor, so that the thread looks at stopping_

sigset_t waited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, kWake);
  return signals;
}

}  // namespace

void settle_signals() {
  std::signal(SIGCHLD, SIG_DFL);
  std::signal(SIGXFSZ, SIG_IGN);
}

void SignalThread::wait(Interrupt& interrupt) {
  const sigset_t signals = waited_signals();
  while (!stopping_) {
    int number = 0;
    if (sigwait(&signals, &number) != 0 || number == kWake) continue;
    if (interrupt.requests() + 1 >= kRequestsMax) _exit(128 + number);
    interrupt.request(number == SIGTERM ? Interrupt::Signal::terminate
                                        : Interrupt::Signal::interrupt);
  }
}

SignalThread::SignalThread(Interrupt& interrupt) {
  const sigset_t signals = waited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread{[this, &interrupt] { wait(interrupt); }};
}

SignalThread::~SignalThread() {
  stopping_ = true;
  pthread_kill(thread_.native_handle(), kWake);
  thread_.join();
}

}  // namespace pcx::cli
