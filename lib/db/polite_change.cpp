#include "db/polite_change.h"

#include <chrono>

#include "core/error.h"
#include "core/sleep.h"
#include "db/sql.h"

namespace pcx::db {

namespace {

constexpr int kTriesMax = 600;  // some minutes
constexpr std::chrono::milliseconds kPause{250};
// Whoever comes to a table while a lock of it is waited for waits, too.
constexpr std::chrono::milliseconds kShortWait{20};
constexpr std::chrono::milliseconds kLongWait{200};
constexpr int kShortTries = 100;  // so busy a table needs the long one
constexpr int kTryAnyway = 20;    // every so many tries: perhaps there is always somebody

// Whether somebody has the table who will not give it back in a moment: a VACUUM, a dump, a
// transaction that does other work.
bool is_taken(Database& database, const TableName& table) {
  return database.query(sql::is_table_taken, {table.schema, table.table}).one()["taken"].as<bool>();
}

}  // namespace

void change_politely(const PoliteTools& tools, const TableName& table, StrongLock lock,
                     const Query& statement, const std::function<void(Transaction& tx)>& before) {
  for (int tries = 1;; ++tries) {
    if (lock == StrongLock::exclusive && tries % kTryAnyway != 0 &&
        is_taken(tools.database, table)) {
      sleep_unless_stopped(tools.clock, tools.interrupt, kPause);
      continue;
    }
    try {
      Transaction tx = tools.database.begin();
      tx.query(sql::limit_polite_wait,
               {tries <= kShortTries ? kShortWait.count() : kLongWait.count()});
      before(tx);
      tx.query(statement);
      tx.commit();
      return;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::busy || tries == kTriesMax) throw;
      sleep_unless_stopped(tools.clock, tools.interrupt, kPause);
    }
  }
}

}  // namespace pcx::db
