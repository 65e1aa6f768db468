// `up` does not come to its end: Ctrl-C ends what it started, and after kill -9 the next one
// finishes or clears away what was begun.
#include <csignal>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sandbox/cluster_files.h"
#include "sandbox/cluster_make.h"
#include "tests/sandbox/cluster_fixture.h"

namespace pcx::sandbox {
namespace {

using ::testing::IsEmpty;

// A place where a program says that it has come to a point: its process number, read once.
class Meeting {
 public:
  explicit Meeting(const PassableFolder& parent) : path_(parent.path() / "meeting") {
    if (::mkfifo(path_.c_str(), 0666) != 0) ADD_FAILURE() << "cannot make a FIFO";
    ::chmod(path_.c_str(), 0666);
  }
  std::string announce() const { return fmt::format("echo $$ > {}\n", path_.native()); }
  pid_t wait() const {
    pid_t process = 0;
    std::ifstream{path_} >> process;
    return process;
  }

 private:
  std::filesystem::path path_;
};

// A script that says that it is there and then becomes another program has not become it yet.
void wait_for_exec(pid_t process, std::string_view program) {
  const std::string link = fmt::format("/proc/{}/exe", process);
  std::error_code gone;
  while (!gone && std::filesystem::read_symlink(link, gone).filename() != program) ::sched_yield();
}

// A zombie, which nobody has waited for yet, has no program any more.
bool lives(pid_t process) {
  std::error_code gone;
  const auto program = std::filesystem::read_symlink(fmt::format("/proc/{}/exe", process), gone);
  return !gone && !program.empty();
}

// Runs `up` and requests a stop at the meeting.
Error stopped_up(OneSandbox& sandbox, Interrupt& interrupt, const Meeting& meeting,
                 pid_t* met = nullptr) {
  std::thread operator_at_the_terminal{[&] {
    const pid_t process = meeting.wait();
    if (met != nullptr) *met = process;
    interrupt.request(Interrupt::Signal::interrupt);
  }};
  const Error error = error_of([&] { sandbox.up(); });
  operator_at_the_terminal.join();
  return error;
}

TEST(ClusterStop, EndsInitdbAndLeavesNothing) {
  const PassableFolder parent;
  const Meeting meeting{parent};
  const OtherProgram initdb{parent, "initdb",
                            "touch half-made\n" + meeting.announce() + "exec sleep 600\n"};
  Interrupt interrupt;
  OneSandbox sandbox{parent.path() / "sandbox", initdb.variables(), &interrupt};
  pid_t sleeper = 0;
  const Error error = stopped_up(sandbox, interrupt, meeting, &sleeper);
  EXPECT_EQ(error.code(), ErrorCode::interrupted);
  ASSERT_GT(sleeper, 0);
  EXPECT_FALSE(lives(sleeper));
  EXPECT_FALSE(std::filesystem::exists(sandbox.layout().folder));
}

// The server runs, and pg_ctl has not come back yet.
std::string hanging_pg_ctl(const Meeting& meeting) {
  return "\"$real\" \"$@\"\n" + meeting.announce() + "exec sleep 600\n";
}

TEST(ClusterStop, EndsTheServerThatWasStarting) {
  const PassableFolder parent;
  const Meeting meeting{parent};
  const OtherProgram pg_ctl{parent, "pg_ctl", hanging_pg_ctl(meeting)};
  OneSandbox plain{parent.path() / "sandbox"};
  const State state = plain.up().state;
  plain.down();
  Interrupt interrupt;
  {
    SystemClock clock;
    SystemRandom random;
    const MapEnvironment environment{pg_ctl.variables()};
    Cluster cluster{plain.layout(), environment, clock, random, &interrupt};
    std::thread operator_at_the_terminal{[&] {
      meeting.wait();
      interrupt.request(Interrupt::Signal::terminate);
    }};
    const FolderLock lock = cluster.lock_for_up(kLockWait);
    const Error error = error_of([&] { cluster.up(lock, {}, [](std::string_view) {}); });
    operator_at_the_terminal.join();
    EXPECT_EQ(error.code(), ErrorCode::terminated);
  }
  EXPECT_THAT(find_server_processes(state.data_folder), IsEmpty());
  EXPECT_EQ(plain.state(), ServerState::stopped);
  EXPECT_FALSE(plain.up().recovered);
}

TEST(ClusterStop, EndsAndRemovesAServerOfAFirstUp) {
  const PassableFolder parent;
  const Meeting meeting{parent};
  const OtherProgram pg_ctl{parent, "pg_ctl", hanging_pg_ctl(meeting)};
  Interrupt interrupt;
  OneSandbox sandbox{parent.path() / "sandbox", pg_ctl.variables(), &interrupt};
  EXPECT_EQ(stopped_up(sandbox, interrupt, meeting).code(), ErrorCode::interrupted);
  EXPECT_FALSE(std::filesystem::exists(sandbox.layout().folder));
}

TEST(ClusterStop, EndsTheWaitForTheLock) {
  const PassableFolder parent;
  Interrupt interrupt;
  OneSandbox holder{parent.path() / "sandbox"};
  OneSandbox waiter{parent.path() / "sandbox", {}, &interrupt};
  const FolderLock held = holder.cluster().lock_for_up(kLockWait);
  interrupt.request(Interrupt::Signal::interrupt);
  EXPECT_EQ(error_of([&] { waiter.up(); }).code(), ErrorCode::interrupted);
}

// --- kill -9

// Runs `up` in a process of its own; `at` is called there for each step that it says.
pid_t start_up(const std::filesystem::path& folder, const Variables& variables,
               const std::function<void(std::string_view)>& at) {
  const pid_t pcx = ::fork();
  if (pcx != 0) return pcx;
  OneSandbox sandbox{folder, variables};
  sandbox.up({}, at);
  ::_exit(0);
}

void kill_up(pid_t pcx) {
  ASSERT_EQ(::kill(pcx, SIGKILL), 0);
  ASSERT_EQ(::waitpid(pcx, nullptr, 0), pcx);
}

// The next `up` needs no help, and the one after it finds nothing to do.
void expect_next_up_is_whole(const std::filesystem::path& folder) {
  OneSandbox sandbox{folder};
  EXPECT_EQ(sandbox.state(), ServerState::unfinished);
  const UpReport report = sandbox.up();
  EXPECT_TRUE(report.made);
  EXPECT_EQ(sandbox.state(), ServerState::running);
  EXPECT_THAT(unfinished_data_folders(report.state), IsEmpty());
  EXPECT_EQ(sandbox.up().process, report.process);
  EXPECT_TRUE(sandbox.down());
}

class KilledAtAStep : public ::testing::TestWithParam<const char*> {};

TEST_P(KilledAtAStep, IsFinishedByTheNextUp) {
  const PassableFolder parent;
  const auto folder = parent.path() / "sandbox";
  const pid_t pcx = start_up(folder, {}, [](std::string_view step) {
    if (step == GetParam()) ::kill(::getpid(), SIGKILL);
  });
  int status = 0;
  ASSERT_EQ(::waitpid(pcx, &status, 0), pcx);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the step was not met";
  expect_next_up_is_whole(folder);
}

INSTANTIATE_TEST_SUITE_P(Steps, KilledAtAStep,
                         ::testing::Values("making a PostgreSQL cluster", "starting the server"),
                         [](const auto& step) {
                           return step.param[0] == 'm' ? std::string{"BeforeInitdb"}
                                                       : std::string{"BeforePgCtl"};
                         });

struct Point {
  const char* name;
  const char* program;
  const char* script;  // with {} where it says that it is there
  bool goes_on = false;
};

class KilledInside : public ::testing::TestWithParam<Point> {};

TEST_P(KilledInside, IsFinishedByTheNextUp) {
  const Point& point = GetParam();
  const PassableFolder parent;
  const Meeting meeting{parent};
  const OtherProgram other{parent, point.program,
                           fmt::format(fmt::runtime(point.script), meeting.announce())};
  const auto folder = parent.path() / "sandbox";
  const pid_t pcx = start_up(folder, other.variables(), [](std::string_view) {});
  const pid_t left_behind = meeting.wait();
  ASSERT_GT(left_behind, 0);
  if (point.goes_on) wait_for_exec(left_behind, point.program);
  kill_up(pcx);
  expect_next_up_is_whole(folder);
  if (!point.goes_on) ::kill(left_behind, SIGKILL);
}

// Shown by gtest where a case fails.
void PrintTo(const Point& point, std::ostream* out) { *out << point.name; }

INSTANTIATE_TEST_SUITE_P(
    Points, KilledInside,
    ::testing::Values(Point{"InitdbThatGoesOn", "initdb", "{}exec \"$real\" \"$@\"\n", true},
                      Point{"InitdbThatHangs", "initdb", "{}exec sleep 600\n"},
                      Point{"InitdbThatIsDone", "initdb", "\"$real\" \"$@\"\n{}exec sleep 600\n"},
                      Point{"PgCtlThatGoesOn", "pg_ctl", "{}exec \"$real\" \"$@\"\n", true},
                      Point{"PgCtlThatIsDone", "pg_ctl", "\"$real\" \"$@\"\n{}exec sleep 600\n"}),
    [](const auto& point) { return std::string{point.param.name}; });

// An initdb that fills its folder and does not end by itself: a shell of that name. Left behind by
// a killed `up`.
class ClusterWithABusyInitdb : public ::testing::Test {
 protected:
  ClusterWithABusyInitdb() {
    const auto shell = parent_.path() / "shell/initdb";
    std::filesystem::create_directory(shell.parent_path());
    std::filesystem::permissions(shell.parent_path(), std::filesystem::perms{0711});
    std::filesystem::copy_file("/bin/sh", shell);
    const OtherProgram initdb{parent_, "initdb",
                              fmt::format("exec {} -c 'touch begun\n{}while true; do i=$((i + 1)); "
                                          "true > file$i; done' 2> /dev/null\n",
                                          shell.native(), meeting_.announce())};
    const pid_t pcx = start_up(folder_, initdb.variables(), [](std::string_view) {});
    busy_ = meeting_.wait();
    kill_up(pcx);
  }
  ~ClusterWithABusyInitdb() override {
    EXPECT_FALSE(lives(busy_));
    if (busy_ > 0) ::kill(busy_, SIGKILL);
  }

  PassableFolder parent_;
  Meeting meeting_{parent_};
  std::filesystem::path folder_ = parent_.path() / "sandbox";
  pid_t busy_ = 0;
};

TEST_F(ClusterWithABusyInitdb, ComesUp) { expect_next_up_is_whole(folder_); }

TEST_F(ClusterWithABusyInitdb, IsDestroyed) {
  OneSandbox sandbox{folder_};
  sandbox.destroy();
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

}  // namespace
}  // namespace pcx::sandbox
