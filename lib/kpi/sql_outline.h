// What can be said of SQL without parsing it: where quotes, comments and parentheses end, and which
// names stand outside of them. Enough to put foreign SQL into a larger statement, where nothing of
// it can get out of its place; whether it means something, the server says.
//
// Source: PostgreSQL 15, 4.1 "Lexical Structure", and src/backend/parser/scan.l, with
// standard_conforming_strings on, as db sets it for every session.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pcx::kpi {

// Offsets are bytes of the text.
struct SqlFault {
  std::string phrase;  // "a semicolon outside of quotes and comments"
  std::size_t offset = 0;
};

// A word in lower case, or what stands in "double quotes" as it is.
struct SqlName {
  std::string text;
  std::size_t offset = 0;
  bool is_quoted = false;
};

struct SqlOutline {
  // The first of: a semicolon, a parameter ($1), a name as U&"...", brackets that do not match, a
  // quote or comment that does not end. What follows was not looked at.
  std::optional<SqlFault> fault;
  // That may be a table's: neither those behind a point (a.name) nor those behind AS.
  std::vector<SqlName> names;
  std::optional<std::size_t> comment;  // the first
  std::optional<std::size_t> comma;    // the first outside of brackets
  std::optional<std::size_t> start;    // of what is neither blank nor comment; none: nothing is
};

SqlOutline outline_sql(std::string_view sql);

}  // namespace pcx::kpi
