// The keys in pcx's memory are in no core dump, and nobody of the same user can look at them.
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/shell.h"
#include "tests/support/temporary_folder.h"

namespace pcx::cli {
namespace {

using testing::TemporaryFolder;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

// Takes connections and never says a word.
class SilentServer {
 public:
  SilentServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 5) != 0 ||
        getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error{"no port to listen on"};
    }
    port_ = ntohs(address.sin_port);
  }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  ~SilentServer() { close(listener_); }
  int port() const { return port_; }

 private:
  int listener_;
  int port_ = 0;
};

// A program that may dump core, run in a folder where it could, by a user who is not root where
// that can be arranged.
class Waiting {
 public:
  explicit Waiting(const std::string& command) {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
    std::filesystem::copy_file(testing::pcx_binary(), folder_.path() / "pcx");
    const std::string script =
        "cd " + folder_.path().string() + " && ulimit -c unlimited && exec env -i " + command;
    pid_ = testing::spawn({"sh", "-c", script},
                          {.as_postgres = true, .signal_when_parent_dies = SIGKILL});
  }
  ~Waiting() {
    if (pid_ > 0) kill(pid_, SIGKILL);
    if (pid_ > 0) testing::wait_for_end(pid_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  std::string proc(const std::string& name) const {
    return "/proc/" + std::to_string(pid_) + "/" + name;
  }
  // Until it is what was to be run, and waits.
  void wait_until_it_waits(const std::string& name) const {
    const auto is_there = [&] {
      const std::string status = testing::content_of(proc("status"));
      return status.starts_with("Name:\t" + name + "\n") &&
             status.find("State:\tS") != std::string::npos;
    };
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!is_there()) {
      ASSERT_LT(std::chrono::steady_clock::now(), until) << testing::content_of(proc("status"));
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }
  // Whether it can be looked at by its own user.
  bool is_open_to_its_user() const {
    return testing::wait_for_end(testing::spawn({"cat", proc("environ")}, {.as_postgres = true})) ==
           0;
  }
  bool leaves_a_core() {
    kill(pid_, SIGABRT);
    int status = 0;
    if (waitpid(pid_, &status, 0) != pid_) throw std::runtime_error{"waitpid"};
    pid_ = -1;
    EXPECT_TRUE(WIFSIGNALED(status));
    return WCOREDUMP(status);
  }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
};

TEST(CoreDump, IsWrittenOfOtherPrograms) {
  Waiting other{"sleep 60"};
  other.wait_until_it_waits("sleep");
  EXPECT_TRUE(other.is_open_to_its_user());
  if (testing::content_of("/proc/sys/kernel/core_pattern") != "core\n") {
    GTEST_SKIP() << "core dumps go elsewhere on this machine";
  }
  EXPECT_TRUE(other.leaves_a_core());
}

TEST(CoreDump, IsNotWrittenOfPcx) {
  if (kIsSanitized) GTEST_SKIP() << "sanitizers look into their process";
  const SilentServer silent;
  Waiting pcx{fmt::format("./pcx key status --database-url postgresql://ann@127.0.0.1:{}/clinic",
                          silent.port())};
  pcx.wait_until_it_waits("pcx");
  EXPECT_THAT(testing::content_of(pcx.proc("limits")),
              ::testing::ContainsRegex("Max core file size +0 +0 "));
  EXPECT_FALSE(pcx.is_open_to_its_user());
  EXPECT_FALSE(pcx.leaves_a_core());
}

}  // namespace
}  // namespace pcx::cli
