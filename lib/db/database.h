// One session on a PostgreSQL server, and its transactions. libpqxx and libpq stay behind it.
//
// Who opens a transaction commits it; a Transaction that is destroyed without commit() is rolled
// back. A lost connection is never silently replaced: locks and settings went with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/interrupt.h"
#include "db/param.h"
#include "db/query.h"
#include "db/result.h"
#include "db/statement.h"
#include "db/target.h"

namespace pcx::db {

class Session;  // the room's own: pqxx connection and PGconn

struct ConnectOptions {
  std::string application_name = "pcx";  // "pcx migrate up": seen in pg_stat_activity
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds statement_timeout{0};  // 0: none (migration statements, sweeps)
  std::chrono::milliseconds lock_timeout{0};       // 0: the server's
  std::chrono::milliseconds idle_in_transaction_timeout{0};  // 0: the server's
  bool read_only = false;                                    // default_transaction_read_only
  // Called once while the server makes the session, for what takes as long (where it asks for a
  // password, while it thinks of the question); never where it does not come to that, nor for a
  // later connection. What it throws is thrown.
  std::function<void()> meanwhile = {};
};

// How the session reaches its server, found out before any SET (architecture: "Database").
enum class Path { direct, session_pooler, transaction_pooler };

enum class Access { read_write, read_only };
enum class Isolation { read_committed, repeatable_read, serializable };

// A NOTICE or WARNING of the server: its severity and text.
using NoticeHandler = std::function<void(std::string_view severity, std::string_view message)>;

class Transaction;

class Database {
 public:
  // Connects, looks for a pooler, then sets TimeZone=UTC, client_encoding=UTF8, search_path to
  // pg_catalog, the timeouts, client_connection_check_interval and keepalives. Behind a transaction
  // pooler nothing is set for the session; each transaction sets its own with SET LOCAL.
  //
  // `interrupt`, when given, outlives the Database; its first request cancels a
  // statement inside a transaction, the second any other, too.
  // Throws Error{unreachable}, Error{permission} (password, role), Error{not_found} (no such
  // database), Error{busy} (too many connections, starting up).
  Database(const Target& target, const ConnectOptions& options, Interrupt* interrupt = nullptr);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  Transaction begin(Access access = Access::read_write,
                    Isolation isolation = Isolation::read_committed);

  // A transaction for a foreign script: `schema` alone in its search_path, as Prisma sets it, and a
  // number of its own, see Transaction::id(). `first` runs before that number is taken: limits,
  // locks of tables. `held` are numbers of advisory locks that the session holds: they are taken
  // for the transaction, too, where no script can release them. All of it in one round trip. Throws
  // what the server answers, and Error{busy} with reason "lock_lost" when the session does not hold
  // all of `held`; then no transaction is open.
  Transaction begin_for_script(const std::string& schema, const std::vector<Query>& first = {},
                               const std::vector<std::int64_t>& held = {});

  // One statement on its own (autocommit). Throws Error as translated from the SQLSTATE
  // (db/sqlstate.h); the message starts with the statement's name. One exception: 57014 is
  // Error{interrupted} only after cancel(), else (a timeout, an administrator) Error{busy}.
  Result query(const Statement& statement, const Params& params = {});
  Result query(const Query& query);

  Path path() const;
  // Throws Error{unsafe_connection} unless session state survives between transactions.
  void require_session_state() const;
  int server_version() const;  // 150020 is 15.20
  int backend_pid() const;
  const std::string& schema() const;     // of migration files, from the URL
  const std::string& described() const;  // for people, without a password
  void set_notice_handler(NoticeHandler handler);
  // Asks the server to stop the running statement (it fails with 57014). Any thread may call it; it
  // returns at once, even when the server does not answer.
  void cancel() noexcept;

  // REQUIRES: no transaction is open. Undoes what a foreign script left in the session: role and
  // settings are again those of the constructor. Locks and temporary objects stay.
  void reset_settings();
  // REQUIRES: no transaction is open. The same search_path for the session, and a limit for each
  // lock that it waits for, until reset_settings(): for statements that run outside of
  // transactions.
  void set_up_for_script(const std::string& schema, std::chrono::milliseconds lock_timeout);
  // What a foreign script may have deallocated is prepared anew (Query::prepared).
  void forget_prepared();

  // REQUIRES: no transaction is open. The reconnect of with_transaction(): a new session with the
  // same target and options; locks and temporary objects of the old one are gone.
  void reconnect();

  Session& session() { return *session_; }  // for the other files of lib/db only

 private:
  std::unique_ptr<Session> session_;
};

class Transaction {
 public:
  // `opening` follows BEGIN in the same round trip, its last query answers with id(); when it
  // fails, nothing is open.
  Transaction(Session& session, Access access, Isolation isolation,
              const std::vector<Query>& opening = {});
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result query(const Statement& statement, const Params& params = {});
  Result query(const Query& query);

  // False after an error of the server, after a COMMIT or ROLLBACK inside a script, and when the
  // connection is lost.
  bool is_open() const;

  // Throws Error{unreachable} with reason "in_doubt" when the connection broke while committing:
  // the server may or may not have committed. Throws Error{data} with reason "transaction_over"
  // when it is not open any more: nothing is ever reported as committed that was rolled back.
  void commit();
  // Runs the queries and commits, all in one round trip; when one fails, nothing is committed.
  // Throws as query() and commit() do.
  void commit_after(std::vector<Query> queries);
  void rollback();

  // The transaction's number (pg_current_xact_id), known of begin_for_script() only: by it is
  // noticed that a script ended the transaction in which it ran.
  const std::string& id() const;

  Session& session() { return session_; }  // for the other files of lib/db only

 private:
  class Handle;
  void roll_back() noexcept;

  Session& session_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace pcx::db
