#include "db/wire_cancel.h"

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <libpq-fe.h>

namespace pcx::db::wire {

namespace {

// PQcancel() writes without MSG_NOSIGNAL: a server that closes first must not end the process.
void ignore_broken_pipes() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

struct Canceller::Request {
  explicit Request(PGconn* connection) : key(PQgetCancel(connection)) {}
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;
  ~Request() { PQfreeCancel(key); }

  void send() {
    std::unique_lock guard{mutex};
    while (std::exchange(is_wanted, false)) {
      guard.unlock();
      char message[256];  // libpq's recommended size; what has ended cannot be cancelled
      PQcancel(key, message, sizeof message);
      guard.lock();
    }
    is_under_way = false;
    done.notify_all();
  }

  PGcancel* key;
  std::mutex mutex;
  std::condition_variable done;
  bool is_wanted = false;  // another request, for a statement that began meanwhile
  bool is_under_way = false;
};

Canceller::Canceller(PGconn* connection) : request_(std::make_shared<Request>(connection)) {}

void Canceller::cancel() const noexcept {
  {
    const std::lock_guard guard{request_->mutex};
    request_->is_wanted = true;
    if (std::exchange(request_->is_under_way, true)) return;
  }
  try {
    std::thread{[request = request_] {
      ignore_broken_pipes();
      request->send();
    }}.detach();
  } catch (const std::system_error&) {
    request_->send();  // no thread to be had: better to wait than not to ask
  }
}

bool Canceller::cancel_within(std::chrono::milliseconds patience) const noexcept {
  cancel();
  std::unique_lock guard{request_->mutex};
  return request_->done.wait_for(guard, patience, [this] { return !request_->is_under_way; });
}

}  // namespace pcx::db::wire
