// Is a server running on this data folder? Which process is it, really?
//
// A process id in a file proves nothing: after a crash or a reboot another program may have it.
// So a process counts as the server of a data folder only when its executable is `postgres` and
// its working folder is that data folder (PostgreSQL changes there at its start); it is held by a
// pidfd (pidfd_open(2)), so that no signal can meet a successor.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "core/clock.h"
#include "core/interrupt.h"
#include "sandbox/cluster_account.h"

namespace pcx::sandbox {

// The first lines of postmaster.pid, and of a socket's .lock file (PostgreSQL 15,
// src/include/utils/pidfile.h): process, data folder, start time, port, socket folder.
struct PidFile {
  pid_t process = 0;
  std::string data_folder;
  std::int64_t started_at = 0;  // seconds since 1970
  int port = 0;
  std::string socket_folder;
};

// std::nullopt for a text that is not (yet) whole: PostgreSQL writes the file line by line.
std::optional<PidFile> parse_pid_file(std::string_view text);
// The same of a file; std::nullopt also when there is none. Throws Error{permission}, Error{io}.
std::optional<PidFile> read_pid_file(const std::filesystem::path& path);

std::filesystem::path pid_file_of(const std::filesystem::path& data_folder);

// A living process, by handle.
class ProcessHandle {
 public:
  static std::optional<ProcessHandle> open(pid_t process);  // std::nullopt: no such process
  ProcessHandle(ProcessHandle&& other) noexcept;
  ProcessHandle& operator=(ProcessHandle&&) = delete;
  ~ProcessHandle();

  pid_t process() const { return process_; }
  // False when it is gone already. Throws Error{permission}.
  bool signal(int number) const;
  // True when it has ended within `limit`. Throws what a requested stop throws.
  bool wait_for_end(Clock& clock, std::chrono::milliseconds limit,
                    Interrupt* interrupt = nullptr) const;

 private:
  ProcessHandle(pid_t process, int descriptor) : process_(process), descriptor_(descriptor) {}
  pid_t process_;
  int descriptor_;
};

struct Postmaster {
  ProcessHandle handle;
  PidFile file;
};

// The server that runs on `data_folder`; std::nullopt when none does.
//
// Throws Error{unknown} when a process of the server's account has the recorded number and its
// identity cannot be read: neither "running" nor "stopped" would be true.
std::optional<Postmaster> find_postmaster(const std::filesystem::path& data_folder);

// All processes of the folder's owner that run one of `programs` ("pg_ctl") with `data_folder` as
// their working folder: what a killed pcx has left there at work.
std::vector<ProcessHandle> find_processes(const std::filesystem::path& data_folder,
                                          std::initializer_list<std::string_view> programs);
// The same of postgres: after the sudden death of the postmaster its children live on for a moment.
std::vector<ProcessHandle> find_server_processes(const std::filesystem::path& data_folder);

}  // namespace pcx::sandbox
