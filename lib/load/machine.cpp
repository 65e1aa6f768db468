#include "load/machine.h"

#include <algorithm>
#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <malloc.h>
#include <sstream>
#include <string>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

namespace pcx::load {

namespace fs = std::filesystem;

namespace {

// The number behind `key`, in lines of "key number"; 0: there is none.
std::int64_t number_in(const fs::path& file, const std::string& key) {
  std::ifstream stream{file};
  std::string name;
  std::int64_t number = 0;
  while (stream >> name >> number) {
    if (name == key) return number;
  }
  return 0;
}

// "0::/user.slice/x.scope" of /proc/self/cgroup: the unified hierarchy.
std::string own_cgroup(const fs::path& root) {
  std::ifstream stream{root / "proc/self/cgroup"};
  std::string line;
  while (std::getline(stream, line)) {
    if (line.starts_with("0::/")) return line.substr(4);
  }
  return {};
}

// A quota of any of the groups that this one is in holds it up, and is counted there only.
std::int64_t throttled_us(const fs::path& root) {
  const fs::path top = root / "sys/fs/cgroup";
  std::int64_t most = 0;
  fs::path group = own_cgroup(root);
  for (;; group = group.parent_path()) {
    most = std::max(most, number_in(top / group / "cpu.stat", "throttled_usec"));
    if (group.empty()) return most;
  }
}

}  // namespace

MachineTimes read_machine_times(const fs::path& root) {
  MachineTimes times{.throttled_us = throttled_us(root)};
  std::ifstream stream{root / "proc/stat"};
  std::string line;
  if (!std::getline(stream, line)) return times;
  std::istringstream words{line};  // cpu user nice system idle iowait irq softirq steal guest ...
  std::string name;
  words >> name;
  std::int64_t ticks = 0;
  for (int column = 0; column < 8 && words >> ticks; ++column) {
    times.processor += ticks;
    if (column == 7) times.stolen = ticks;
  }
  return times;
}

void add_machine_limits(const MachineTimes& before, const MachineTimes& after,
                        std::chrono::nanoseconds length, Limits& limits) {
  const double us = std::chrono::duration<double, std::micro>{length}.count();
  if (us > 0) {
    limits.throttled = static_cast<double>(after.throttled_us - before.throttled_us) / us;
  }
  const auto processor = static_cast<double>(after.processor - before.processor);
  if (processor > 0) limits.stolen = static_cast<double>(after.stolen - before.stolen) / processor;
  limits.throttled = std::clamp(limits.throttled, 0.0, 1.0);
  limits.stolen = std::clamp(limits.stolen, 0.0, 1.0);
}

void keep_freed_memory() {
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
}

Capacity read_capacity(const fs::path& root) {
  Capacity capacity;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    capacity.files = static_cast<std::int64_t>(std::min<rlim_t>(limit.rlim_max, INT64_MAX));
  }
  std::ifstream stream{root / "proc/sys/net/ipv4/ip_local_port_range"};
  std::int64_t first = 0, last = 0;
  if (stream >> first >> last) capacity.ports = std::max<std::int64_t>(last - first + 1, 0);
  return capacity;
}

std::int64_t raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<std::int64_t>(limit.rlim_cur);
}

void make_room_for_files(std::int64_t files) {
  constexpr std::int64_t kFilesMax = 65'536;  // 0.5 MB of the kernel's memory
  if (files <= 0) return;
  const int file = eventfd(0, EFD_CLOEXEC);
  if (file < 0) return;
  const auto last = static_cast<int>(std::min(files, kFilesMax) - 1);
  const int highest = fcntl(file, F_DUPFD_CLOEXEC, last);
  if (highest >= 0) close(highest);
  close(file);
}

}  // namespace pcx::load
