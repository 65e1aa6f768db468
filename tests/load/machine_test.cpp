#include "load/machine.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace pcx::load {
namespace {

using std::chrono::seconds;

TEST(MachineTimes, AreThoseOfTheProcessorsAndTheTightestGroup) {
  const testing::TemporaryFolder root;
  root.write("proc/self/cgroup", "0::/work.slice/pcx.scope\n");
  root.write("proc/stat", "cpu  100 5 50 800 20 0 5 20 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
  root.write("sys/fs/cgroup/cpu.stat", "usage_usec 9\n");
  root.write("sys/fs/cgroup/work.slice/cpu.stat", "usage_usec 9\nthrottled_usec 700000\n");
  root.write("sys/fs/cgroup/work.slice/pcx.scope/cpu.stat", "throttled_usec 20\n");
  const MachineTimes times = read_machine_times(root.path());
  EXPECT_EQ(times.throttled_us, 700'000);
  EXPECT_EQ(times.processor, 1'000);
  EXPECT_EQ(times.stolen, 20);
}

TEST(MachineTimes, AreNothingWhereTheKernelSaysNothing) {
  const testing::TemporaryFolder root;
  const MachineTimes times = read_machine_times(root.path());
  EXPECT_EQ(times.throttled_us, 0);
  EXPECT_EQ(times.processor, 0);
}

TEST(MachineTimes, AreReadFromThisMachine) { EXPECT_GT(read_machine_times().processor, 0); }

TEST(MachineCapacity, IsWhatTheKernelSays) {
  const testing::TemporaryFolder root;
  root.write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
  EXPECT_EQ(read_capacity(root.path()).ports, 28'232);
  EXPECT_GT(read_capacity(root.path()).files, 0);
}

// As the kernel tells of the table of this process.
std::int64_t room_for_files() {
  std::ifstream status{"/proc/self/status"};
  std::string word;
  while (status >> word && word != "FDSize:") {
  }
  std::int64_t room = 0;
  status >> room;
  return room;
}

TEST(MachineFiles, HaveTheirRoomBeforeTheyAreOpened) {
  const std::int64_t limit = raise_file_limit();
  ASSERT_GT(limit, 1'000);
  make_room_for_files(0);
  make_room_for_files(1'000);
  EXPECT_GE(room_for_files(), 1'000);
  make_room_for_files(limit);
  EXPECT_GE(room_for_files(), std::min<std::int64_t>(limit, 65'536));
  const int next = ::dup(STDIN_FILENO);
  EXPECT_LT(next, 1'000) << "what it took for that is given back";
  ::close(next);
}

TEST(MachineLimits, AreShares) {
  Limits limits;
  add_machine_limits({.throttled_us = 1'000'000, .stolen = 10, .processor = 1'000},
                     {.throttled_us = 1'500'000, .stolen = 40, .processor = 1'300}, seconds{10},
                     limits);
  EXPECT_DOUBLE_EQ(limits.throttled, 0.05);
  EXPECT_DOUBLE_EQ(limits.stolen, 0.1);
}

TEST(MachineLimits, AreNothingOfNoTime) {
  Limits limits;
  add_machine_limits({}, {}, seconds{0}, limits);
  EXPECT_EQ(limits.throttled, 0);
  EXPECT_EQ(limits.stolen, 0);
}

}  // namespace
}  // namespace pcx::load
