// The sandbox's server with PostgreSQL's real programs.
#include "sandbox/cluster.h"

#include <atomic>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/cluster_files.h"
#include "sandbox/cluster_make.h"
#include "sandbox/cluster_programs.h"
#include "sandbox/cluster_psql.h"
#include "sandbox/cluster_server.h"
#include "tests/sandbox/bystander.h"
#include "tests/sandbox/cluster_fixture.h"

namespace pcx::sandbox {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr db::Statement kMakeTable{"test.make_table", "CREATE TABLE public.kept (n int)"};
constexpr db::Statement kFillTable{"test.fill_table", "INSERT INTO public.kept VALUES (42)"};
constexpr db::Statement kReadTable{"test.read_table", "SELECT n FROM public.kept"};
constexpr db::Statement kCountTables{"test.count_tables",
                                     "SELECT count(*) FROM pg_class WHERE relname = 'kept'"};
constexpr db::Statement kListenAddresses{"test.listen",
                                         "SELECT current_setting('listen_addresses')"};
constexpr db::Statement kFsync{"test.fsync", "SELECT current_setting('fsync')"};
constexpr db::Statement kDataFolder{"test.folder", "SELECT current_setting('data_directory')"};

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

TEST(Cluster, ComesUpPrivateAndGoesDown) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "it's a \"sand box\" $(no)"};
  EXPECT_EQ(sandbox.state(), ServerState::absent);

  const UpReport report = sandbox.up();
  EXPECT_TRUE(report.made);
  EXPECT_TRUE(report.started);
  EXPECT_FALSE(report.recovered);
  EXPECT_EQ(sandbox.state(), ServerState::running);
  EXPECT_EQ(report.state.data_folder, sandbox.layout().data_folder());
  EXPECT_EQ(sandbox.ask(kListenAddresses), "");
  EXPECT_EQ(sandbox.ask(kFsync), "on");
  EXPECT_EQ(sandbox.ask(kDataFolder), sandbox.layout().data_folder().native());
  EXPECT_EQ(mode_of(report.state.socket_folder), 0700U);
  EXPECT_EQ(mode_of(report.state.data_folder), 0700U);
  EXPECT_EQ(mode_of(sandbox.layout().folder), ::geteuid() == 0 ? 0711U : 0700U);
  EXPECT_EQ(mode_of(sandbox.layout().state_file()), 0600U);
  EXPECT_THAT(unfinished_data_folders(report.state), IsEmpty());

  EXPECT_TRUE(sandbox.down());
  EXPECT_EQ(sandbox.state(), ServerState::stopped);
  EXPECT_FALSE(sandbox.down());
}

TEST(Cluster, TellsAboutTheRunningDatabase) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const UpReport report = sandbox.up();
  sandbox.tell(kMakeTable);
  const Status status = sandbox.cluster().status();
  EXPECT_EQ(status.process, report.process);
  EXPECT_EQ(status.problem, "");
  ASSERT_TRUE(status.facts.has_value());
  EXPECT_EQ(status.facts->tables, 1);
  EXPECT_EQ(status.facts->migrations, 0);
  EXPECT_EQ(status.facts->server_version, report.state.server_version);
  EXPECT_GT(status.facts->database_bytes, 1'000'000);
  EXPECT_GT(status.data_bytes.value_or(0), status.facts->database_bytes);
}

TEST(Cluster, UpTwiceDoesNothingTheSecondTime) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const UpReport first = sandbox.up();
  const UpReport second = sandbox.up();
  EXPECT_FALSE(second.made);
  EXPECT_FALSE(second.started);
  EXPECT_EQ(first.process, second.process);
}

TEST(Cluster, KeepsItsDataOverDownAndUp) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  sandbox.up();
  sandbox.tell(kMakeTable);
  sandbox.tell(kFillTable);
  const std::string key = read_file(sandbox.layout().key_file());
  sandbox.down();
  const UpReport report = sandbox.up();
  EXPECT_TRUE(report.started);
  EXPECT_FALSE(report.made);
  EXPECT_FALSE(report.recovered);
  EXPECT_EQ(sandbox.ask(kReadTable), "42");
  EXPECT_EQ(read_file(sandbox.layout().key_file()), key);
}

