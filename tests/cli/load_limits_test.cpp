// A load test whose generator is the limit, of the real binary: it is never VALID, the limit is
// named, and the exit code says so.
#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/shell.h"

namespace pcx::cli {
namespace {

using ::testing::HasSubstr;
using testing::Ran;
using testing::Shell;

// 300 users in 2 s, whose answers take a second each.
constexpr const char* kSlow =
    "config: {target: 'http://127.0.0.1:1', phases: [{duration: 2, arrivalRate: 150}]}\n"
    "scenarios: [{flow: [{get: {url: /delay/1000}}]}]\n";

// With pcx's own small server behind $PORT.
Ran with_server(const Shell& shell, const std::string& command) {
  std::ofstream{shell.folder() / "slow.yml"} << kSlow;
  return shell.run(
      "pcx load serve-target --port 0 --port-file port >/dev/null 2>&1 & server=$!\n"
      "until [ -s port ]; do kill -0 $server || exit 99; sleep 0.02; done\n"
      "export PORT=$(cat port)\n" +
      command +
      "\ncode=$?\n"
      "kill $server; wait $server\n"
      "exit $code");
}

TEST(LoadLimits, AreNamedWhenDescriptorsRunOut) {
  const Shell shell;
  const Ran ran = with_server(
      shell, "sh -c 'ulimit -n 100; exec pcx load run -t http://127.0.0.1:$PORT slow.yml'");
  EXPECT_EQ(ran.exit, 3) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("INVALID"));
  EXPECT_THAT(ran.out, HasSubstr("descriptor"));
}

// The server and pcx are in a network namespace of their own, with 100 local ports.
TEST(LoadLimits, AreNamedWhenLocalPortsRunOut) {
  const Shell shell;
  if (shell.run("unshare -rn true").exit != 0) GTEST_SKIP() << "no network namespace to be had";
  std::ofstream{shell.folder() / "inside.sh"}
      << "ip link set lo up || exit 98\n"
         "echo 40000 40099 > /proc/sys/net/ipv4/ip_local_port_range || exit 97\n"
         "pcx load serve-target --port 0 --port-file port >/dev/null 2>&1 & server=$!\n"
         "until [ -s port ]; do kill -0 $server || exit 99; sleep 0.02; done\n"
         "pcx load run -t http://127.0.0.1:$(cat port) slow.yml\n"
         "code=$?\n"
         "kill $server; wait $server\n"
         "exit $code\n";
  std::ofstream{shell.folder() / "slow.yml"} << kSlow;
  const Ran ran = shell.run("unshare -rn sh inside.sh");
  EXPECT_EQ(ran.exit, 3) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("INVALID"));
  EXPECT_THAT(ran.out, HasSubstr("port"));
}

TEST(LoadLimits, AreNamedWhenTheGeneratorStoodStill) {
  const Shell shell;
  const Ran ran = with_server(shell,
                              "pcx load run -t http://127.0.0.1:$PORT slow.yml & run=$!\n"
                              "sleep 0.7; kill -STOP $run; sleep 0.7; kill -CONT $run\n"
                              "wait $run");
  EXPECT_EQ(ran.exit, 3) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("INVALID"));
  EXPECT_THAT(ran.out, HasSubstr(" late "));
}

}  // namespace
}  // namespace pcx::cli
