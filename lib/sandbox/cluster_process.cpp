#include "sandbox/cluster_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

namespace pcx::sandbox {

namespace {

constexpr std::size_t kPidFileBytesMax = 16 * 1024;

template <typename Number>
std::optional<Number> to_number(std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// By number: the header <sys/pidfd.h> of glibc 2.36 declares its functions without extern "C".
int pidfd_open(pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0U)); }

bool pidfd_send_signal(int descriptor, int number) {
  return ::syscall(SYS_pidfd_send_signal, descriptor, number, nullptr, 0U) == 0;
}

enum class Identity { server, other, unreadable };

std::string proc_path(pid_t process, std::string_view entry) {
  return fmt::format("/proc/{}/{}", process, entry);
}

// "postgres", and "postgres (deleted)" after an upgrade of the package under a running server.
bool is_program(std::string_view executable, std::string_view program) {
  const std::size_t slash = executable.rfind('/');
  return slash != std::string_view::npos && executable.substr(slash + 1).starts_with(program);
}

Identity identify(pid_t process, const struct stat& data_folder,
                  std::string_view program = "postgres") {
  std::array<char, 4096> executable{};
  const ssize_t length =
      ::readlink(proc_path(process, "exe").c_str(), executable.data(), executable.size());
  if (length < 0) return errno == EACCES ? Identity::unreadable : Identity::other;
  if (!is_program({executable.data(), static_cast<std::size_t>(length)}, program)) {
    return Identity::other;
  }
  struct stat working {};
  if (::stat(proc_path(process, "cwd").c_str(), &working) != 0) {
    return errno == EACCES ? Identity::unreadable : Identity::other;
  }
  const bool same = working.st_dev == data_folder.st_dev && working.st_ino == data_folder.st_ino;
  return same ? Identity::server : Identity::other;
}

// PostgreSQL insists that a data folder belongs to the account of its server, so a process of
// another account is another program even where its identity cannot be read.
bool runs_as(pid_t process, uid_t user) {
  struct stat status {};
  return ::stat(fmt::format("/proc/{}", process).c_str(), &status) == 0 && status.st_uid == user;
}

std::optional<struct stat> stat_folder(const std::filesystem::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return std::nullopt;
  return status;
}

bool is_server(pid_t process, const struct stat& data_folder) {
  const FileSystemUser as_owner{{data_folder.st_uid, data_folder.st_gid}};
  const Identity identity = identify(process, data_folder);
  if (identity != Identity::unreadable) return identity == Identity::server;
  if (!runs_as(process, data_folder.st_uid)) return false;
  throw Error{ErrorCode::unknown, fmt::format("cannot tell which program process {} is", process),
              "Run pcx sandbox as the user that started the server."};
}

}  // namespace

std::optional<PidFile> parse_pid_file(std::string_view text) {
  const std::vector<std::string> lines = split(text, '\n');
  if (lines.size() < 5) return std::nullopt;
  const auto process = to_number<pid_t>(trim(lines[0]));
  const auto started_at = to_number<std::int64_t>(trim(lines[2]));
  const auto port = to_number<int>(trim(lines[3]));
  if (!process || !started_at || !port) return std::nullopt;
  // A negative number is a server in single-user mode.
  return PidFile{std::abs(*process), lines[1], *started_at, *port, lines[4]};
}

std::optional<PidFile> read_pid_file(const std::filesystem::path& path) {
  try {
    return parse_pid_file(read_file(path, kPidFileBytesMax));
  } catch (const Error& error) {
    if (error.code() == ErrorCode::not_found) return std::nullopt;
    throw;
  }
}

std::filesystem::path pid_file_of(const std::filesystem::path& data_folder) {
  return data_folder / "postmaster.pid";
}

std::optional<ProcessHandle> ProcessHandle::open(pid_t process) {
  if (process <= 0) return std::nullopt;
  const int descriptor = pidfd_open(process);  // close-on-exec by itself
  if (descriptor >= 0) return ProcessHandle{process, descriptor};
  if (errno == ESRCH || errno == EINVAL) return std::nullopt;  // EINVAL: a thread's number
  throw Error{ErrorCode::unknown,
              fmt::format("cannot look at process {}: {}", process, std::strerror(errno)),
              "pcx sandbox needs Linux 5.3 or newer."};
}

ProcessHandle::ProcessHandle(ProcessHandle&& other) noexcept
    : process_(other.process_), descriptor_(std::exchange(other.descriptor_, -1)) {}

ProcessHandle::~ProcessHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool ProcessHandle::signal(int number) const {
  if (pidfd_send_signal(descriptor_, number)) return true;
  if (errno == ESRCH) return false;
  throw Error{ErrorCode::permission,
              fmt::format("cannot signal process {}: {}", process_, std::strerror(errno)),
              "Run pcx sandbox as the user that started the server, or as root."};
}

bool ProcessHandle::wait_for_end(Clock& clock, std::chrono::milliseconds limit,
                                 Interrupt* interrupt) const {
  const auto give_up_at = clock.steady_now() + limit;
  const InterruptWatch stop{interrupt};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(give_up_at - clock.steady_now());
    std::array<pollfd, 2> watched{{{descriptor_, POLLIN, 0}, {stop.number(), POLLIN, 0}}};
    const int count = ::poll(watched.data(), watched.size(),
                             static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (count < 0 && errno == EINTR) continue;
    if (watched[0].revents != 0) return true;
    if (interrupt != nullptr) interrupt->throw_if_requested();
    return false;
  }
}

std::optional<Postmaster> find_postmaster(const std::filesystem::path& data_folder) {
  const auto folder = stat_folder(data_folder);
  if (!folder) return std::nullopt;
  auto file = read_pid_file(pid_file_of(data_folder));
  if (!file) return std::nullopt;
  auto handle = ProcessHandle::open(file->process);
  if (!handle || !is_server(file->process, *folder)) return std::nullopt;
  return Postmaster{std::move(*handle), std::move(*file)};
}

std::vector<ProcessHandle> find_processes(const std::filesystem::path& data_folder,
                                          std::initializer_list<std::string_view> programs) {
  std::vector<ProcessHandle> found;
  const auto folder = stat_folder(data_folder);
  if (!folder) return found;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry{"/proc", failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    const auto process = to_number<pid_t>(entry->path().filename().native());
    if (!process || !runs_as(*process, folder->st_uid)) continue;
    auto handle = ProcessHandle::open(*process);
    const FileSystemUser as_owner{{folder->st_uid, folder->st_gid}};
    const auto runs = [&](std::string_view program) {
      return identify(*process, *folder, program) == Identity::server;
    };
    if (handle && std::any_of(programs.begin(), programs.end(), runs)) {
      found.push_back(std::move(*handle));
    }
  }
  return found;
}

std::vector<ProcessHandle> find_server_processes(const std::filesystem::path& data_folder) {
  return find_processes(data_folder, {"postgres"});
}

}  // namespace pcx::sandbox
