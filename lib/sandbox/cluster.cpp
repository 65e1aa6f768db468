#include "sandbox/cluster.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text.h"
#include "sandbox/cluster_files.h"
#include "sandbox/cluster_folder.h"
#include "sandbox/cluster_make.h"

namespace pcx::sandbox {

namespace {

std::string shown(const std::filesystem::path& path) { return escape_controls(path.native()); }

void check_port(const State& state, const std::optional<int>& port) {
  if (!port || (state.listens_on_tcp && state.port == *port)) return;
  const std::string now =
      state.listens_on_tcp ? fmt::format("on port {}", state.port) : std::string{"without TCP"};
  throw Error{ErrorCode::conflict, fmt::format("the sandbox runs already, {}", now),
              fmt::format("Run pcx sandbox down, then up --port {}.", *port)}
      .because("port");
}

void require_data_folder(const State& state) {
  if (!is_absent(state.data_folder)) return;
  throw Error{ErrorCode::not_found,
              fmt::format("the sandbox's data folder {} is gone", shown(state.data_folder)),
              "Restore it, or run pcx sandbox destroy, then up, to start over."};
}

// The account of what exists; before that, the one it will be made for.
Account account_of(const State& state) {
  return is_absent(state.data_folder) ? server_account() : owner_of(state.data_folder);
}

pid_t process_of(const State& state) {
  if (const auto server = find_server(state)) return server->handle.process();
  throw Error{ErrorCode::unreachable, "the sandbox's server ended right after its start",
              fmt::format("See {}.", shown(server_log_of(state)))};
}

// A server that is still starting, or whose database is gone, is a finding, not a failure.
void add_facts(const State& state, Status& status, Interrupt* interrupt) {
  try {
    status.facts = read_facts(state, interrupt);
  } catch (const Error& error) {
    if (interrupt != nullptr) interrupt->throw_if_requested();
    status.problem = error.what();
  }
}

}  // namespace

const char* to_string(ServerState state) noexcept {
  switch (state) {
    case ServerState::absent: return "absent";
    case ServerState::unfinished: return "unfinished";
    case ServerState::stopped: return "stopped";
    case ServerState::crashed: return "crashed";
    case ServerState::running: return "running";
  }
  return "unknown";
}

FolderLock Cluster::lock_for_up(std::chrono::milliseconds wait) const {
  claim_folder(layout_);
  return FolderLock{layout_, clock_, wait, interrupt_};
}

std::optional<FolderLock> Cluster::lock(std::chrono::milliseconds wait) const {
  if (is_absent(layout_.state_file())) return std::nullopt;
  return FolderLock{layout_, clock_, wait, interrupt_};
}

State Cluster::new_state() const {
  const Account account = server_account();
  const bool inside = account.user == ::geteuid() || can_reach(layout_.folder, account);
  State state;
  state.id = random_id(random_);
  state.data_folder = inside ? layout_.data_folder()
                             : std::filesystem::path{kSharedDataRoot} / ("sandbox-" + state.id);
  state.socket_folder = socket_folder_name(account, state.id);
  const Programs programs = find_programs(environment_);
  state.server_major = programs.major;
  state.server_version = programs.version;
  return state;
}

UpReport Cluster::up(const FolderLock& /*held*/, const UpOptions& options,
                     const std::function<void(std::string_view)>& say) {
  const auto known = read_state(layout_);
  if (known && known->ready) {
    require_data_folder(*known);
    return bring_up(*known, options, say);
  }
  try {
    return bring_up(known ? *known : new_state(), options, say);
  } catch (...) {
    discard();  // half a sandbox is of no use to anybody
    throw;
  }
}

UpReport Cluster::bring_up(State state, const UpOptions& options,
                           const std::function<void(std::string_view)>& say) {
  UpReport report;
  report.made = !state.ready;
  wait_for_other_start(state, clock_, interrupt_);
  if (find_server(state)) {
    check_port(state, options.port);
    write_private_files(layout_, state, options.config, random_);
  } else {
    start(state, options, report, say);
  }
  ensure_database(state, interrupt_);
  if (!state.ready) {
    state.ready = true;
    write_state(layout_, state);
  }
  report.process = process_of(state);
  report.state = std::move(state);
  return report;
}

void Cluster::start(State& state, const UpOptions& options, UpReport& report,
                    const std::function<void(std::string_view)>& say) {
  const bool fresh = is_absent(state.data_folder);
  const Account account = account_of(state);
  const Programs programs =
      find_programs(environment_, fresh ? std::nullopt : std::optional<int>{state.server_major});
  const std::string old_url = url_of(state);
  state.server_major = programs.major;
  state.server_version = programs.version;
  state.listens_on_tcp = options.port.has_value();
  state.port = options.port.value_or(kSocketPort);
  open_folder_to(layout_, state, account);
  place_socket_folder(state, account);
  write_private_files(layout_, state, options.config, random_);
  replace_url(layout_, old_url, url_of(state));
  if (fresh) {
    say("making a PostgreSQL cluster");
    make_data_folder(programs, layout_, state, account, random_, clock_, interrupt_);
  }
  say("starting the server");
  report.recovered = start_server(programs, state, account, clock_, interrupt_);
  report.started = true;
}

// The state is written first, so that whatever exists afterwards has a name in it.
void Cluster::place_socket_folder(State& state, const Account& account) {
  if (!is_usable_socket_folder(state, account)) {
    state.socket_folder = socket_folder_name(account, random_id(random_));
  }
  write_state(layout_, state);
  make_socket_folder(state, account);
}

void Cluster::discard() noexcept {
  try {
    stop(Shutdown::immediate, /*interrupt=*/nullptr);  // one stop was requested already
    remove_belongings(layout_, read_state(layout_), clock_);
  } catch (const std::exception& error) {
    log::warning("cannot clear away the unfinished sandbox", {{"reason", error.what()}});
  }
}

bool Cluster::down(const FolderLock& /*held*/) { return stop(Shutdown::fast, interrupt_); }

bool Cluster::stop(Shutdown mode, Interrupt* interrupt) {
  const auto state = read_state(layout_);
  if (!state) return false;
  wait_for_other_start(*state, clock_, interrupt);
  const auto server = find_server(*state);
  if (!server) return false;
  stop_server(*server, mode, clock_, interrupt);
  return true;
}

void Cluster::recreate_database(const FolderLock& /*held*/) {
  drop_database(require_running(), interrupt_);
  ensure_database(require_running(), interrupt_);
}

// What is going to be removed need not be saved first: a full disk would not allow it.
void Cluster::destroy(const FolderLock& /*held*/) {
  stop(Shutdown::immediate, interrupt_);
  remove_belongings(layout_, read_state(layout_), clock_);
}

std::vector<std::filesystem::path> Cluster::belongings() const {
  return find_belongings(layout_, read_state(layout_));
}

State Cluster::require_state() const {
  auto state = read_state(layout_);
  if (state && state->ready) return std::move(*state);
  throw Error{ErrorCode::not_found, fmt::format("there is no sandbox in {}", shown(layout_.folder)),
              "Run pcx sandbox up first."};
}

State Cluster::require_running() const {
  State state = require_state();
  if (find_server(state)) return state;
  throw Error{ErrorCode::unreachable,
              fmt::format("the sandbox in {} does not run", shown(layout_.folder)),
              "Run pcx sandbox up."};
}

Status Cluster::status() const {
  Status status;
  status.state = read_state(layout_);
  if (!status.state) return status;
  const State& state = *status.state;
  status.data_bytes = bytes_below(state.data_folder);
  const auto server = find_postmaster(state.data_folder);
  if (server) {
    status.server = ServerState::running;
    status.process = server->handle.process();
    status.foreign = server->file.socket_folder != state.socket_folder.native();
    if (!status.foreign && !state.ready) status.server = ServerState::unfinished;
    if (!status.foreign && state.ready) add_facts(state, status, interrupt_);
    return status;
  }
  const bool died = !is_absent(pid_file_of(state.data_folder));
  status.server = died ? ServerState::crashed : ServerState::stopped;
  if (!state.ready) status.server = ServerState::unfinished;
  return status;
}

}  // namespace pcx::sandbox
