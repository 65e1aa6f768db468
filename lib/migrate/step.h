// How a script runs that cannot be one transaction: step by step, each of which is one transaction
// or one statement outside of any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/migration.h"
#include "migrate/statement.h"

namespace pcx::migrate {

// A statement that sets something for the session.
struct Setting {
  std::size_t offset = 0;  // in the script
  std::string text;
};

struct Step {
  enum class Mode {
    transaction,  // one statement, or all between a BEGIN and its COMMIT
    alone,        // what PostgreSQL refuses inside a transaction
    either,       // in a transaction; alone where PostgreSQL refuses it there, which depends on
                  // what it names
    session,      // SET and RESET: not done once, but in each session that runs later steps
  };
  Mode mode = Mode::transaction;
  std::size_t offset = 0;  // of its first byte in the script
  std::size_t length = 0;
  std::string kind;  // "CREATE INDEX CONCURRENTLY"; of a block: its first statement's and a count
  std::string hash;  // SHA-256 in hex of its bytes without carriage returns
  std::vector<std::size_t> statement_offsets;  // from the step's first byte
  bool touches_session = false;   // as far as its text tells: it may deallocate what is prepared
  std::vector<Setting> settings;  // among its statements; each later step begins with them
};

// The kind of the one step of a script that the grammar cannot read.
inline constexpr std::string_view kWholeScript = "the whole script";

// Why a script runs in steps; "" for one that is one transaction.
// A statement that PostgreSQL refuses inside a transaction, transaction control of its own, an enum
// label that is added and used, or the mark (mark.h).
std::string reason_for_steps(const Script& script, const Analysis& analysis);

// Also for a script without a reason: what was begun in steps goes on so, whatever became of the
// file. What the grammar cannot read is one step: the whole.
// Throws Error{data} with the place: a BEGIN without COMMIT, a ROLLBACK, BEGIN and COMMIT with
// options, SET TRANSACTION, PREPARE TRANSACTION; a ROLLBACK TO that may take back a SET; what must
// stand alone inside a block; DISCARD ALL, which would free the locks of the run; COPY FROM STDIN.
std::vector<Step> split_steps(const Script& script, const Analysis& analysis);

}  // namespace pcx::migrate