TEST(Cluster, RecoversFromAKilledServer) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  sandbox.tell(kMakeTable);
  sandbox.tell(kFillTable);
  kill_postmaster(state);
  EXPECT_EQ(sandbox.state(), ServerState::crashed);
  EXPECT_FALSE(sandbox.down());
  const UpReport report = sandbox.up();
  EXPECT_TRUE(report.recovered);
  EXPECT_EQ(sandbox.ask(kReadTable), "42");
}

TEST(Cluster, ComesBackAfterTmpWasEmptied) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  kill_postmaster(state);
  std::filesystem::remove_all(state.socket_folder);
  EXPECT_TRUE(sandbox.up().recovered);
  EXPECT_EQ(sandbox.state(), ServerState::running);
}

// The first line of a file becomes another process's number, as after a reboot.
void replace_process(const std::filesystem::path& file, pid_t process) {
  const std::string text = read_file(file);
  std::ofstream{file} << process << text.substr(text.find('\n'));
}

TEST(Cluster, LeavesTheProcessAloneThatHasItsNumberNow) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  kill_postmaster(state);
  for (const auto& orphan : find_server_processes(state.data_folder)) {
    SystemClock clock;
    ASSERT_TRUE(orphan.wait_for_end(clock, std::chrono::seconds{30}));
  }
  const Bystander bystander{"/"};
  replace_process(pid_file_of(state.data_folder), bystander.process());
  replace_process(socket_file(state).native() + ".lock", bystander.process());

  EXPECT_EQ(sandbox.state(), ServerState::crashed);
  EXPECT_FALSE(sandbox.down());
  EXPECT_TRUE(bystander.lives());
  EXPECT_TRUE(sandbox.up().recovered);
  EXPECT_TRUE(bystander.lives());
  sandbox.destroy();
  EXPECT_TRUE(bystander.lives());
}

TEST(Cluster, RecoversFromAnEmptyPidFile) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  kill_postmaster(state);
  std::ofstream{pid_file_of(state.data_folder)};
  EXPECT_TRUE(sandbox.up().recovered);
}

TEST(Cluster, DoesNotEndAServerThatItDidNotStart) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  State state = sandbox.up().state;
  sandbox.down();
  State by_hand = state;
  by_hand.socket_folder = socket_folder_name(owner_of(state.data_folder), "00000000beef");
  SystemClock clock;
  const Account account = owner_of(state.data_folder);
  make_socket_folder(by_hand, account);
  start_server(find_programs(sandbox.environment()), by_hand, account, clock);

  EXPECT_TRUE(sandbox.cluster().status().foreign);
  for (const Error& error : {error_of([&] { sandbox.down(); }), error_of([&] { sandbox.up(); }),
                             error_of([&] { sandbox.destroy(); })}) {
    EXPECT_EQ(error.code(), ErrorCode::conflict);
    EXPECT_EQ(error.reason(), "foreign_server");
  }
  const auto server = find_server(by_hand);
  ASSERT_TRUE(server.has_value());
  stop_server(*server, Shutdown::fast, clock);
  remove_socket_folder(by_hand, account);
}

TEST(Cluster, LetsSeveralFoldersCoexist) {
  const PassableFolder parent;
  OneSandbox one{parent.path() / "one"};
  OneSandbox two{parent.path() / "two"};
  const UpReport first = one.up();
  const UpReport second = two.up();
  EXPECT_NE(first.process, second.process);
  one.tell(kMakeTable);
  EXPECT_EQ(one.ask(kCountTables), "1");
  EXPECT_EQ(two.ask(kCountTables), "0");
  one.destroy();
  EXPECT_EQ(two.state(), ServerState::running);
}

TEST(Cluster, ComesUpOnceForTwoAtATime) {
  const PassableFolder parent;
  OneSandbox one{parent.path() / "sandbox"};
  OneSandbox two{parent.path() / "sandbox"};
  UpReport first;
  std::thread other{[&] { first = one.up(); }};
  const UpReport second = two.up();
  other.join();
  EXPECT_NE(first.made, second.made);
  EXPECT_NE(first.started, second.started);
  EXPECT_EQ(first.process, second.process);
}

TEST(Cluster, SaysThatItIsBusy) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const FolderLock held = sandbox.cluster().lock_for_up(kLockWait);
  const Error error =
      error_of([&] { sandbox.cluster().lock_for_up(std::chrono::milliseconds{60}); });
  EXPECT_EQ(error.code(), ErrorCode::busy);
}

