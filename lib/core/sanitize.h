// What the application does to every request body before it stores it, and what it takes for an
// attack. Known answers: tests/data/validation-vectors.json.
#pragma once

#include <string_view>

#include "core/document.h"

namespace pcx {

// Every text in a tree with & < > " ' / as HTML entities and without NUL; keys stay as they are.
Document sanitize(const Document& document);

// A word of SQL (select, insert, update, delete, drop, create, alter, exec, execute), a comment
// sign or semicolon, or "or" / "and" with a "=" behind it or between quotes in the same line. It
// also fires at "Rex; needs shots": a hint, no verdict.
bool contains_sql_injection(std::string_view text);

// $where, $ne, $gt, $lt, $regex in any case, also as the start of a longer word.
bool contains_nosql_injection(std::string_view text);

}  // namespace pcx
