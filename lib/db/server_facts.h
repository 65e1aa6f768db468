// What a server says about itself.
#pragma once

#include <chrono>
#include <string>

#include "db/database.h"

namespace pcx::db {

struct ServerFacts {
  std::string version;       // "15.20 (Debian 15.20-0+deb12u1)"
  std::string role;          // the session's
  bool in_recovery = false;  // a standby: it takes no writes
  bool read_only = false;    // default_transaction_read_only, in this session
  std::chrono::system_clock::time_point clock;
};

ServerFacts read_server_facts(Database& database);

}  // namespace pcx::db
