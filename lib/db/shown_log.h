// An error of the server that somebody kept as text: Prisma's column logs.
#pragma once

#include <string>
#include <string_view>

namespace pcx::db {

// Of `log` the server's message, DETAIL and HINT, as far as db/server_words.h shows them, and how
// many lines are left out: the rest repeats rows and the script. At most some hundred lines.
//
// Source: prisma-engines, schema-engine/connectors/sql-schema-connector/src/apply_migration.rs, and
// the display of tokio-postgres's DbError.
std::string shown_log(std::string_view log);

}  // namespace pcx::db
