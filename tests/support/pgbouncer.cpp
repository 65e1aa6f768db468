#include "tests/support/pgbouncer.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

#include "core/descriptor.h"

namespace pcx::testing {
namespace fs = std::filesystem;
namespace {

constexpr int kPort = 6432;

void write_settings(const fs::path& folder, const Postgres& server,
                    const Pgbouncer::Options& options) {
  std::ofstream{folder / "users"} << "\"postgres\" \"\"\n";
  std::ofstream{folder / "pgbouncer.ini"}
      << "[databases]\n* = host=" << server.folder().string() << " port=" << server.port()
      << "\n[pgbouncer]\nlisten_port=" << kPort << "\nunix_socket_dir=" << folder.string()
      << "\nauth_type=trust\nauth_file=" << (folder / "users").string()
      << "\npool_mode=" << options.mode << "\ndefault_pool_size=" << options.pool_size
      << "\nserver_reset_query=" << options.reset_query << "\n";
}

// The file is there a moment before anybody listens.
bool is_listening(const fs::path& socket) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  socket.string().copy(address.sun_path, sizeof address.sun_path - 1);
  const Descriptor client{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  return ::connect(client.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
         0;
}

}  // namespace

Pgbouncer::Pgbouncer(const Postgres& server, const Options& options)
    : folder_(make_short_folder()) {
  write_settings(folder_, server, options);
  pid_ =
      spawn({"/usr/sbin/pgbouncer", folder_ / "pgbouncer.ini"}, {.as_postgres = true,
                                                                 .output = folder_ / "log",
                                                                 .signal_when_parent_dies = SIGQUIT,
                                                                 .own_session = true});
  watchdog_ = std::make_unique<Watchdog>(pid_, folder_);
  const fs::path socket = folder_ / (".s.PGSQL." + std::to_string(kPort));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!is_listening(socket)) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error{"no PgBouncer"};
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

Pgbouncer::~Pgbouncer() {
  kill(pid_, SIGQUIT);
  wait_for_end(pid_);
  watchdog_->dismiss();
  fs::remove_all(folder_);
}

std::string Pgbouncer::url(const std::string& database) const {
  return "postgresql://postgres@/" + database + "?host=" + folder_.string() +
         "&port=" + std::to_string(kPort);
}

}  // namespace pcx::testing
