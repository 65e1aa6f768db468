#include "sandbox/cluster_make.h"

#include <chrono>
#include <csignal>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/subprocess.h"
#include "core/text.h"
#include "sandbox/cluster_files.h"
#include "sandbox/cluster_process.h"

namespace pcx::sandbox {

namespace {

constexpr std::chrono::minutes kInitdbLimit{5};
constexpr std::chrono::seconds kDeathLimit{30};

constexpr const char* kUnfinished = ".new-";

// Appended to initdb's postgresql.conf, where the last value counts.
constexpr std::string_view kSettings = R"(
# --- pcx sandbox
cluster_name = 'pcx sandbox'
listen_addresses = ''            # `pcx sandbox up --port` overrides it with 127.0.0.1
unix_socket_permissions = 0700
shared_buffers = 128MB
max_wal_size = 2GB
fsync = on                       # a sandbox behaves as the real thing, crashes included
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_checkpoints = off
log_line_prefix = '%m [%p] %a '
)";

// The superuser's password for initdb, readable for the server's account; in the socket's folder,
// which nobody else may enter. It goes neither into argv nor into an SQL text.
class PasswordFile {
 public:
  PasswordFile(const Layout& layout, const State& state, const Account& account)
      : path_(state.socket_folder / "initdb-password") {
    const Secret password = read_secret_file(layout.password_file());
    // Root must not write by its own rights where another account may have laid a link.
    const FileSystemUser as_server{account};
    write_file_atomically(path_, password.reveal_text(), 0600);
  }
  PasswordFile(const PasswordFile&) = delete;
  PasswordFile& operator=(const PasswordFile&) = delete;
  ~PasswordFile() {
    std::error_code left_in_a_private_folder;
    std::filesystem::remove(path_, left_in_a_private_folder);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// `trust` for local connections: the socket lies in a folder of mode 0700, so whoever can connect
// is the server's own account, or root. TCP asks for the password.
Command initdb_command(const Programs& programs, const std::filesystem::path& folder,
                       const std::filesystem::path& password_file, const Account& account,
                       Interrupt* interrupt) {
  Command command;
  command.argv = {programs.path("initdb").native(),
                  "--pgdata=.",
                  fmt::format("--username={}", kSuperuser),
                  "--auth-local=trust",
                  "--auth-host=scram-sha-256",
                  "--pwfile=" + password_file.native(),
                  "--encoding=UTF8",
                  "--locale=C.UTF-8",
                  "--lc-collate=C"};  // the same order, compared with memcmp: indexes build faster
  command.environment = plain_environment();
  command.working_folder = folder;
  command.user_and_group = switch_to(account);
  command.timeout = kInitdbLimit;
  command.interrupt = interrupt;
  return command;
}

void check_initdb(const Finished& finished, const std::filesystem::path& data_folder) {
  if (finished.exit_code == 0) return;
  const std::string where = escape_controls(data_folder.native());
  const std::string said{trim(finished.error_output)};
  if (said.find("No space left on device") != std::string::npos ||
      said.find("Disk quota exceeded") != std::string::npos) {
    throw Error{ErrorCode::io, fmt::format("the disk is full: cannot make the cluster {}", where),
                "Free at least 100 MB and run pcx sandbox up again, or choose another --dir."}
        .with_detail(said);
  }
  throw Error{
      ErrorCode::cannot_create,
      fmt::format("initdb cannot make the cluster {}: exit code {}", where, finished.exit_code)}
      .with_detail(said);
}

void add_settings(const std::filesystem::path& folder, const Account& account) {
  const std::filesystem::path file = folder / "postgresql.conf";
  const FileSystemUser as_server{account};  // as for the password
  write_file_atomically(file, read_file(file).append(kSettings), 0600);
}

void fill_folder(const Programs& programs, const Layout& layout, const State& state,
                 const Account& account, const std::filesystem::path& folder,
                 Interrupt* interrupt) {
  make_folder(folder, 0700);
  give_to(folder, account);
  const PasswordFile password{layout, state, account};
  check_initdb(run_command(initdb_command(programs, folder, password.path(), account, interrupt)),
               state.data_folder);
  add_settings(folder, account);
  rename_durably(folder, state.data_folder);
}

}  // namespace

std::vector<std::filesystem::path> unfinished_data_folders(const State& state) {
  const std::string prefix = state.data_folder.filename().native() + kUnfinished;
  std::vector<std::filesystem::path> folders = entries_of(state.data_folder.parent_path());
  std::erase_if(folders, [&](const std::filesystem::path& folder) {
    return !folder.filename().native().starts_with(prefix);
  });
  return folders;
}

void remove_unfinished_data_folders(const State& state, Clock& clock) {
  for (const auto& folder : unfinished_data_folders(state)) {
    for (const ProcessHandle& maker : find_processes(folder, {"initdb", "postgres"})) {
      if (!maker.signal(SIGKILL) || maker.wait_for_end(clock, kDeathLimit)) continue;
      throw Error{ErrorCode::busy,
                  fmt::format("process {} still works in {}", maker.process(),
                              escape_controls(folder.native())),
                  "It was killed and waits for its disk. Try again when it has ended."};
    }
    remove_tree(folder);
  }
}

void make_data_folder(const Programs& programs, const Layout& layout, const State& state,
                      const Account& account, Random& random, Clock& clock, Interrupt* interrupt) {
  remove_unfinished_data_folders(state, clock);
  if (state.data_folder.parent_path() == kSharedDataRoot) make_folder(kSharedDataRoot, 0755);
  const std::filesystem::path folder = state.data_folder.native() + kUnfinished + random_id(random);
  try {
    fill_folder(programs, layout, state, account, folder, interrupt);
  } catch (...) {
    remove_tree(folder);
    throw;
  }
}

}  // namespace pcx::sandbox
