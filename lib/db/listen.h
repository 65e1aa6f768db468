// LISTEN and NOTIFY: wait for news instead of asking again and again.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "db/database.h"

namespace pcx::db {

struct Notification {
  std::string channel;
  std::string payload;
  int sender_pid = 0;
};

class Listener {
 public:
  // Starts listening on `channel`. REQUIRES: database.require_session_state() does not throw, and
  // no transaction is open. Stops listening when destroyed, which must be before the Database is
  // destroyed or reconnects. Throws Error{data} for a name that cannot be quoted.
  Listener(Database& database, const std::string& channel);
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();

  // The next notification, or std::nullopt when `timeout` passed or the descriptor `wake` (-1:
  // none) became readable. Notifications that arrive during a transaction are seen by the next
  // wait(). Throws Error{unreachable} when the connection is lost. REQUIRES: no transaction is
  // open.
  std::optional<Notification> wait(std::chrono::milliseconds timeout, int wake = -1);

 private:
  class Receiver;
  Database& database_;
  std::unique_ptr<Receiver> receiver_;
};

}  // namespace pcx::db
