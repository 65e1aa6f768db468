#include "audit/trail_reading.h"

#include "audit/sql.h"

namespace pcx::audit {

void see_every_row(db::Transaction& tx) {
  tx.query(db::Query{"audit.see_every_row"}.sql("SET LOCAL row_security = off"));
}

db::Transaction begin_reading_trail(db::Database& database) {
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  tx.query(
      db::Query{"audit.hold_trail"}.sql("LOCK TABLE pcx.change, pcx.ledger IN ACCESS SHARE MODE"));
  see_every_row(tx);
  return tx;
}

std::string export_snapshot(db::Transaction& tx) {
  return tx.query(sql::export_snapshot).one()["snapshot"].as<std::string>();
}

db::Transaction begin_in_snapshot(db::Database& database, const std::string& snapshot) {
  db::Transaction tx = database.begin(db::Access::read_only, db::Isolation::repeatable_read);
  db::Query query{"audit.set_snapshot"};
  tx.query(query.sql("SET TRANSACTION SNAPSHOT ").literal(snapshot));
  see_every_row(tx);
  return tx;
}

}  // namespace pcx::audit
