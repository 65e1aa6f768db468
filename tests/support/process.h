// Child processes of tests: started as another user where needed, ended with the test program.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace pcx::testing {

struct SpawnOptions {
  bool as_postgres = false;         // when root: become the user "postgres"
  std::filesystem::path output;     // stdout and stderr; empty: /dev/null
  int input_fd = -1;                // becomes stdin; -1: /dev/null
  int output_fd = -1;               // becomes stdout and stderr; -1: `output`
  int signal_when_parent_dies = 0;  // PR_SET_PDEATHSIG of the calling thread; 0: none
  bool own_session = false;         // out of reach of Ctrl-C
};

// Starts `arguments[0]` (searched in PATH). Throws std::runtime_error.
pid_t spawn(const std::vector<std::string>& arguments, const SpawnOptions& options = {});

// Waits for its end: the exit status, or 128 + signal.
int wait_for_end(pid_t pid);

// spawn() and wait_for_end(); throws std::runtime_error with its output unless it returns 0.
void run_program(const std::vector<std::string>& arguments, SpawnOptions options = {});

// A new folder with a short name, on a file system in memory where there is one. When root it
// belongs to the user "postgres".
std::filesystem::path make_short_folder();

// Ends `pid` and removes `folder` should this program be killed; dismiss() when both were done.
class Watchdog {
 public:
  Watchdog(pid_t pid, const std::filesystem::path& folder);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() { dismiss(); }
  void dismiss();

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

}  // namespace pcx::testing
