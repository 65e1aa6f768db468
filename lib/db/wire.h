// The room's own door to libpq, for what libpqxx 6.4.5 does not offer: connecting with a deadline,
// whole scripts, COPY, and every field of an error. Included by files of lib/db only.
//
// Failures of the server are not thrown here: an event procedure of libpq sees every result of the
// connection, whoever asked (libpqxx or this file), and leaves the first error in its Watch. So
// ordinary statements run through libpqxx and still have DETAIL, HINT and constraint names.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/interrupt.h"
#include "core/secret.h"

struct pg_conn;  // libpq's PGconn

namespace pcx::db::wire {

// The fields of an ErrorResponse (PostgreSQL 15 documentation, 55.8).
struct ServerError {
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
  std::string schema;
  std::string table;
  std::string column;
  std::string constraint;
  std::string context;
  std::string internal_query;
  std::size_t position = 0;           // in the text sent: characters, from 1; 0: not known
  std::size_t internal_position = 0;  // in internal_query
};

// What the connection said since the last clear. Stays where it is as long as the connection lives.
struct Watch {
  std::optional<ServerError> error;  // the first one
  std::function<void(std::string_view severity, std::string_view message)> on_notice;
};

struct Closer {
  void operator()(pg_conn* connection) const noexcept;
};
using Connection = std::unique_ptr<pg_conn, Closer>;

using Keywords = std::vector<std::pair<std::string, std::string>>;

struct Access {
  Keywords keywords;  // later ones win
  const Secret* password = nullptr;
  const Secret* key_password = nullptr;
  std::chrono::milliseconds timeout{0};  // for all hosts together; 0: none
  const Interrupt* interrupt = nullptr;  // a requested stop ends the waiting
  // Called once, when the server was first told who wants to connect; its time is not counted, what
  // it throws ends the connecting.
  std::function<void()> meanwhile;
};

// Connects. Throws Error as Database's constructor promises; without the server's own SQLSTATE it
// carries 08001.
Connection connect(const Access& access);

// libpq's connection strings, both kinds, into keywords; std::nullopt when libpq refuses the text.
// Its message is dropped on purpose: it may repeat a part of the text, and that of a password.
std::optional<Keywords> parse_conninfo(const std::string& text);
bool is_keyword(const std::string& name);

// From now on errors and notices of `connection` go to `watch`.
void attach(pg_conn* connection, Watch& watch);

// False once the server has closed the connection; reads what has already arrived.
bool is_alive(pg_conn* connection) noexcept;
// What a lost connection said about itself, one line.
std::string last_words(pg_conn* connection);

enum class Block { none, open, failed, lost };
Block transaction_block(pg_conn* connection) noexcept;

int announced_pid(pg_conn* connection) noexcept;  // PQbackendPID: a pooler invents one
int server_version(pg_conn* connection) noexcept;
std::string user(pg_conn* connection);
std::string host(pg_conn* connection);
std::string port(pg_conn* connection);
std::string database(pg_conn* connection);

struct Answer {
  int statements_done = 0;    // completed before the end or the first error
  bool failed = false;        // by the server (see Watch), or the connection is lost
  bool copy_refused = false;  // a COPY FROM STDIN wanted data and was ended
  bool committed = false;     // a COMMIT or PREPARE TRANSACTION was among the completed ones
  std::string first_value;    // first column of the first row of the last result
};

// Sends `sql` in one simple-protocol message and reads every result. REQUIRES: no NUL byte in it.
Answer run_simple(pg_conn* connection, const std::string& sql);
// The same with a deadline: std::nullopt when it passed (then only closing is left to do).
std::optional<Answer> run_simple(pg_conn* connection, const std::string& sql,
                                 std::chrono::milliseconds deadline);

// The same, calling `on_tick` every `period` meanwhile. It must not touch `connection`.
Answer run_simple(pg_conn* connection, const std::string& sql, std::chrono::milliseconds period,
                  const std::function<void()>& on_tick);

// One message of a pipeline: runs `sql`, parses it as `prepared`, or runs what was parsed so.
struct Step {
  enum class Kind { run, parse, run_prepared };
  Kind kind = Kind::run;
  std::string sql;                  // not of run_prepared
  std::string prepared;             // name of the prepared statement; not of run
  std::vector<const char*> params;  // in text format, nullptr is NULL; not of parse
};
// Sends all of them at once and reads every result (pipeline mode, libpq 15 documentation, 34.5):
// one round trip. After the first error the server skips the rest. statements_done counts from the
// first.
Answer run_pipeline(pg_conn* connection, const std::vector<Step>& steps);

// Parses `sql` as `prepared`; false when the server refused (see Watch).
bool prepare(pg_conn* connection, const std::string& prepared, const std::string& sql);
// Runs what was parsed so, with parameters in binary format: the number of rows touched, or
// std::nullopt (see Watch).
std::optional<std::int64_t> run_prepared(pg_conn* connection, const std::string& prepared,
                                         const std::vector<std::string_view>& params);

// COPY: start_copy() sends the statement; false when the server refused (see Watch).
bool start_copy(pg_conn* connection, const std::string& sql);
// False when the server has ended the COPY.
bool put_copy(pg_conn* connection, std::string_view data);
// Ends it, with `reason` by force. The number of rows stored, or std::nullopt (see Watch).
std::optional<std::int64_t> end_copy_in(pg_conn* connection, const char* reason = nullptr);
// Visits each line of a COPY TO STDOUT, without its line break; the number of lines. When `visit`
// throws, the rest is cancelled and read away first.
std::optional<std::int64_t> read_copy(pg_conn* connection,
                                      const std::function<void(std::string_view line)>& visit);
// The same for binary format: each message as it comes.
std::optional<std::int64_t> read_copy_messages(
    pg_conn* connection, const std::function<void(std::string_view message)>& visit);

}  // namespace pcx::db::wire
