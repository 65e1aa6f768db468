#include "db/database.h"

#include <utility>

#include <fmt/format.h>
#include <pqxx/nontransaction>
#include <pqxx/transaction>

#include "db/query.h"
#include "db/session.h"
#include "db/settings.h"
#include "db/wire_error.h"

namespace pcx::db {
namespace {

using TransactionPtr = std::unique_ptr<pqxx::transaction_base>;

template <pqxx::isolation_level isolation>
TransactionPtr open_transaction(pqxx::connection_base& connection, Access access) {
  if (access == Access::read_only) {
    return std::make_unique<pqxx::transaction<isolation, pqxx::read_only>>(connection);
  }
  return std::make_unique<pqxx::transaction<isolation, pqxx::read_write>>(connection);
}

TransactionPtr open_transaction(pqxx::connection_base& connection, Access access,
                                Isolation isolation) {
  switch (isolation) {
    case Isolation::read_committed:
      return open_transaction<pqxx::read_committed>(connection, access);
    case Isolation::repeatable_read:
      return open_transaction<pqxx::repeatable_read>(connection, access);
    case Isolation::serializable: return open_transaction<pqxx::serializable>(connection, access);
  }
  return nullptr;
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
                "RESET SESSION AUTHORIZATION; RESET ALL; " +
                    settings_sql(session_->options(), server_version(), Scope::session));
}

void Database::reconnect() { session_->connect(); }

class Transaction::Handle {
 public:
  explicit Handle(TransactionPtr opened) : transaction(std::move(opened)) {}
  TransactionPtr transaction;
};

Transaction::Transaction(Session& session, Access access, Isolation isolation) : session_(session) {
  handle_ = session.translated("begin", [&] {
    return std::make_unique<Handle>(open_transaction(session.pqxx(), access, isolation));
  });
  if (!session.local_settings().empty()) session.run("begin", session.local_settings());
}

Transaction::Transaction(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

Result Transaction::query(const Statement& statement, const Params& params) {
  return session_.query(*handle_->transaction, statement.name, statement.sql, params);
}

Result Transaction::query(const Query& query) {
  return session_.query(*handle_->transaction, query.name(), query.text(), query.params());
}

bool Transaction::is_open() const {
  return wire::transaction_block(session_.raw()) == wire::Block::open;
}

void Transaction::commit() {
  // Found out before COMMIT is sent, a lost connection leaves no doubt: nothing was committed.
  if (!session_.is_alive()) throw wire::lost_error(wire::last_words(session_.raw()), "commit");
  if (!is_open()) {  // the server would answer ROLLBACK or a warning, and call it success
    throw Error{ErrorCode::data, "commit: the transaction is already over",
                "An earlier error, or a COMMIT or ROLLBACK inside a script, ended it."}
        .because("transaction_over");
  }
  try {
    session_.translated("commit", [&] { handle_->transaction->commit(); });
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
  session_.translated("rollback", [&] { handle_->transaction->abort(); });
}

}  // namespace pcx::db
