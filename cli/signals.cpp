#include "cli/signals.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
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

// The next signal; 0 when patience_ is over, which only counts before the last one.
int SignalThread::next_signal(bool is_last) const {
  const sigset_t signals = waited_signals();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(patience_);
  const std::chrono::nanoseconds rest = patience_ - seconds;
  const timespec limit{seconds.count(), rest.count()};
  int number = -1;
  do {
    number = is_last ? sigtimedwait(&signals, nullptr, &limit) : sigwaitinfo(&signals, nullptr);
  } while (number < 0 && errno == EINTR);
  return std::max(number, 0);
}

void SignalThread::wait(Interrupt& interrupt) {
  int last = 0;
  while (!stopping_) {
    const bool is_last = interrupt.requests() + 1 >= kRequestsMax;
    const int number = next_signal(is_last);
    if (number == kWake) continue;
    if (is_last) _exit(128 + (number > 0 ? number : last));
    last = number;
    interrupt.request(number == SIGTERM ? Interrupt::Signal::terminate
                                        : Interrupt::Signal::interrupt);
  }
}

SignalThread::SignalThread(Interrupt& interrupt, std::chrono::milliseconds patience)
    : patience_(patience) {
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
