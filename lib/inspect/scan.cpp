#include "inspect/scan.h"

#include "inspect/sql.h"

namespace pcx::inspect {

db::Result scan(db::Database& database, const db::Query& query) {
  db::Transaction tx = database.begin(db::Access::read_only);
  tx.query(sql::without_jit);
  db::Result rows = tx.query(query);
  tx.commit();
  return rows;
}

}  // namespace pcx::inspect
