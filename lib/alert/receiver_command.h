// One run of a receiver's program, and what its end means.
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alert/receiver.h"

namespace pcx::alert {

struct CommandRun {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;  // beside PATH, HOME and LANG
  std::string input;
  // What no repetition mends; sysexits.h: EX_USAGE, EX_DATAERR, EX_CONFIG.
  std::set<int> refused_codes{64, 65, 78};
};

// Exit 0: delivered. One of refused_codes: refused. Any other, no end in time, or ended by a
// signal: later, since most of what goes wrong passes (no network, a full spool). The words are the
// first line of what it wrote to stderr. Throws Error{config} when the program is not there, cannot
// be run, or could be changed by others; and the Interrupt's error.
Attempt run_receiver(const ReceiverConfig& config, const ReceiverTools& tools, CommandRun run,
                     std::chrono::milliseconds time_max);

}  // namespace pcx::alert
