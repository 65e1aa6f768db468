// Runs of pcx that are struck: at a message of the conversation with the server, or at a moment.
#pragma once

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "db/database.h"
#include "tests/support/postgres.h"
#include "tests/support/wire_proxy.h"

namespace pcx::testing {

enum class Blow {
  kill_client,     // SIGKILL for pcx
  end_backend,     // pg_terminate_backend() for every session of the database
  cut_connection,  // the network is gone
};
std::string to_string(Blow blow);
void PrintTo(Blow blow, std::ostream* out);  // for GoogleTest

struct Point {
  Blow blow;
  int message = 0;  // after this one was passed on; 0: at a moment instead
  std::chrono::microseconds after{};
};

struct SentMessage {
  int connection = 0;  // counts on from run to run
  bool from_client = false;
  char type = '\0';
  std::string body;
};

struct StruckRun {
  bool was_struck = false;  // it did not end before the point
  int exit = 0;             // 128 + n when signal n ended it
  std::string said;         // on stdout and stderr
  std::vector<SentMessage> messages;
  std::chrono::microseconds took{};
};

// Asks until the answer is true, for 20 s at most.
void wait_until(db::Database& session, const db::Statement& question,
                const db::Params& params = {});

// A server of its own, a proxy in front of it, and pcx behind the proxy.
class Arena {
 public:
  Arena();

  // A copy of `original`, with the same oids in it; its name.
  std::string make_database(const std::string& original = "template0");
  void drop_database(const std::string& name);

  // Runs "pcx WORDS" on `database`, through the proxy, and waits until the last session of the
  // database is gone.
  StruckRun run(const std::vector<std::string>& words, const std::string& database,
                const std::optional<Point>& point = std::nullopt);

  // Runs "pcx WORDS" on `database` until a session that did `hold` in one transaction holds it up,
  // and strikes it there. The holder stays until pcx and its sessions are gone. Its exit code.
  int strike_held_up(const std::vector<std::string>& words, const std::string& database,
                     const std::vector<const char*>& hold, Blow blow);

  // Starts "pcx WORDS" with the database at `url`; its process id. What it says goes to `output_fd`
  // where that is given.
  pid_t start(const std::vector<std::string>& words, const std::string& url, int output_fd = -1);
  std::string said() const;  // by the last pcx, so far
  // Until a session of the database waits for a lock of session `holder`, for 20 s at most.
  void wait_until_held_up(const std::string& database, int holder);
  // Until the last session of the database is gone, for 20 s at most.
  void wait_until_left_alone(const std::string& database);

  // What pg_dump says, with `options`, without what differs from one dump to the next.
  std::string dump(const std::string& database, const std::vector<std::string>& options);
  // The rows of one column.
  std::vector<std::string> ask(const std::string& database, const char* sql);

  db::Database& admin() { return admin_; }  // in another database
  std::string url(const std::string& database) const { return server_.url(database); }
  // Where run() sends pcx.
  std::string proxy_url(const std::string& database) const { return proxy_.url(database); }
  std::string tcp_url(const std::string& database) const { return server_.tcp_url(database); }
  std::string server_log() const { return server_.log(); }

 private:
  std::filesystem::path output() const;  // of the last pcx
  WireProxy::Then strike(const Point& point, pid_t client, const std::string& database);
  void end_backends(const std::string& database, const Point& point);

  Postgres server_;
  WireProxy proxy_;
  db::Database admin_;
  int databases_ = 0;
};

}  // namespace pcx::testing
