// A private PostgreSQL server for tests: on a Unix socket in a short folder in memory, removed with
// the test program, however that ends.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

#include "tests/support/process.h"

namespace pcx::testing {

class Postgres {
 public:
  struct Options {
    std::vector<std::string> settings;  // "max_connections=5", as after `postgres -c`
    std::vector<std::string> hba;       // lines before "local all all trust"
    bool tcp = false;                   // listens on 127.0.0.1, on a port that was free
  };

  // The server of this test program, started when first asked for. Role "needs_password", once
  // created, must give its password (SCRAM); all others are trusted.
  static Postgres& shared();

  // REQUIRES: called from the main thread, which outlives the server.
  explicit Postgres(Options options);
  Postgres() : Postgres(Options{}) {}
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;
  ~Postgres();

  // A new, empty database; its name.
  std::string fresh_database();

  // "postgresql://user@/database?host=<folder>": over the socket, as the superuser by default.
  std::string url(const std::string& database, const std::string& user = "postgres") const;
  std::string tcp_url(const std::string& database, const std::string& user = "postgres") const;

  const std::filesystem::path& folder() const { return folder_; }  // of the socket
  int port() const { return port_; }
  pid_t pid() const { return pid_; }
  std::string log() const;

  void stop();   // at once, as after a crash
  void start();  // again

 private:
  void wait_until_ready();

  Options options_;
  std::filesystem::path folder_;
  int port_ = 5432;
  int databases_ = 0;
  pid_t pid_ = -1;
  std::unique_ptr<Watchdog> watchdog_;
};

// The folder of PostgreSQL's programs (initdb, postgres, pgbench).
std::filesystem::path postgres_programs();

}  // namespace pcx::testing
