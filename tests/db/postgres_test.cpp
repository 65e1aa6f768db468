#include "tests/support/postgres.h"

#include <array>
#include <chrono>
#include <csignal>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/db/fixture.h"

namespace pcx::testing {
namespace {

TEST(Postgres, IsRemovedWithATestProgramThatIsKilled) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), 0), 0);
  const pid_t child = fork();
  if (child == 0) {
    const Postgres server;
    const std::string folder = server.folder().string();
    if (write(ends[1], folder.data(), folder.size()) < 0) _exit(1);
    for (;;) pause();
  }
  std::array<char, 256> buffer{};
  const auto size = read(ends[0], buffer.data(), buffer.size());
  close(ends[0]);
  close(ends[1]);
  ASSERT_GT(size, 0);
  const std::filesystem::path folder{std::string{buffer.data(), static_cast<std::size_t>(size)}};
  EXPECT_TRUE(std::filesystem::exists(folder / "data/PG_VERSION"));
  kill(child, SIGKILL);
  wait_for_end(child);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (std::filesystem::exists(folder) && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(Postgres, ListensOnTcpWhenAsked) {
  const Postgres server{{.tcp = true}};
  db::Database database{db::parse_target(server.tcp_url("postgres")), {}};
  EXPECT_EQ(database.described(), server.tcp_url("postgres"));
}

}  // namespace
}  // namespace pcx::testing
