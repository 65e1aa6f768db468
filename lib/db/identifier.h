// Names of tables, columns and roles inside SQL, and texts inside DDL. The only place where they
// are quoted.
#pragma once

#include <string>
#include <string_view>

namespace pcx::db {

// name -> "name", with embedded quotes doubled. Throws Error{data} for an empty name, one with a
// NUL byte or one longer than 63 bytes (the server would cut it silently).
std::string quote_identifier(std::string_view name);

// schema and name -> "schema"."name".
std::string quote_identifier(std::string_view schema, std::string_view name);

// text -> E'text', for DDL, which takes no parameters. Everywhere else values are parameters.
// Throws Error{data} for a text with a NUL byte.
std::string quote_literal(std::string_view text);

}  // namespace pcx::db
