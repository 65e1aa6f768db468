#include "db/bulk_statement.h"

#include "db/session.h"

namespace pcx::db {

BulkStatement::BulkStatement(Database& database, const Query& query)
    : session_(database.session()), name_(query.name()) {
  database.require_session_state();
  prepared_ = session_.prepare_bulk(name_, query.text());
}

BulkStatement::~BulkStatement() { session_.forget_bulk(prepared_); }

std::int64_t BulkStatement::run(const std::vector<const TextArray*>& arrays) {
  return session_.run_bulk(name_, prepared_, arrays);
}

}  // namespace pcx::db
