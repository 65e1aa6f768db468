// Somebody else who keeps the server's processors as busy as a rotation does, and touches no table:
// writers notice that, too, and it is nobody's fault but the processors'.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "db/database.h"

namespace pcx::testing {

namespace detail {

struct ProcessTimes {
  pid_t parent = 0;
  double own = 0;       // seconds of processors
  double children = 0;  // of those that have ended
};

// proc(5); zeros for a process that is gone.
inline ProcessTimes times_of(const std::string& pid) {
  std::ifstream file{"/proc/" + pid + "/stat"};
  std::stringstream text;
  text << file.rdbuf();
  const std::string line = text.str();
  const auto end_of_name = line.rfind(')');
  if (end_of_name == std::string::npos) return {};
  std::istringstream fields{line.substr(end_of_name + 2)};
  std::string state, skipped;
  ProcessTimes times;
  double user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> state >> times.parent;
  for (int i = 0; i < 9; ++i) fields >> skipped;
  fields >> user >> system >> children_user >> children_system;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  times.own = (user + system) / ticks;
  times.children = (children_user + children_system) / ticks;
  return times;
}

}  // namespace detail

// Seconds of processors that a server and all of its processes have used, the ended ones too.
inline double cpu_seconds_of(pid_t server) {
  const auto postmaster = detail::times_of(std::to_string(server));
  double sum = postmaster.own + postmaster.children;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    const auto times = detail::times_of(pid);
    if (times.parent == server) sum += times.own;
  }
  return sum;
}

class OtherWork {
 public:
  // `share` of a processor, in statements of a third of a millisecond.
  OtherWork(db::Database database, double share)
      : database_(std::move(database)), share_(share), thread_([this] { work(); }) {}
  OtherWork(const OtherWork&) = delete;
  OtherWork& operator=(const OtherWork&) = delete;
  ~OtherWork() {
    is_over_ = true;
    thread_.join();
  }

 private:
  void work() {
    const db::Statement statement{"race.other_work",
                                  "SELECT count(*) FROM generate_series(1, 3000)"};
    while (!is_over_) {
      const auto began = std::chrono::steady_clock::now();
      database_.query(statement);
      const auto took = std::chrono::steady_clock::now() - began;
      std::this_thread::sleep_for(took * ((1 - share_) / share_));  // the load, not a wait
    }
  }

  db::Database database_;
  double share_;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace pcx::testing
