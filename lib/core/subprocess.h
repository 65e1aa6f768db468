// Other programs, started without a shell.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/interrupt.h"

namespace pcx {

struct Command {
  std::vector<std::string> argv;  // argv[0] is a path; it is not searched for in PATH
  // The child's whole environment: nothing is inherited but what is named here.
  std::vector<std::pair<std::string, std::string>> environment;
  std::filesystem::path working_folder = "/";
  std::string input;                                                      // its standard input
  std::optional<std::pair<std::uint32_t, std::uint32_t>> user_and_group;  // setgid, setuid
  std::chrono::milliseconds timeout{30'000};
  std::size_t output_bytes_max =
      std::size_t{1024} * 1024;  // of stdout and of stderr; more is an error
  // A requested stop sends SIGINT to the child's process group, as a terminal would; what has not
  // ended ten seconds later is killed. nullptr: it runs to its end.
  Interrupt* interrupt = nullptr;
};

struct Finished {
  int exit_code = 0;  // 128 + signal when a signal ended it
  std::string output;
  std::string error_output;
};

// Runs to its end. Throws Error{not_found} when the program does not exist, Error{io} when it runs
// longer than `timeout` (it is killed, with its process group) or says too much. A child's own
// failure is a value: look at exit_code. After a requested stop it throws Error{interrupted} or
// Error{terminated}, whatever the child made of it, and the child has ended. No file descriptor but
// 0, 1 and 2 is handed on.
Finished run_command(const Command& command);

}  // namespace pcx
