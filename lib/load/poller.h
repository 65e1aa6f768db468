// A shard's event loop on Linux's epoll(7). Sockets are watched from their beginning to their end
// without asking the kernel again: Boost.Asio's loop does (EPOLL_CTL_MOD) each time that somebody
// waits for one, which was a fifteenth of what a request costs.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "core/descriptor.h"
#include "load/wheel.h"

namespace pcx::load {

// Whoever is told about a socket.
class Watched {
 public:
  virtual ~Watched() = default;
  // Edge-triggered: told once for what has happened, so what is there has to be read or written
  // until the socket takes or has no more. `events` are those of epoll_ctl(2).
  virtual void on_ready(std::uint32_t events) = 0;
};

class Poller {
 public:
  // Rings once when it is due, as exactly as the kernel's timers are.
  class Alarm {
   public:
    // REQUIRES: `poller` outlives it
    Alarm(Poller& poller, std::function<void(Instant due, Instant now)> ring);
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;
    ~Alarm();
    void set(Instant due) { due_ = due; }
    void cancel() { due_ = Instant::max(); }

   private:
    friend class Poller;
    Poller& poller_;
    std::function<void(Instant due, Instant now)> ring_;
    Instant due_ = Instant::max();  // not set
  };

  // Throws Error{ErrorCode::busy} when the system has no descriptors left.
  Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // From now on, until unwatch(). 0, or an errno value: then it is not watched.
  int watch(int socket, Watched& watched);
  // `watched` is told nothing more. The socket is closed next, which takes it off the kernel's
  // list.
  void unwatch(const Watched& watched);

  // Soon, and not before the caller has returned. What is left when stop() is called is not done.
  void defer(std::function<void()> work) { deferred_.push_back(std::move(work)); }
  // As defer(), from any thread.
  void post(std::function<void()> work);

  // Until stop() is called from within. Throws what it calls throws.
  void run();
  // One round: waits until something happens, at most until the next alarm.
  void turn();
  void stop() { is_stopped_ = true; }

  // Nothing is watched or deferred: only alarms and post() can begin anything.
  bool is_idle() const { return watched_ == 0 && deferred_.empty(); }

 private:
  class Mailbox final : public Watched {
   public:
    explicit Mailbox(Poller& poller);
    void on_ready(std::uint32_t events) override;
    void put(std::function<void()> work);
    int number() const { return event_.number(); }

   private:
    Poller& poller_;
    Descriptor event_;  // eventfd(2)
    std::mutex mutex_;
    std::vector<std::function<void()>> work_;
  };

  void do_deferred();
  void ring_alarms();
  Instant next_alarm() const;
  void set_timer(Instant due);
  void wait();

  Descriptor epoll_;
  Descriptor timer_;  // timerfd(2)
  Instant timer_due_ = Instant::max();
  Mailbox mailbox_;
  std::vector<Alarm*> alarms_;
  std::vector<std::function<void()>> deferred_;
  std::vector<Watched*> ready_;  // of this round; nullptr: not watched any more
  std::size_t watched_ = 0;
  bool is_stopped_ = false;
};

}  // namespace pcx::load
