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
  std::set<int> later_codes{75};  // sysexits.h: EX_TEMPFAIL
};

// Exit 0: delivered. One of later_codes, no end in time, or ended by a signal (128 and more):
// later. Any other: refused. The words are the first line of what it wrote to stderr. Throws
// Error{config} when the program is not there, cannot be run, or could be changed by others; and
// the Interrupt's error.
Attempt run_receiver(const ReceiverConfig& config, const ReceiverTools& tools, CommandRun run,
                     std::chrono::milliseconds time_max);

}  // namespace pcx::alert