TEST(Cluster, CopiedFolderGetsASocketOfItsOwn) {
  const PassableFolder parent;
  OneSandbox original{parent.path() / "original"};
  const State state = original.up().state;
  original.down();
  const auto copy_folder = parent.path() / "copy";
  ASSERT_EQ(std::system(
                fmt::format("cp -a {} {}", original.layout().folder.native(), copy_folder.native())
                    .c_str()),
            0);
  original.up();
  OneSandbox copy{copy_folder};
  const UpReport report = copy.up();
  EXPECT_NE(report.state.socket_folder, state.socket_folder);
  EXPECT_THAT(read_file(copy.layout().config_file()),
              HasSubstr(report.state.socket_folder.native()));
  EXPECT_EQ(original.state(), ServerState::running);
}

TEST(Cluster, DoesNotUseASocketFolderOfSomebodyElse) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  sandbox.down();
  std::filesystem::remove_all(state.socket_folder);
  std::filesystem::create_directory_symlink(parent.path(), state.socket_folder);
  const UpReport report = sandbox.up();
  EXPECT_NE(report.state.socket_folder, state.socket_folder);
  EXPECT_TRUE(std::filesystem::is_symlink(state.socket_folder));
  std::filesystem::remove(state.socket_folder);
}

TEST(Cluster, SpeaksOnlyToAServerOfItsOwnAccount) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  const auto user = name_of(owner_of(state.data_folder).user);
  ASSERT_TRUE(user.has_value());  // without one initdb itself refuses to run
  db::Target target = target_of(state);
  EXPECT_EQ(target.keywords.back(), (std::pair<std::string, std::string>{"requirepeer", *user}));
  target.keywords.back().second = "daemon";
  const Error error = error_of([&] { db::Database{target, {}}; });
  EXPECT_EQ(error.code(), ErrorCode::unreachable);
  EXPECT_THAT(std::string{error.what()} + error.detail(), HasSubstr("daemon"));
}

TEST(Cluster, AnswersOnTcpWhenAsked) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const int port = 20'000 + static_cast<int>(::getpid() % 20'000);
  const UpReport report = sandbox.up({.port = port});
  EXPECT_EQ(sandbox.ask(kListenAddresses), "127.0.0.1");
  db::Target target;
  target.keywords = {{"host", "127.0.0.1"},
                     {"port", std::to_string(port)},
                     {"user", "postgres"},
                     {"dbname", "purple_cross"}};
  EXPECT_EQ(error_of([&] { db::Database(target, {}); }).code(), ErrorCode::permission);
  target.password = read_secret_file(sandbox.layout().password_file());
  EXPECT_NO_THROW(db::Database(target, {}));

  EXPECT_NO_THROW(sandbox.up({.port = port}));
  EXPECT_NO_THROW(sandbox.up());
  const Error error = error_of([&] { sandbox.up({.port = port + 1}); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "port");

  sandbox.down();
  sandbox.up();
  EXPECT_EQ(sandbox.ask(kListenAddresses), "");
  EXPECT_THAT(read_file(sandbox.layout().config_file()), HasSubstr(":5432/"));
}

TEST(Cluster, NamesAPortThatIsTaken) {
  const PassableFolder parent;
  OneSandbox one{parent.path() / "one"};
  OneSandbox two{parent.path() / "two"};
  const int port = 40'000 + static_cast<int>(::getpid() % 20'000);
  one.up({.port = port});
  const Error error = error_of([&] { two.up({.port = port}); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_THAT(error.what(), HasSubstr(fmt::format("port {}", port)));
  EXPECT_FALSE(std::filesystem::exists(two.layout().folder));
}

TEST(Cluster, KeepsRootsDataWhereTheServerCanReachIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root's server has another account";
  const pcx::testing::TemporaryFolder parent;  // 0700
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  EXPECT_EQ(state.data_folder, "/var/lib/pcx/sandbox-" + state.id);
  EXPECT_EQ(mode_of(state.data_folder), 0700U);
  EXPECT_EQ(mode_of(sandbox.layout().folder), 0700U);
  EXPECT_NE(owner_of(state.data_folder).user, 0U);
  EXPECT_EQ(owner_of(sandbox.layout().folder).user, 0U);
  EXPECT_EQ(sandbox.state(), ServerState::running);
  sandbox.destroy();
  EXPECT_FALSE(std::filesystem::exists(state.data_folder));
}

TEST(Cluster, DestroyLeavesNothing) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const UpReport report = sandbox.up();
  EXPECT_THAT(sandbox.cluster().belongings(), ::testing::Contains(report.state.data_folder));
  sandbox.destroy();
  EXPECT_FALSE(std::filesystem::exists(report.state.socket_folder));
  EXPECT_THAT(entries_of(parent.path()), IsEmpty());
  EXPECT_EQ(sandbox.state(), ServerState::absent);
}

