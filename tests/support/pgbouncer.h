// A private PgBouncer in front of a test server.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/postgres.h"

namespace pcx::testing {

class Pgbouncer {
 public:
  struct Options {
    std::string mode = "transaction";  // or "session", "statement"
    int pool_size = 5;
    std::string reset_query = "DISCARD ALL";  // in session mode, when a client has left
  };

  // REQUIRES: `server` outlives it.
  Pgbouncer(const Postgres& server, const Options& options);
  Pgbouncer(const Pgbouncer&) = delete;
  Pgbouncer& operator=(const Pgbouncer&) = delete;
  ~Pgbouncer();

  std::string url(const std::string& database) const;

 private:
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  std::unique_ptr<Watchdog> watchdog_;
};

}  // namespace pcx::testing
