// The binary as the operator meets it: every tests/cli/*.test is a script of commands with the exit
// code and the output they must have (tests/support/script.h). PCX_UPDATE_GOLDEN=1 rewrites the
// scripts with what happened; `git diff` is the review.
//
// What "# needs:" can name:
//   postgres   $DATABASE_URL, a new database, as superuser; $TCP_URL, the same over TCP, where role
//              "secretive" must give its password; $PG_SOCKET (its folder), $PG_PORT, $PG_DATABASE;
//              and the functions of tests/cli/functions.sh; $DOWN_URL, the same database for
//              whoever connects to a standby alone: to nobody
//   pgbouncer  $POOLER_URL: the same database through a pool in transaction mode
//   load       $LOAD_DATA, the folder tests/data/load, and the functions of load_functions.sh
#include "tests/support/script.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <pwd.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres.h"

namespace pcx::cli {
namespace {

namespace fs = std::filesystem;
using testing::Pgbouncer;
using testing::Postgres;
using testing::Script;
using testing::Shell;

Postgres& server() {
  static Postgres instance{{.hba = {"host all secretive 127.0.0.1/32 scram-sha-256"}, .tcp = true}};
  return instance;
}

std::string user_name() {
  const passwd* user = getpwuid(geteuid());
  return user == nullptr ? "" : user->pw_name;
}

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

// What a script needs, and the names by which its output shows it.
class Surroundings {
 public:
  explicit Surroundings(const std::set<std::string>& needs) {
    const std::string user = user_name();
    const std::string host = host_name();
    // As pcx's journal has them: in CSV, in a log line, in a JSON log line.
    names_.emplace_back(user + "," + host, "<user>,<host>");
    names_.emplace_back("os_user=" + user + " host=" + host, "os_user=<user> host=<host>");
    names_.emplace_back(R"("os_user":")" + user + R"(","host":")" + host + '"',
                        R"("os_user":"<user>","host":"<host>")");
    if (needs.contains("postgres")) add_database();
    if (needs.contains("pgbouncer")) add_pooler();
    if (needs.contains("load")) add_load();
  }

  Shell shell() const { return Shell{variables_, functions_}; }
  const std::vector<std::pair<std::string, std::string>>& names() const { return names_; }

 private:
  void add_database() {
    const std::string database = server().fresh_database();
    const std::string socket = server().folder().string();
    functions_ = testing::source_folder() / "tests/cli/functions.sh";
    variables_["DATABASE_URL"] = server().url(database);
    variables_["DOWN_URL"] = server().url(database) + "&target_session_attrs=standby";
    variables_["TCP_URL"] = server().tcp_url(database, "secretive");
    variables_["PG_SOCKET"] = socket;
    variables_["PG_DATABASE"] = database;
    variables_["PG_PORT"] = std::to_string(server().port());
    names_.emplace_back(socket + "/.s.PGSQL." + std::to_string(server().port()), "<socket>");
    names_.emplace_back(socket, "<folder of the socket>");
    names_.emplace_back(database, "<database>");
    names_.emplace_back("127.0.0.1:" + std::to_string(server().port()), "127.0.0.1:<port>");
  }

  void add_pooler() {
    pooler_ = std::make_unique<Pgbouncer>(server(), Pgbouncer::Options{.mode = "transaction"});
    const std::string url = pooler_->url(variables_.at("PG_DATABASE"));
    variables_["POOLER_URL"] = url;
    const auto folder = url.find("host=") + 5;
    names_.emplace_back(url.substr(folder, url.find('&') - folder), "<pooler>");
  }

  void add_load() {
    functions_ = testing::source_folder() / "tests/cli/load_functions.sh";
    variables_["LOAD_DATA"] = (testing::source_folder() / "tests/data/load").string();
    names_.emplace_back(variables_["LOAD_DATA"], "<load data>");
  }

  std::map<std::string, std::string> variables_;
  fs::path functions_;
  std::unique_ptr<Pgbouncer> pooler_;
  std::vector<std::pair<std::string, std::string>> names_;
};

class CliScript : public ::testing::TestWithParam<fs::path> {};

TEST_P(CliScript, PrintsWhatItSays) {
  const Script script{GetParam()};
  const Surroundings surroundings{script.needs()};
  const Shell shell = surroundings.shell();
  const std::string got = script.replayed(shell, surroundings.names());
  if (std::getenv("PCX_UPDATE_GOLDEN") != nullptr) std::ofstream{GetParam()} << got;
  EXPECT_EQ(script.text(), got);
}

std::vector<fs::path> scripts() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator{testing::source_folder() / "tests/cli"}) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Scripts, CliScript, ::testing::ValuesIn(scripts()),
                         [](const auto& script) {
                           std::string name = script.param.stem().string();
                           std::replace_if(
                               name.begin(), name.end(),
                               [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace pcx::cli
