// Foreign SQL as it is: migration files, and the operator's own checks. The only function that runs
// text which is not an embedded Statement or a composed Query.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "db/database.h"
#include "db/query.h"

namespace pcx::db {

// Sends `sql` whole, in one simple-protocol message, inside `tx`. Results are thrown away.
//
// Throws Error with the server's message, DETAIL and HINT; a position given by the server becomes
// file:line:column of `file`. COPY FROM STDIN inside is ended with an error. After an error the
// transaction can only be rolled back. The reason is "part_committed" when a COMMIT in the script
// ended the transaction, whether the rest failed or not: what was done before it stays.
//
// `statement_offsets`, when known, are the byte offsets of the statements: an error that has no
// position gets that of its statement.
void run_script(Transaction& tx, std::string_view sql, const std::string& file,
                const std::vector<std::size_t>& statement_offsets = {});

// While a long statement runs: called every `period`, on the caller's thread. It must not touch the
// Database, whose connection is busy, and must not throw.
struct Ticker {
  std::chrono::milliseconds period{2'000};
  std::function<void()> on_tick;
};

// The same outside a transaction (autocommit, or the script's own transaction control).
void run_script(Database& database, std::string_view sql, const std::string& file,
                const Ticker& ticker = {});

// To run in the transaction behind a script, before anything of pcx's own: role and encoding of the
// session are again those it began with, whatever the script did. Of `locks`, as given to
// begin_for_script(), the session holds again those that the script released; the transaction has
// held them meanwhile.
Query take_back_session(const std::vector<std::int64_t>& locks);

// One question of the operator's own, READ ONLY with the given statement timeout.
Result run_read_only(Database& database, std::string_view sql, const std::string& file,
                     std::chrono::milliseconds timeout, std::size_t rows_max);

}  // namespace pcx::db
