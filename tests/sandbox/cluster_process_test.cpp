#include "sandbox/cluster_process.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/clock.h"
#include "tests/sandbox/bystander.h"
#include "tests/support/temporary_folder.h"

namespace pcx::sandbox {
namespace {

using pcx::testing::TemporaryFolder;

constexpr const char* kWhole =
    "4711\n/srv/it's data\n1700000000\n5432\n/tmp/pcx-0-0123456789ab\n\n  1234567    98304\nready  "
    " "
    "\n";

TEST(ParsePidFile, ReadsWhatPostgresqlWrites) {
  const auto file = parse_pid_file(kWhole);
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->process, 4711);
  EXPECT_EQ(file->data_folder, "/srv/it's data");
  EXPECT_EQ(file->started_at, 1'700'000'000);
  EXPECT_EQ(file->port, 5432);
  EXPECT_EQ(file->socket_folder, "/tmp/pcx-0-0123456789ab");
}

TEST(ParsePidFile, KnowsTheSingleUserMode) {
  EXPECT_EQ(parse_pid_file("-17\n/d\n1\n5432\n\n")->process, 17);
}

class UnfinishedPidFile : public ::testing::TestWithParam<std::string> {};

TEST_P(UnfinishedPidFile, IsNone) { EXPECT_FALSE(parse_pid_file(GetParam()).has_value()); }

INSTANTIATE_TEST_SUITE_P(Cases, UnfinishedPidFile,
                         ::testing::Values("", "\n\n\n\n\n", "4711", "4711\n/d\n17\n5432",
                                           "x\n/d\n1\n5432\n/t\n", "1\n/d\nx\n5432\n/t\n",
                                           "1\n/d\n1\nx\n/t\n", "1 2\n/d\n1\n1\n/t\n",
                                           "99999999999999999999\n/d\n1\n1\n/t\n"));

TEST(ReadPidFile, IsNoneWithoutAFile) {
  const TemporaryFolder folder;
  EXPECT_FALSE(read_pid_file(folder.path() / "postmaster.pid").has_value());
}

TEST(FindPostmaster, TakesNoOtherProgramForTheServer) {
  const TemporaryFolder folder;
  const Bystander bystander{folder.path()};
  folder.write("postmaster.pid", std::to_string(bystander.process()) + "\n" +
                                     folder.path().native() + "\n1700000000\n5432\n/tmp\n");
  EXPECT_FALSE(find_postmaster(folder.path()).has_value());
  EXPECT_TRUE(find_server_processes(folder.path()).empty());
  EXPECT_TRUE(bystander.lives());
}

TEST(FindPostmaster, FindsNothingWithoutAFolderOrAFile) {
  const TemporaryFolder folder;
  EXPECT_FALSE(find_postmaster(folder.path()).has_value());
  EXPECT_FALSE(find_postmaster(folder.path() / "absent").has_value());
  EXPECT_TRUE(find_server_processes(folder.path() / "absent").empty());
}

TEST(ProcessHandle, SeesTheEndOfAProcess) {
  const TemporaryFolder folder;
  SystemClock clock;
  const Bystander bystander{folder.path()};
  const auto handle = ProcessHandle::open(bystander.process());
  ASSERT_TRUE(handle.has_value());
  EXPECT_FALSE(handle->wait_for_end(clock, std::chrono::milliseconds{1}));
  EXPECT_TRUE(handle->signal(SIGKILL));
  EXPECT_TRUE(handle->wait_for_end(clock, std::chrono::seconds{30}));
}

TEST(ProcessHandle, IsNoneForAProcessThatIsGone) {
  const pid_t process = ::fork();
  if (process == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(process, nullptr, 0), process);
  EXPECT_FALSE(ProcessHandle::open(process).has_value());
  EXPECT_FALSE(ProcessHandle::open(0).has_value());
  EXPECT_FALSE(ProcessHandle::open(-1).has_value());
}

}  // namespace
}  // namespace pcx::sandbox
