// The application's database on a running server: made, dropped, asked about itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/interrupt.h"
#include "db/database.h"
#include "sandbox/cluster_state.h"

namespace pcx::sandbox {

// What the running database tells about itself.
struct DatabaseFacts {
  std::string server_version;  // "15.20"
  std::int64_t database_bytes = 0;
  std::int64_t tables = 0;          // of schema public
  std::int64_t rows_estimated = 0;  // in them, by the planner's statistics
  std::int64_t migrations = 0;      // applied, by Prisma's ledger; 0 when there is none
};

// Makes it, empty, when it does not exist. Throws as db::Database does.
void ensure_database(const State& state, Interrupt* interrupt = nullptr);

// Ends its sessions and drops it. What is not there is no error.
void drop_database(const State& state, Interrupt* interrupt = nullptr);

// Throws as db::Database does: the server may be starting, or the database be gone.
DatabaseFacts read_facts(const State& state, Interrupt* interrupt = nullptr);

// Whether `database` is a session on this cluster's server; false for a role that may not know.
bool is_session_of(db::Database& database, const State& state);

}  // namespace pcx::sandbox
