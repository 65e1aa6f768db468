// What the machine kept from the generator while it ran: processor time that a cgroup's quota or
// the host took.
#pragma once

#include <cstdint>
#include <filesystem>

#include "load/result.h"

namespace pcx::load {

// Counters that only grow.
struct MachineTimes {
  std::int64_t throttled_us = 0;           // cgroup v2, cpu.stat
  std::int64_t stolen = 0, processor = 0;  // ticks of all processors, /proc/stat
};

// `root`: "/" but in tests. What is not there counts as 0.
MachineTimes read_machine_times(const std::filesystem::path& root = "/");

// Puts both shares into `limits`: of `length`, and of the processors' time.
void add_machine_limits(const MachineTimes& before, const MachineTimes& after,
                        std::chrono::nanoseconds length, Limits& limits);

// What a generator on this machine can have at the same time; 0: the kernel does not say.
struct Capacity {
  std::int64_t files = 0;  // descriptors: the hard limit, see raise_file_limit()
  std::int64_t ports = 0;  // local ports to one address and port of a target
};
Capacity read_capacity(const std::filesystem::path& root = "/");

// From now on the process keeps memory that it has freed: users come and go, and giving a page back
// for each of them costs a system call each time.
void keep_freed_memory();

// Raises the limit of descriptors to what the system lets this process have, which is returned; 0:
// it did not say.
std::int64_t raise_file_limit();

// Has the kernel make room for so many descriptors (65,536 at most) at once. A process with threads
// waits some 10 ms whenever its table grows, and by itself that doubles: 256, 512, 1,024 ... in the
// middle of the test. Does nothing where descriptors have run out.
void make_room_for_files(std::int64_t files);

}  // namespace pcx::load
