// LISTEN and NOTIFY: wait for news instead of asking again and again.
#pragma once

#include <chrono>
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
  // no transaction is open. Stops listening when destroyed.
  Listener(Database& database, std::string channel);
  ~Listener();

  // The next notification, or std::nullopt when `timeout` passed. Throws Error{unreachable} when
  // the connection is lost.
  std::optional<Notification> wait(std::chrono::milliseconds timeout);

 private:
  Database& database_;
  std::string channel_;
};

}  // namespace pcx::db