TEST(Cluster, DestroyLeavesWhatItDidNotMake) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  sandbox.up();
  const auto mine = parent.write("sandbox/notes.txt", "mine");
  sandbox.destroy();
  EXPECT_THAT(entries_of(sandbox.layout().folder), ::testing::ElementsAre(mine));
}

TEST(Cluster, MakesAnEmptyDatabaseAgain) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  sandbox.up();
  sandbox.tell(kMakeTable);
  db::Database somebody{target_of(sandbox.cluster().require_running()), {}};
  const auto lock = sandbox.cluster().lock(kLockWait);
  sandbox.cluster().recreate_database(*lock);
  EXPECT_EQ(sandbox.ask(kCountTables), "0");
}

TEST(Cluster, NamesTheStateFileThatIsBroken) {
  const PassableFolder parent;
  parent.write("sandbox/sandbox.json", "{\"format\": 1");
  OneSandbox sandbox{parent.path() / "sandbox"};
  const Error error = error_of([&] { sandbox.up(); });
  EXPECT_EQ(error.code(), ErrorCode::data);
  EXPECT_THAT(error.what(), HasSubstr(sandbox.layout().state_file().native()));
  std::filesystem::remove_all(sandbox.layout().folder);
}

TEST(Cluster, RefusesAFolderWithOtherFiles) {
  const PassableFolder parent;
  parent.write("sandbox/thesis.tex", "mine");
  OneSandbox sandbox{parent.path() / "sandbox"};
  const Error error = error_of([&] { sandbox.up(); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "foreign_folder");
  EXPECT_EQ(entries_of(sandbox.layout().folder).size(), 1U);
}

TEST(Cluster, SaysThatItsDataIsGone) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const State state = sandbox.up().state;
  sandbox.down();
  std::filesystem::remove_all(state.data_folder);
  const Error error = error_of([&] { sandbox.up(); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.what(), HasSubstr(state.data_folder.native()));
}

TEST(Cluster, SaysWhatToRunWhenThereIsNone) {
  const PassableFolder parent;
  OneSandbox sandbox{parent.path() / "sandbox"};
  const Error error = error_of([&] { sandbox.cluster().require_running(); });
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_THAT(error.hint(), HasSubstr("pcx sandbox up"));
}

TEST(Cluster, LeavesNothingWhenTheDiskIsFull) {
  const PassableFolder parent;
  const OtherProgram initdb{parent, "initdb",
                            "touch PG_VERSION\n"
                            "echo 'initdb: error: could not write: No space left on device' >&2\n"
                            "exit 1\n"};
  OneSandbox sandbox{parent.path() / "sandbox", initdb.variables()};
  const Error error = error_of([&] { sandbox.up(); });
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_THAT(error.what(), HasSubstr("the disk is full"));
  EXPECT_FALSE(std::filesystem::exists(sandbox.layout().folder));
}

TEST(Cluster, TellsWhatInitdbSaid) {
  const PassableFolder parent;
  const OtherProgram initdb{parent, "initdb", "echo 'initdb: error: no such thing' >&2\nexit 3\n"};
  OneSandbox sandbox{parent.path() / "sandbox", initdb.variables()};
  const Error error = error_of([&] { sandbox.up(); });
  EXPECT_EQ(error.code(), ErrorCode::cannot_create);
  EXPECT_THAT(error.detail(), HasSubstr("no such thing"));
  EXPECT_FALSE(std::filesystem::exists(sandbox.layout().folder));
}

}  // namespace
}  // namespace pcx::sandbox
