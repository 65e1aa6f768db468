// Cancelling the statement that runs, from any thread. Included by files of lib/db only.
#pragma once

#include <chrono>
#include <memory>

struct pg_conn;  // libpq's PGconn

namespace pcx::db::wire {

// A key to the running statement. libpq's PQcancel() makes a connection of its own and waits for
// the server to close it, without a deadline: the wait is a thread's, which keeps nothing but the
// key and is left behind when the process ends. One request is under way at a time.
class Canceller {
 public:
  explicit Canceller(pg_conn* connection);

  // Asks, and does not wait: a signal's thread has to be there for the next signal.
  void cancel() const noexcept;
  // Asks, and waits for the server to take note. False when that took longer.
  bool cancel_within(std::chrono::milliseconds patience) const noexcept;

 private:
  struct Request;
  std::shared_ptr<Request> request_;
};

}  // namespace pcx::db::wire
