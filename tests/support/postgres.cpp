#include "tests/support/postgres.h"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <fstream>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "core/error.h"
#include "db/database.h"
#include "db/query.h"
#include "db/target.h"
#include "tests/support/paths.h"

namespace pcx::testing {
namespace fs = std::filesystem;
namespace {

// The newest version below /usr/lib/postgresql (Debian's place).
fs::path newest_debian_version() {
  fs::path found;
  int newest = 0;
  for (const auto& entry : fs::directory_iterator{"/usr/lib/postgresql"}) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version <= newest || !fs::exists(entry.path() / "bin/initdb")) continue;
    newest = version;
    found = entry.path() / "bin";
  }
  return found;
}

// initdb takes a second; its result is kept beside the build and copied.
fs::path template_folder() {
  return test_cache() / ("postgres-" + postgres_programs().parent_path().filename().string());
}

void make_template() {
  const fs::path folder = make_short_folder();
  run_program({postgres_programs() / "initdb", "--no-sync", "--auth=trust", "--username=postgres",
               "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "-D", folder / "data"},
              {.as_postgres = true});
  const fs::path kept = template_folder();
  const fs::path mine = kept.string() + "." + std::to_string(getpid());
  fs::create_directories(kept.parent_path());
  run_program({"cp", "-a", folder / "data", mine});
  fs::remove_all(folder);
  std::error_code taken;  // by another test program that was faster
  fs::rename(mine, kept, taken);
  if (taken) fs::remove_all(mine);
}

int find_free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0 || getsockname(listener, generic, &size) != 0) {
    throw std::runtime_error{"no free port"};
  }
  close(listener);
  return ntohs(address.sin_port);
}

void write_hba(const fs::path& file, const std::vector<std::string>& lines) {
  std::ofstream hba{file, std::ios::trunc};
  for (const std::string& line : lines) hba << line << "\n";
  hba << "local all all trust\nlocal replication all trust\nhost all all 127.0.0.1/32 trust\n";
}

}  // namespace

fs::path postgres_programs() {
  static const fs::path found = newest_debian_version();
  if (found.empty()) throw std::runtime_error{"no PostgreSQL server below /usr/lib/postgresql"};
  return found;
}

Postgres& Postgres::shared() {
  static Postgres server{{.hba = {"local all needs_password scram-sha-256"}}};
  return server;
}

Postgres::Postgres(Options options) : options_(std::move(options)), folder_(make_short_folder()) {
  if (!fs::exists(template_folder())) make_template();
  run_program({"cp", "-a", template_folder(), folder_ / "data"});
  write_hba(folder_ / "data/pg_hba.conf", options_.hba);
  if (options_.tcp) port_ = find_free_port();
  start();
}

Postgres::~Postgres() {
  stop();
  fs::remove_all(folder_);
}

void Postgres::start() {
  std::vector<std::string> arguments{postgres_programs() / "postgres", "-D", folder_ / "data"};
  const auto set = [&](const std::string& setting) {
    arguments.insert(arguments.end(), {"-c", setting});
  };
  set("unix_socket_directories=" + folder_.string());
  set("port=" + std::to_string(port_));
  set(std::string{"listen_addresses="} + (options_.tcp ? "127.0.0.1" : ""));
  for (const char* setting :
       {"fsync=off", "full_page_writes=off", "shared_buffers=16MB", "max_wal_size=256MB",
        "lc_messages=C", "jit=off", "dynamic_shared_memory_type=mmap",
        "log_line_prefix=%p %a: ", "autovacuum=off"}) {
    set(setting);
  }
  for (const std::string& setting : options_.settings) set(setting);
  pid_ = spawn(arguments, {.as_postgres = true,
                           .output = folder_ / "log",
                           .signal_when_parent_dies = SIGQUIT,
                           .own_session = true});
  watchdog_ = std::make_unique<Watchdog>(pid_, folder_);
  wait_until_ready();
}

void Postgres::stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGQUIT);
  wait_for_end(pid_);
  pid_ = -1;
  watchdog_->dismiss();
}

// The server says "ready" in the eighth line of its postmaster.pid (miscinit.h).
void Postgres::wait_until_ready() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (std::chrono::steady_clock::now() < until) {
    std::ifstream file{folder_ / "data/postmaster.pid"};
    std::string line;
    for (int number = 0; number < 8 && std::getline(file, line); ++number) continue;
    if (line.rfind("ready", 0) == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  throw std::runtime_error{"the test server did not start: " + log()};
}

std::string Postgres::fresh_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  db::Database admin{db::parse_target(url("postgres")), {}};
  db::Query create{"create_database"};
  admin.query(create.sql("CREATE DATABASE ").identifier(name).sql(" TEMPLATE template0"));
  return name;
}

std::string Postgres::url(const std::string& database, const std::string& user) const {
  return "postgresql://" + user + "@/" + database + "?host=" + folder_.string() +
         "&port=" + std::to_string(port_);
}

std::string Postgres::tcp_url(const std::string& database, const std::string& user) const {
  return "postgresql://" + user + "@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string Postgres::log() const {
  std::ostringstream text;
  text << std::ifstream{folder_ / "log"}.rdbuf();
  return text.str();
}

}  // namespace pcx::testing
