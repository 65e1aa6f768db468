// What a session of pcx sets for itself: pure text. Included by files of lib/db only.
#pragma once

#include <chrono>
#include <string>

#include "db/database.h"
#include "db/wire.h"

namespace pcx::db {

inline const std::string kAskPid = "SELECT pg_catalog.pg_backend_pid()";
inline const std::string kBeginAndAskPid = "BEGIN; SELECT pg_catalog.pg_backend_pid()";

// libpq's keywords: keepalives and a limit for what TCP sends (as far as the target
// has none), the target's, then the application
// name and the encoding, which pcx decides.
wire::Keywords connection_keywords(const Target& target, const ConnectOptions& options);

// The URL's connect_timeout (seconds; 0 is none), else the options'.
std::chrono::milliseconds connect_timeout(const Target& target, const ConnectOptions& options);

enum class Scope { session, transaction };

// All settings as one SELECT of set_config(): one round trip. `server_version` is 150020 for 15.20.
std::string settings_sql(const ConnectOptions& options, int server_version, Scope scope);

}  // namespace pcx::db
