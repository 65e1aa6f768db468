// What the machine kept from the generator while it ran: processor time that a cgroup's quota or
// the host took.
#pragma once

#include <cstdint>
#include <filesystem>

#include "load/result.h"

namespace pcx::load {

// Counters that only grow.
struct MachineTimes {
  std::int64_t throttled_us = 0;            // cgroup v2, cpu.stat
  std::int64_t stolen = 0, processor = 0;   // ticks of all processors, /proc/stat
};

// `root`: "/" but in tests. What is not there counts as 0.
MachineTimes read_machine_times(const std::filesystem::path& root = "/");

// Puts both shares into `limits`: of `length`, and of the processors' time.
void add_machine_limits(const MachineTimes& before, const MachineTimes& after,
                        std::chrono::nanoseconds length, Limits& limits);

// Raises the limit of descriptors to what the system lets this process have, which is returned; 0:
// it did not say.
std::int64_t raise_file_limit();

}  // namespace pcx::load
