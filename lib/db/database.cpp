#include "db/database.h"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <pqxx/nontransaction>

#include "db/identifier.h"
#include "db/query.h"
#include "db/session.h"
#include "db/settings.h"
#include "db/wire_error.h"

namespace pcx::db {
namespace {

std::string begin_sql(Access access, Isolation isolation) {
  std::string sql = "BEGIN ISOLATION LEVEL ";
  switch (isolation) {
    case Isolation::read_committed: sql += "READ COMMITTED"; break;
    case Isolation::repeatable_read: sql += "REPEATABLE READ"; break;
    case Isolation::serializable: sql += "SERIALIZABLE"; break;
  }
  return sql + (access == Access::read_only ? " READ ONLY" : " READ WRITE");
}

// `sql` is pcx's own.
Query query_of(std::string_view name, std::string_view sql) {
  return Query{Statement{name, sql}, {}};
}

// The transaction's number when the session holds all of `held`, which then the transaction holds,
// too; NULL when not. Whoever could release a lock holds it (AND goes from left to right in CASE).
Query open_script(const std::string& search_path, const std::vector<std::int64_t>& held) {
  Query query{"begin"};
  query.sql("SELECT CASE WHEN pg_catalog.set_config('search_path', ").param(search_path);
  query.sql(", true) IS NOT NULL");
  for (const std::int64_t lock : held) {
    query.sql(" AND pg_catalog.pg_try_advisory_xact_lock(").number(lock);
    query.sql(") AND pg_catalog.pg_advisory_unlock(").number(lock);
    query.sql(") AND pg_catalog.pg_try_advisory_lock(").number(lock).sql(")");
  }
  query.sql(" THEN pg_catalog.pg_current_xact_id()::text END");
  return query.prepared();
}

// What the last of `opening` answers, or nothing.
std::string start(Session& session, const std::string& begin, const std::vector<Query>& opening) {
  const std::string& settings = session.local_settings();
  if (opening.empty()) {
    session.run("begin", settings.empty() ? begin : begin + "; " + settings);
    return {};
  }
  std::vector<Query> queries = {query_of("begin", begin)};
  if (!settings.empty()) queries.push_back(query_of("begin", settings));
  queries.insert(queries.end(), opening.begin(), opening.end());
  return session.run_together(queries).first_value;
}

}  // namespace

Database::Database(const Target& target, const ConnectOptions& options, Interrupt* interrupt)
    : session_(std::make_unique<Session>(target, options, interrupt)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Transaction Database::begin(Access access, Isolation isolation) {
  return Transaction{*session_, access, isolation};
}

Transaction Database::begin_for_script(const std::string& schema, const std::vector<Query>& first,
                                       const std::vector<std::int64_t>& held) {
  std::vector<Query> opening = first;
  opening.push_back(open_script(quote_identifier(schema), held));
  Transaction tx{*session_, Access::read_write, Isolation::read_committed, opening};
  if (!tx.id().empty()) return tx;
  throw Error{ErrorCode::busy, "an advisory lock of this run is gone",
              "A script released it, and another run may have begun meanwhile. Run the command "
              "again: it looks at everything anew."}
      .because("lock_lost");
}

Result Database::query(const Statement& statement, const Params& params) {
  if (!session_->local_settings().empty()) {  // SET LOCAL needs a transaction around
    Transaction tx = begin();
    Result rows = tx.query(statement, params);
    tx.commit();
    return rows;
  }
  return session_->translated(statement.name, [&] {
    pqxx::nontransaction autocommit{session_->pqxx()};
    return session_->query(autocommit, statement.name, statement.sql, params);
  });
}

Result Database::query(const Query& query) {
  return this->query(Statement{query.name(), query.text()}, query.params());
}

Path Database::path() const { return session_->path(); }

void Database::require_session_state() const {
  if (path() != Path::transaction_pooler) return;
  throw Error{ErrorCode::unsafe_connection,
              fmt::format("{} is reached through a transaction pooler", described()),
              "Locks and settings of a session would leak to others there. Connect to the server "
              "itself or to a pool in session mode, e.g. with --database-url."};
}

int Database::server_version() const { return wire::server_version(session_->raw()); }
int Database::backend_pid() const { return session_->backend_pid(); }
const std::string& Database::schema() const { return session_->target().schema; }
const std::string& Database::described() const { return session_->described(); }

void Database::set_notice_handler(NoticeHandler handler) {
  session_->watch().on_notice = std::move(handler);
}

void Database::cancel() noexcept { session_->cancel(); }
void Database::reset_settings() {
  if (path() == Path::transaction_pooler) return;  // nothing was set for the session
  session_->run("reset settings",
                "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; " +
                    settings_sql(session_->options(), server_version(), Scope::session));
}

void Database::set_up_for_script(const std::string& schema,
                                 std::chrono::milliseconds lock_timeout) {
  const std::string path = session_->pqxx().quote(quote_identifier(schema));
  session_->run("set up for a script",
                fmt::format("SELECT pg_catalog.set_config('search_path', {}, false), "
                            "pg_catalog.set_config('lock_timeout', '{}ms', false)",
                            path, lock_timeout.count()));
}

void Database::forget_prepared() { session_->forget_prepared(); }

void Database::reconnect() { session_->connect(); }

// libpqxx's own transaction classes send BEGIN and COMMIT each in a message of its own. Here BEGIN
// brings along what the transaction must set, and COMMIT may follow its last statements at once;
// for the statements between, libpqxx is told that there is no transaction to care about.
class Transaction::Handle {
 public:
  explicit Handle(pqxx::connection_base& connection) { statements_.emplace(connection); }

  pqxx::nontransaction& statements() {
    if (statements_) return *statements_;
    throw Error{ErrorCode::internal, "a statement for a transaction that is over"};
  }
  // libpqxx allows one at a time: the next transaction may begin before this object is destroyed.
  void end() { statements_.reset(); }

  std::string id;

 private:
  std::optional<pqxx::nontransaction> statements_;
};

Transaction::Transaction(Session& session, Access access, Isolation isolation,
                         const std::vector<Query>& opening)
    : session_(session) {
  handle_ = session.translated("begin", [&] { return std::make_unique<Handle>(session.pqxx()); });
  session.set_in_transaction(true);
  try {
    handle_->id = start(session, begin_sql(access, isolation), opening);
  } catch (const Error&) {
    roll_back();
    throw;
  }
}

Transaction::Transaction(Transaction&&) noexcept = default;

Transaction::~Transaction() {
  if (handle_) roll_back();
}

void Transaction::roll_back() noexcept {
  session_.set_in_transaction(false);
  if (!session_.is_alive()) return;
  const auto block = wire::transaction_block(session_.raw());
  if (block == wire::Block::none) return;
  // The outcome is the server's affair: a ROLLBACK that fails has lost its connection, and with it
  // the transaction.
  wire::run_simple(session_.raw(), "ROLLBACK");
}

Result Transaction::query(const Statement& statement, const Params& params) {
  return session_.query(handle_->statements(), statement.name, statement.sql, params);
}

Result Transaction::query(const Query& query) {
  return session_.query(handle_->statements(), query.name(), query.text(), query.params());
}

bool Transaction::is_open() const {
  return wire::transaction_block(session_.raw()) == wire::Block::open;
}

const std::string& Transaction::id() const { return handle_->id; }

void Transaction::commit() { commit_after({}); }

void Transaction::commit_after(std::vector<Query> queries) {
  // Found out before COMMIT is sent, a lost connection leaves no doubt: nothing was committed.
  if (!session_.is_alive()) throw wire::lost_error(wire::last_words(session_.raw()), "commit");
  if (!is_open()) {  // the server would answer ROLLBACK or a warning, and call it success
    throw Error{ErrorCode::data, "commit: the transaction is already over",
                "An earlier error, or a COMMIT or ROLLBACK inside a script, ended it."}
        .because("transaction_over");
  }
  queries.push_back(Query{"commit"}.sql("COMMIT"));
  try {
    if (queries.size() == 1) {
      session_.run("commit", "COMMIT");
    } else {
      session_.run_together(queries);
    }
    session_.set_in_transaction(false);
    handle_->end();
  } catch (Error& error) {
    if (session_.is_alive()) throw;
    throw Error{ErrorCode::unreachable,
                fmt::format("{}, and whether it is committed is not known", error.what()),
                "Look at the data before you run the command again."}
        .because("in_doubt")
        .with_sqlstate(error.sqlstate());
  }
}

void Transaction::rollback() {
  session_.set_in_transaction(false);
  handle_->end();
  session_.run("rollback", "ROLLBACK");
}

}  // namespace pcx::db
