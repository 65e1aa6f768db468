// The room's own side of Database: one libpqxx connection and the libpq handle below it. Included
// by files of lib/db only.
//
// libpqxx 6.4 neither shows its PGconn nor stops reconnecting behind our back. Both end here: the
// connection is made by wire::connect() and handed to libpqxx through its connection policy, which
// refuses to make a second one. (libpqxx 7 would take it through seize_raw_connection; it is not
// built here, so no branch pretends to support it.)
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pqxx/connection_base>
#include <pqxx/except>
#include <pqxx/transaction_base>

#include "core/error.h"
#include "db/database.h"
#include "db/text_array.h"
#include "db/wire.h"
#include "db/wire_cancel.h"

namespace pcx::db {

static_assert(PQXX_VERSION_MAJOR == 6, "lib/db is written for libpqxx 6.4");

class AdoptedConnection final : public pqxx::connection_base {
 public:
  explicit AdoptedConnection(wire::Connection connection);
  ~AdoptedConnection();

 private:
  class Policy;
  AdoptedConnection(std::unique_ptr<Policy> policy);
  std::unique_ptr<Policy> policy_;
};

class Session {
 public:
  Session(const Target& target, const ConnectOptions& options, Interrupt* interrupt);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void connect();  // the first time, and again for Database::reconnect()
  bool is_alive() const noexcept;
  void cancel() noexcept;

  // Runs `sql` inside `tx`. `name` is for errors.
  Result query(pqxx::transaction_base& tx, std::string_view name, std::string_view sql,
               const Params& params);
  // Runs `sql` in one simple-protocol message; throws what the server answers, with `name`.
  wire::Answer run(std::string_view name, const std::string& sql);
  // Runs the queries in one round trip; the first value is the last one's. Throws what the server
  // answers to the first that fails, with its name.
  wire::Answer run_together(const std::vector<Query>& queries);
  // Parses prepared queries anew: a script may have deallocated them.
  void forget_prepared() { prepared_.clear(); }
  // For BulkStatement: the name of the parsed statement; the rows that a run of it touched.
  std::string prepare_bulk(std::string_view name, const std::string& sql);
  std::int64_t run_bulk(std::string_view name, const std::string& prepared,
                        const std::vector<const TextArray*>& arrays);
  void forget_bulk(const std::string& prepared) noexcept;
  // Once it is known; a new connection may have another one.
  std::optional<std::chrono::milliseconds>& own_lock_limit() { return own_lock_limit_; }
  // Runs `work`, which may throw libpqxx's exceptions, and translates them.
  template <typename Work>
  auto translated(std::string_view name, Work&& work);
  // The error of what ran last, from what the server said; an internal one when it said nothing.
  Error last_error(std::string_view name, std::string_view otherwise);

  // What each transaction must set for itself, as statements: empty unless behind a transaction
  // pooler.
  const std::string& local_settings() const { return local_settings_; }

  pqxx::connection_base& pqxx();  // Throws Error{unreachable} after a connect() that failed
  pg_conn* raw() const { return raw_; }
  wire::Watch& watch() { return watch_; }
  // Whether what runs would roll back cleanly: then the first Ctrl-C may cancel it.
  void set_in_transaction(bool inside) noexcept { in_transaction_ = inside; }
  const Target& target() const { return target_; }
  const ConnectOptions& options() const { return options_; }
  Path path() const { return path_; }
  int backend_pid() const { return backend_pid_; }
  const std::string& described() const { return described_; }

 private:
  wire::Connection open();
  void adopt(wire::Connection opened);
  void close() noexcept;
  void clean_up() noexcept;
  bool set_up_directly();  // false: no server answers, but a pooler
  Path find_path();
  Path probe_pooler();
  void set_up();
  void add_steps(const Query& query, std::vector<wire::Step>& steps);
  Error stopped_error(const Error& error) const;

  Target target_;
  ConnectOptions options_;
  Interrupt* interrupt_;
  int callback_ = 0;  // its number in interrupt_
  wire::Watch watch_;
  pg_conn* raw_ = nullptr;  // owned by connection_
  std::unique_ptr<AdoptedConnection> connection_;
  Path path_ = Path::direct;
  int backend_pid_ = 0;
  std::string described_;
  std::string local_settings_;
  std::map<std::string, std::string, std::less<>> prepared_;  // statements on the server: SQL, name
  std::optional<std::chrono::milliseconds> own_lock_limit_;
  int prepared_count_ = 0;   // names are never used again: forgotten statements may still be there
  std::mutex cancel_mutex_;  // guards canceller_: cancel() comes from another thread
  std::unique_ptr<wire::Canceller> canceller_;
  std::atomic<bool> cancelled_ = false;
  std::atomic<bool> in_transaction_ = false;
};

template <typename Work>
auto Session::translated(std::string_view name, Work&& work) {
  watch_.error.reset();
  try {
    return work();
  } catch (const pqxx::pqxx_exception& failure) {
    throw last_error(name, failure.base().what());
  }
}

}  // namespace pcx::db
