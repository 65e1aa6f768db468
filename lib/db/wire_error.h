// Failures of the server as pcx::Error: pure text work. Included by files of lib/db only.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/error.h"
#include "db/wire.h"

namespace pcx::db::wire {

// "postgresql://user@host:port/database", or "/socket/folder database"; empty parts are left out.
std::string describe_server(const std::string& user, const std::string& host,
                            const std::string& port, const std::string& database);

struct ConnectFailure {
  std::string text;       // libpq's, in verbose form: holds the SQLSTATE when the server gave one
  std::string described;  // see describe_server()
  bool needs_password = false;
};

Error connect_error(const ConnectFailure& failure);
Error connect_timeout_error(const ConnectFailure& failure, std::chrono::milliseconds timeout);

// `name` says what ran: a statement's name, may be empty. The SQLSTATE decides code and hint (the
// server's own hint wins); DETAIL, the object's name, the query inside a function and the context
// become the detail, as far as db/server_words.h shows them.
Error to_error(const ServerError& error, std::string_view name);

// The connection broke; `words` are libpq's.
Error lost_error(std::string_view words, std::string_view name);

}  // namespace pcx::db::wire
