#include "load/poller.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"

namespace pcx::load {

namespace {

// Then alarms have their turn: with more, users would start late.
constexpr std::size_t kEventsAtOnce = 64;

Descriptor opened(int number) {
  if (number >= 0) return Descriptor{number};
  throw Error{ErrorCode::busy, fmt::format("no event loop: {}", std::strerror(errno)),
              "Raise the limit of open files (ulimit -n)."};
}

int add(const Descriptor& epoll, int number, std::uint32_t events, void* told) {
  epoll_event event{.events = events, .data = {.ptr = told}};
  return ::epoll_ctl(epoll.number(), EPOLL_CTL_ADD, number, &event) == 0 ? 0 : errno;
}

void require(int failed) {
  if (failed == 0) return;
  throw Error{ErrorCode::busy, fmt::format("no event loop: {}", std::strerror(failed)),
              "Raise the limit fs.epoll.max_user_watches."};
}

}  // namespace

// --- Alarm

Poller::Alarm::Alarm(Poller& poller, std::function<void(Instant due, Instant now)> ring)
    : poller_(poller), ring_(std::move(ring)) {
  poller_.alarms_.push_back(this);
}

Poller::Alarm::~Alarm() { std::erase(poller_.alarms_, this); }

// --- Mailbox

Poller::Mailbox::Mailbox(Poller& poller)
    : poller_(poller), event_(opened(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {}

void Poller::Mailbox::put(std::function<void()> work) {
  const std::lock_guard lock{mutex_};
  work_.push_back(std::move(work));
  if (work_.size() == 1) ::eventfd_write(event_.number(), 1);  // can only fail at 2^64
}

void Poller::Mailbox::on_ready(std::uint32_t) {
  eventfd_t count = 0;
  ::eventfd_read(event_.number(), &count);
  const std::lock_guard lock{mutex_};
  for (auto& work : work_) poller_.defer(std::move(work));
  work_.clear();
}

// --- Poller

Poller::Poller()
    : epoll_(opened(::epoll_create1(EPOLL_CLOEXEC))),
      timer_(opened(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK))),
      mailbox_(*this) {
  require(add(epoll_, timer_.number(), EPOLLIN | EPOLLET, nullptr));
  require(add(epoll_, mailbox_.number(), EPOLLIN | EPOLLET, &mailbox_));
}

int Poller::watch(int socket, Watched& watched) {
  const int failed = add(epoll_, socket, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, &watched);
  if (failed == 0) ++watched_;
  return failed;
}

void Poller::unwatch(const Watched& watched) {
  --watched_;
  const auto place = std::find(ready_.begin(), ready_.end(), &watched);
  if (place != ready_.end()) *place = nullptr;
}

void Poller::post(std::function<void()> work) { mailbox_.put(std::move(work)); }

void Poller::run() {
  is_stopped_ = false;
  while (!is_stopped_) turn();
}

void Poller::turn() {
  wait();
  if (!is_stopped_) ring_alarms();
  if (!is_stopped_) do_deferred();
}

// What these defer is done in the next round.
void Poller::do_deferred() {
  for (const auto& work : std::exchange(deferred_, {})) {
    if (is_stopped_) return;
    work();
  }
}

void Poller::ring_alarms() {
  const Instant now = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < alarms_.size() && !is_stopped_; ++i) {
    if (alarms_[i]->due_ > now) continue;
    alarms_[i]->ring_(std::exchange(alarms_[i]->due_, Instant::max()), now);
  }
}

Instant Poller::next_alarm() const {
  Instant due = Instant::max();
  for (const Alarm* alarm : alarms_) due = std::min(due, alarm->due_);
  return due;
}

// That it has expired is read from the clock: see ring_alarms().
void Poller::set_timer(Instant due) {
  timer_due_ = due;
  const auto since = std::max(due.time_since_epoch(), Instant::duration{1});  // 0 would disarm it
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  const itimerspec spec{
      .it_interval = {},
      .it_value = {.tv_sec = seconds.count(), .tv_nsec = (since - seconds).count()}};
  ::timerfd_settime(timer_.number(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

// The timer is set only where there is nothing else to do: to set it is dear, and on a busy loop
// the next alarm rings before it would expire.
void Poller::wait() {
  std::array<epoll_event, kEventsAtOnce> events;
  const auto take = [&](int patience) {
    return ::epoll_wait(epoll_.number(), events.data(), kEventsAtOnce, patience);
  };
  const Instant due = next_alarm();
  const bool is_set = due == timer_due_ || due == Instant::max();
  int count = take(is_set && deferred_.empty() ? -1 : 0);
  if (count == 0 && deferred_.empty()) {
    set_timer(due);
    count = take(-1);
  }
  ready_.clear();
  for (int i = 0; i < count; ++i) ready_.push_back(static_cast<Watched*>(events[i].data.ptr));
  for (std::size_t i = 0; i < ready_.size() && !is_stopped_; ++i) {
    if (ready_[i] != nullptr) ready_[i]->on_ready(events[i].events);
  }
  ready_.clear();
}

}  // namespace pcx::load
