// What of the server's own words may be shown: never a row's values, never a constant of a
// statement (it may be a password), and nothing of any length. What is left out is said to be.
// Included by files of lib/db only.
//
// The words are in the language of the server's lc_messages, so nothing here trusts English: what
// is not known to be harmless is left out.
#pragma once

#include <string>

#include "db/wire.h"

namespace pcx::db::wire {

// The primary message; without the values that errors of data (class 22) and of syntax quote,
// except where the script itself is their place.
std::string shown_message(const ServerError& error);

// DETAIL. Of integrity errors (classes 23 and 44) the columns stay: `Key (email) already exists.`;
// an error that a function raised says what its author wrote.
std::string shown_detail(const ServerError& error);

// HINT, bounded.
std::string shown_hint(const ServerError& error);

// CONTEXT: functions with their lines, COPY's line and column, and statements inside functions
// without their constants.
std::string shown_context(const ServerError& error);

// "in the inner query, line 2, column 8: ..." with the lines around it; empty when the error has no
// position inside a function or DO block.
std::string shown_inner_query(const ServerError& error);

}  // namespace pcx::db::wire
