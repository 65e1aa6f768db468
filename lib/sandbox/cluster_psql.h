// PostgreSQL's own psql on the sandbox's database.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/environment.h"
#include "sandbox/cluster_state.h"

namespace pcx::sandbox {

// The environment that psql gets: this one, without libpq's variables of other connections, with
// PGHOST, PGPORT, PGUSER and PGDATABASE of the sandbox.
std::vector<std::pair<std::string, std::string>> psql_environment(const Environment& environment,
                                                                  const State& state);

// Replaces this process by psql with `arguments`; its exit code becomes ours. Signals that pcx
// blocks or ignores have their usual meaning again.
//
// Throws Error{not_found} when psql is not beside the server programs.
[[noreturn]] void exec_psql(const Environment& environment, const State& state,
                            const std::vector<std::string>& arguments);

}  // namespace pcx::sandbox
