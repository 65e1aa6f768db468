#include "sandbox/cluster_psql.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "sandbox/cluster_programs.h"

namespace pcx::sandbox {

namespace {

// Points into `texts`, which must outlive it.
std::vector<char*> as_c_array(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void restore_signals() {
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> psql_environment(const Environment& environment,
                                                                  const State& state) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (const std::string& name : environment.names_with_prefix("")) {
    // Addresses of other databases, and their passwords, are nothing for this psql.
    if (name.starts_with("PG") || name.ends_with("DATABASE_URL")) continue;
    variables.emplace_back(name, environment.get(name).value_or(""));
  }
  variables.emplace_back("PGHOST", state.socket_folder.native());
  variables.emplace_back("PGPORT", std::to_string(state.port));
  variables.emplace_back("PGUSER", kSuperuser);
  variables.emplace_back("PGDATABASE", kDatabaseName);
  if (const auto peer = server_user(state)) variables.emplace_back("PGREQUIREPEER", *peer);
  return variables;
}

void exec_psql(const Environment& environment, const State& state,
               const std::vector<std::string>& arguments) {
  const std::string psql = find_programs(environment, state.server_major).path("psql").native();
  std::vector<std::string> argv{psql};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : psql_environment(environment, state)) {
    variables.push_back(name + "=" + value);
  }
  restore_signals();
  ::execve(psql.c_str(), as_c_array(argv).data(), as_c_array(variables).data());
  throw Error{ErrorCode::not_found,
              fmt::format("cannot run {}: {}", escape_controls(psql), std::strerror(errno)),
              "Run: apt install postgresql-client."};
}

}  // namespace pcx::sandbox
