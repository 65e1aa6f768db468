// The sandbox's PostgreSQL: a private server on a Unix socket, made, started, recovered, stopped
// and removed. Its contents (migrations, sample rows) are other rooms' business.
//
// Every function may be interrupted by kill -9 at any instant: the next `up` finishes or clears
// away what was begun. A requested stop (core/interrupt.h) ends the child processes first, and a
// first `up` leaves nothing behind. No process is ever signalled but the server of this sandbox's
// data folder, started on this sandbox's socket, and an initdb in an unfinished one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/environment.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "sandbox/cluster_config.h"
#include "sandbox/cluster_database.h"
#include "sandbox/cluster_lock.h"
#include "sandbox/cluster_process.h"
#include "sandbox/cluster_server.h"
#include "sandbox/cluster_state.h"
#include "sandbox/layout.h"

namespace pcx::sandbox {

struct UpOptions {
  std::optional<int> port;  // TCP on 127.0.0.1, too; needs the password of password_file()
  ConfigSeed config;        // what config.yaml starts with
};

struct UpReport {
  State state;
  pid_t process = 0;
  bool made = false;       // there was no cluster before
  bool started = false;    // it did not run before
  bool recovered = false;  // it had died without an orderly stop
};

enum class ServerState {
  absent,      // nothing there
  unfinished,  // the first `up` did not come to its end; its server may run
  stopped,     // ended in order
  crashed,     // ended without: `up` recovers it
  running,
};
const char* to_string(ServerState state) noexcept;

struct Status {
  ServerState server = ServerState::absent;
  std::optional<State> state;  // unless absent
  pid_t process = 0;           // when a server runs
  bool foreign = false;        // a server runs on the data folder that pcx sandbox did not start
  std::optional<std::int64_t> data_bytes;
  std::optional<DatabaseFacts> facts;  // running, and it answered
  std::string problem;                 // why a running server has no facts
};

class Cluster {
 public:
  // The references are used as long as the Cluster lives. Every function that waits throws what a
  // requested stop of `interrupt` throws; nullptr: nobody asks.
  Cluster(Layout layout, const Environment& environment, Clock& clock, Random& random,
          Interrupt* interrupt = nullptr)
      : layout_(std::move(layout)),
        environment_(environment),
        clock_(clock),
        random_(random),
        interrupt_(interrupt) {}

  const Layout& layout() const { return layout_; }

  // Makes the folder (for `up` only, 0700) and takes its lock. Nothing of somebody else's folder
  // is touched: Error{conflict} when it holds other files and no sandbox, Error{permission} when
  // it belongs to another user.
  FolderLock lock_for_up(std::chrono::milliseconds wait) const;
  // The lock of a folder that exists; std::nullopt when there is none, and so no sandbox.
  std::optional<FolderLock> lock(std::chrono::milliseconds wait) const;

  // A running server with an empty or kept database `purple_cross`. `say` hears what takes long.
  //
  // Throws Error{conflict} when it runs already with another port, Error{io} for a full disk (a
  // first `up` then leaves nothing behind), Error{not_found} when there are no server programs or
  // the data folder is gone, Error{unreachable} with the server's last words when it does not
  // start, Error{busy} while children of a dead server still run.
  UpReport up(const FolderLock& held, const UpOptions& options,
              const std::function<void(std::string_view)>& say);

  // Fast shutdown: sessions are ended, open transactions rolled back, everything is on disk. False
  // when no server runs. Throws Error{conflict} for a server that pcx sandbox did not start,
  // Error{busy} when it has not ended after five minutes.
  bool down(const FolderLock& held);

  // Drops the database and makes an empty one. REQUIRES: the server runs.
  void recreate_database(const FolderLock& held);

  // Stops the server and removes everything that belongs to the sandbox, its folder too when
  // nothing else lies in it. Throws as down() does, before anything is removed.
  void destroy(const FolderLock& held);
  // What destroy would remove: folders and files that exist.
  std::vector<std::filesystem::path> belongings() const;

  Status status() const;

  // The state of a sandbox that is whole. Throws Error{not_found}: run `pcx sandbox up`.
  State require_state() const;
  // The same, and its server runs. Throws Error{unreachable}.
  State require_running() const;

 private:
  State new_state() const;
  UpReport bring_up(State state, const UpOptions& options,
                    const std::function<void(std::string_view)>& say);
  void start(State& state, const UpOptions& options, UpReport& report,
             const std::function<void(std::string_view)>& say);
  void place_socket_folder(State& state, const Account& account);
  bool stop(Shutdown mode, Interrupt* interrupt);  // false: it did not run
  void discard() noexcept;

  Layout layout_;
  const Environment& environment_;
  Clock& clock_;
  Random& random_;
  Interrupt* interrupt_;
};

}  // namespace pcx::sandbox
