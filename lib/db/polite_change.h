// A change of a table that needs a strong lock, without anybody waiting long behind it: behind an
// ALTER TABLE that waits, everybody waits.
#pragma once

#include <functional>
#include <string>

#include "core/clock.h"
#include "core/interrupt.h"
#include "db/database.h"
#include "db/query.h"

namespace pcx::db {

struct PoliteTools {
  Database& database;
  Clock& clock;
  const Interrupt& interrupt;
};

enum class StrongLock {
  exclusive,      // ADD CONSTRAINT: nobody reads or writes meanwhile
  beside_others,  // VALIDATE CONSTRAINT: they do
};

struct TableName {
  std::string schema;
  std::string table;
};

// Runs `statement` in a transaction of its own, `before` first, with a short lock_timeout, until it
// gets its lock. While there is no hope for that (a dump, a VACUUM, a transaction that does other
// work) it is not waited for.
//
// Throws Error{busy} when the lock was not to be had for minutes, what `before` throws and the
// server answers, and as Interrupt::throw_if_requested().
void change_politely(
    const PoliteTools& tools, const TableName& table, StrongLock lock, const Query& statement,
    const std::function<void(Transaction& tx)>& before = [](Transaction&) {});

}  // namespace pcx::db
