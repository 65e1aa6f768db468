// Where to connect: a URL or keyword string as libpq takes it, with Prisma's own URL parameters
// translated or stripped (libpq refuses them).
//
// Sources: PostgreSQL 15 documentation, 34.1.1 "Connection Strings"; Prisma "PostgreSQL connector"
// (schema, connection_limit, pool_timeout, pgbouncer, connect_timeout, socket_timeout, sslmode,
// sslcert, sslidentity, sslpassword, sslaccept, statement_cache_size, application_name, host).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/secret.h"

namespace pcx::db {

struct Target {
  // libpq keywords and values, without the password, in the order given.
  std::vector<std::pair<std::string, std::string>> keywords;
  Secret password;                // empty: libpq's own ways (PGPASSWORD, .pgpass, service file)
  Secret key_password;            // sslpassword: of the client's key
  bool holds_secret = false;      // a password of any kind stood in the text, even an ignored one
  std::string schema = "public";  // Prisma's ?schema=: of migration files and their ledger
  bool expects_pooler = false;    // ?pgbouncer=true
  std::vector<std::string> ignored_parameters;  // Prisma's, without a meaning here
};

// An empty text means libpq's defaults (PGHOST, PGSERVICE, ...).
//
// Throws Error{usage} for text that is no connection string, and for a URL whose password could end
// in more than one place (an @, / or ? that is not percent-encoded); the message never repeats the
// text, which may hold a password.
Target parse_target(std::string_view text);

// "postgresql://user@host:port/database", or "/socket/folder database": for people, never with a
// password.
std::string describe(const Target& target);

}  // namespace pcx::db
