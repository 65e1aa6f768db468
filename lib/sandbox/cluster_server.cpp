#include "sandbox/cluster_server.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/subprocess.h"
#include "core/text.h"
#include "sandbox/cluster_files.h"

namespace pcx::sandbox {

namespace {

constexpr std::chrono::seconds kOrphanLimit{30};
constexpr std::chrono::minutes kStartLimit{10};  // recovery after a crash included
constexpr std::chrono::minutes kStopLimit{5};    // the shutdown checkpoint included
constexpr std::uintmax_t kLogBytesMax = 8 * 1024 * 1024;

std::string shown(const std::filesystem::path& path) { return escape_controls(path.native()); }

std::filesystem::path socket_lock_file(const State& state) {
  return socket_file(state).native() + ".lock";
}

bool is_private_folder(const std::filesystem::path& folder, uid_t user) {
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == user && (status.st_mode & 07777) == 0700;
}

// Or root's own, when an `up` was killed before it had given the folder away.
bool is_own_folder(const std::filesystem::path& folder, const Account& account) {
  return is_private_folder(folder, account.user) || is_private_folder(folder, ::geteuid());
}

// A copy of a sandbox's folder names the original's socket.
bool is_used_by_another(const State& state) {
  const auto holder = read_pid_file(socket_lock_file(state));
  return holder && holder->data_folder != state.data_folder.native() &&
         ProcessHandle::open(holder->process).has_value();
}

// The children of a postmaster that was killed notice it soon and end by themselves. Until then
// they may write; a second server beside them would destroy the data.
void wait_for_orphans(const State& state, Clock& clock, Interrupt* interrupt) {
  for (const ProcessHandle& orphan : find_server_processes(state.data_folder)) {
    if (orphan.wait_for_end(clock, kOrphanLimit, interrupt)) continue;
    throw Error{ErrorCode::busy,
                fmt::format("process {} of the sandbox's dead server still runs", orphan.process()),
                "Wait for it to end, or end it, and try again."};
  }
}

// A recorded number that another program has by now would make PostgreSQL refuse to start, and so
// would a file that was cut off by a full disk. That no server runs has been proved by now.
void remove_misleading_pid_file(const State& state) {
  const std::filesystem::path path = pid_file_of(state.data_folder);
  if (is_absent(path)) return;
  const auto file = read_pid_file(path);
  if (file && !ProcessHandle::open(file->process)) return;  // PostgreSQL sees that itself
  remove_tree(path);
}

// The log starts anew at each start once it has grown; one old log is kept.
std::uintmax_t rotate_log(const State& state) {
  const std::filesystem::path log = server_log_of(state);
  std::error_code absent;
  const std::uintmax_t bytes = std::filesystem::file_size(log, absent);
  if (absent) return 0;
  if (bytes <= kLogBytesMax) return bytes;
  rename_durably(log, log.native() + ".old");
  return 0;
}

// Relative names: pg_ctl hands them to a shell, and the sandbox's folder may be called anything.
Command start_command(const Programs& programs, const State& state, const Account& account,
                      Interrupt* interrupt) {
  Command command;
  command.argv = {
      programs.path("pg_ctl").native(),
      "start",
      "--silent",
      "--wait",
      fmt::format("--timeout={}", std::chrono::seconds{kStartLimit}.count()),
      "--pgdata=.",
      "--log=" + server_log_of(state).filename().native(),
      fmt::format("--options=-k {} -p {} -c listen_addresses={}", state.socket_folder.native(),
                  state.port, state.listens_on_tcp ? "127.0.0.1" : "''")};
  command.environment = plain_environment();
  command.working_folder = state.data_folder;
  command.user_and_group = switch_to(account);
  command.timeout = kStartLimit + std::chrono::seconds{30};
  command.interrupt = interrupt;
  return command;
}

// pg_ctl hands SIGINT on to the server that it starts. Not in the instant before it can; and the
// server takes a moment to end, in which nobody may remove its files.
void end_begun_server(const State& state, Clock& clock) {
  const auto server = find_postmaster(state.data_folder);
  if (server) server->handle.signal(SIGINT);
  for (const ProcessHandle& process : find_server_processes(state.data_folder)) {
    if (!server) process.signal(SIGINT);  // too young for a pid file, and so without children
    if (process.wait_for_end(clock, kStopLimit)) continue;
    log::warning("the server that was starting has not ended",
                 {{"process", std::to_string(process.process())}});
  }
}

Finished run_pg_ctl(const Command& command, const State& state, Clock& clock) {
  try {
    return run_command(command);
  } catch (const Error&) {
    end_begun_server(state, clock);
    throw;
  }
}

std::string log_since(const State& state, std::uintmax_t offset) {
  const std::filesystem::path log = server_log_of(state);
  if (is_absent(log)) return {};
  const std::string text = read_file(log, kLogBytesMax * 8);
  return text.substr(std::min<std::size_t>(offset, text.size()));
}

// The last line with FATAL or PANIC, without its prefix of time and process.
std::string last_words(const std::string& log) {
  std::string words;
  for (const std::string& line : split(log, '\n')) {
    for (const std::string_view severity : {"FATAL:", "PANIC:"}) {
      const std::size_t begin = line.find(severity);
      if (begin == std::string::npos) continue;
      words = trim(std::string_view{line}.substr(begin + severity.size()));
    }
  }
  return words;
}

[[noreturn]] void throw_not_started(const State& state, const std::string& log,
                                    const std::string& pg_ctl_said) {
  const auto has = [&](std::string_view words) { return log.find(words) != std::string::npos; };
  const std::string detail{trim(log.empty() ? pg_ctl_said : log)};
  if (has("No space left on device") || has("Disk quota exceeded")) {
    throw Error{
        ErrorCode::io,
        fmt::format("the disk is full: the server of {} cannot start", shown(state.data_folder)),
        "Free some space and run pcx sandbox up again."}
        .with_detail(detail);
  }
  if (state.listens_on_tcp && has("Address already in use")) {
    throw Error{ErrorCode::conflict, fmt::format("port {} of 127.0.0.1 is taken", state.port),
                "Choose another --port, or leave it out: the socket is always there."}
        .because("port")
        .with_detail(detail);
  }
  if (pg_ctl_said.find("did not start in time") != std::string::npos) {
    throw Error{ErrorCode::busy, "the sandbox's server is still starting after ten minutes",
                fmt::format("See {}.", shown(server_log_of(state)))};
  }
  const std::string words = last_words(log);
  // A first `up` takes its log away with it; the detail has what it said.
  const std::string hint =
      state.ready ? fmt::format("See {}.", shown(server_log_of(state))) : std::string{};
  throw Error{ErrorCode::unreachable,
              fmt::format("the sandbox's server does not start: {}",
                          words.empty() ? "it left no message" : escape_controls(words)),
              hint}
      .with_detail(detail);
}

}  // namespace

std::filesystem::path server_log_of(const State& state) { return state.data_folder / "server.log"; }

std::filesystem::path socket_folder_name(const Account& account, std::string_view id) {
  return fmt::format("/tmp/pcx-{}-{}", account.user, id);
}

bool is_usable_socket_folder(const State& state, const Account& account) {
  if (is_absent(state.socket_folder)) return true;
  return is_own_folder(state.socket_folder, account) && !is_used_by_another(state);
}

void make_socket_folder(const State& state, const Account& account) {
  make_folder(state.socket_folder, 0700);
  if (is_own_folder(state.socket_folder, account)) give_to(state.socket_folder, account);
  if (is_private_folder(state.socket_folder, account.user)) return;
  throw Error{ErrorCode::busy,
              fmt::format("somebody else made {} just now", shown(state.socket_folder)),
              "Run pcx sandbox up again: it chooses another name."};
}

void remove_socket_folder(const State& state, const Account& account) {
  if (is_own_folder(state.socket_folder, account)) remove_tree(state.socket_folder);
}

std::optional<Postmaster> find_server(const State& state) {
  auto server = find_postmaster(state.data_folder);
  if (!server || server->file.socket_folder == state.socket_folder.native()) return server;
  throw Error{ErrorCode::conflict,
              fmt::format("process {} serves {}, and pcx sandbox did not start it",
                          server->handle.process(), shown(state.data_folder)),
              "End that server the way it was started, then try again."}
      .because("foreign_server");
}

bool start_server(const Programs& programs, const State& state, const Account& account,
                  Clock& clock, Interrupt* interrupt) {
  const bool died = !is_absent(pid_file_of(state.data_folder));
  if (died) wait_for_orphans(state, clock, interrupt);
  remove_misleading_pid_file(state);
  remove_tree(socket_file(state));
  remove_tree(socket_lock_file(state));
  const std::uintmax_t log_begin = rotate_log(state);
  const Finished finished =
      run_pg_ctl(start_command(programs, state, account, interrupt), state, clock);
  if (finished.exit_code != 0) {
    throw_not_started(state, log_since(state, log_begin), finished.error_output);
  }
  return died;
}

void wait_for_other_start(const State& state, Clock& clock, Interrupt* interrupt) {
  for (const ProcessHandle& starter : find_processes(state.data_folder, {"pg_ctl"})) {
    if (starter.wait_for_end(clock, kStartLimit, interrupt)) continue;
    throw Error{ErrorCode::busy,
                fmt::format("process {} is still starting the sandbox's server", starter.process()),
                "Wait for it to end, or end it, and try again."};
  }
}

void stop_server(const Postmaster& server, Shutdown mode, Clock& clock, Interrupt* interrupt) {
  if (!server.handle.signal(mode == Shutdown::fast ? SIGINT : SIGQUIT)) return;
  if (server.handle.wait_for_end(clock, kStopLimit, interrupt)) return;
  throw Error{ErrorCode::busy,
              fmt::format("the sandbox's server, process {}, has not ended after five minutes",
                          server.handle.process()),
              "It may still be writing. Look at its disk and its log, and again with pcx sandbox "
              "status."};
}

}  // namespace pcx::sandbox
