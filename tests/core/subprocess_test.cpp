#include "core/subprocess.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "core/descriptor.h"
#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx {
namespace {

using std::chrono::milliseconds;

Command shell(const std::string& script) {
  Command command;
  command.argv = {"/bin/sh", "-c", script};
  command.environment = {{"PATH", "/usr/bin:/bin"}};
  return command;
}

// A pipe that processes which know its path may hold open.
class WatchedPipe {
 public:
  WatchedPipe() {
    int ends[2];
    if (::pipe(ends) != 0) throw std::system_error{errno, std::generic_category(), "pipe"};
    read_end_ = Descriptor{ends[0]};
    write_end_ = Descriptor{ends[1]};
  }

  // Of the end to write to.
  std::string path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(write_end_.number());
  }
  int read_end() const { return read_end_.number(); }

  // Waits for the end of file, which comes when no other process can write any more.
  bool has_no_writer_left() {
    write_end_.close_now();
    char byte;
    return ::read(read_end_.number(), &byte, 1) == 0;
  }

 private:
  Descriptor read_end_;
  Descriptor write_end_;
};

Error error_of(const Command& command) {
  return testing::error_of([&] { run_command(command); });
}

TEST(RunCommand, KeepsBothStreamsApart) {
  const Finished finished = run_command(shell("echo out; echo err >&2"));
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.output, "out\n");
  EXPECT_EQ(finished.error_output, "err\n");
}

TEST(RunCommand, HandsInputToTheProgram) {
  Command command = shell("cat; cat /dev/stdin");  // the second reads from the start again
  command.input = std::string(300'000, 'x') + "end";
  EXPECT_EQ(run_command(command).output.size(), 2 * command.input.size());
}

TEST(RunCommand, SurvivesAProgramThatIgnoresItsInput) {
  Command command = shell("exit 0");
  command.input = std::string(2'000'000, 'x');
  EXPECT_EQ(run_command(command).exit_code, 0);
}

TEST(RunCommand, ReadsBothPipesWhenBothAreFull) {
  const Finished finished =
      run_command(shell("head -c 500000 /dev/zero & head -c 500000 /dev/zero >&2; wait"));
  EXPECT_EQ(finished.output.size(), 500'000u);
  EXPECT_EQ(finished.error_output.size(), 500'000u);
}

TEST(RunCommand, TellsHowTheProgramEnded) {
  EXPECT_EQ(run_command(shell("exit 7")).exit_code, 7);
  EXPECT_EQ(run_command(shell("exit 127")).exit_code, 127);
  EXPECT_EQ(run_command(shell("kill -TERM $$")).exit_code, 128 + SIGTERM);
}

TEST(RunCommand, HandsOnNothingButTheNamedEnvironment) {
  ::setenv("PCX_SUBPROCESS_TEST", "leaks", 1);
  Command command;
  command.argv = {"/usr/bin/env"};
  command.environment = {{"ONLY", "this=one"}};
  EXPECT_EQ(run_command(command).output, "ONLY=this=one\n");
}

TEST(RunCommand, DoesNotInterpretArguments) {
  Command command;
  command.argv = {"/bin/echo", "$HOME", "a b", "`id`", ";", ""};
  EXPECT_EQ(run_command(command).output, "$HOME a b `id` ; \n");
}

TEST(RunCommand, WorksInTheGivenFolder) {
  Command command = shell("pwd");
  EXPECT_EQ(run_command(command).output, "/\n");
  command.working_folder = "/usr";
  EXPECT_EQ(run_command(command).output, "/usr\n");
}

TEST(RunCommand, HandsOnNoOtherDescriptor) {
  const Descriptor inherited{::open("/dev/null", O_RDONLY)};  // without O_CLOEXEC
  ASSERT_TRUE(inherited.is_open());
  const std::string test = "test ! -e /proc/$$/fd/" + std::to_string(inherited.number());
  EXPECT_EQ(run_command(shell(test)).exit_code, 0);
}

TEST(RunCommand, RestoresDefaultSignals) {
  struct sigaction before {};
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ASSERT_EQ(::sigaction(SIGTERM, &ignore, &before), 0);
  const Finished finished = run_command(shell("kill -TERM $$; exit 3"));
  ASSERT_EQ(::sigaction(SIGTERM, &before, nullptr), 0);
  EXPECT_EQ(finished.exit_code, 128 + SIGTERM);
}

TEST(RunCommand, GivesTheProgramAProcessGroupOfItsOwn) {
  // Fields 1 and 5 of /proc/PID/stat are the process and its group.
  const Finished finished = run_command(shell("set -- $(cat /proc/$$/stat); test $1 = $5"));
  EXPECT_EQ(finished.exit_code, 0) << finished.error_output;
}

TEST(RunCommand, KillsTheWholeGroupAtTheDeadline) {
  WatchedPipe pipe;  // the grandchild would hold it open for a minute if it lived on
  Command command = shell("sleep 60 3>" + pipe.path() + " & echo said; sleep 60");
  command.timeout = milliseconds{300};
  const auto began = std::chrono::steady_clock::now();
  const Error error = error_of(command);
  EXPECT_EQ(error.code(), ErrorCode::io);
  EXPECT_STREQ(error.what(), "/bin/sh did not end within 300 ms");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{30});
  EXPECT_TRUE(pipe.has_no_writer_left());
}

// The shell lets its background process ignore SIGINT; it must end all the same.
TEST(RunCommand, EndsTheWholeGroupAtAStop) {
  WatchedPipe pipe;
  Interrupt interrupt;
  Command command = shell("exec 3>" + pipe.path() + "; sleep 60 & echo . >&3; wait");
  command.interrupt = &interrupt;
  char bytes[2];
  std::thread operator_at_the_terminal{[&] {
    EXPECT_EQ(::read(pipe.read_end(), bytes, sizeof bytes), 2);
    interrupt.request(Interrupt::Signal::terminate);
  }};
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of(command).code(), ErrorCode::terminated);
  operator_at_the_terminal.join();
  EXPECT_TRUE(pipe.has_no_writer_left());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{30});
}

TEST(RunCommand, StopsBeforeItHasBegun) {
  Interrupt interrupt;
  interrupt.request(Interrupt::Signal::interrupt);
  Command command = shell("sleep 600");
  command.interrupt = &interrupt;
  EXPECT_EQ(error_of(command).code(), ErrorCode::interrupted);
}

TEST(RunCommand, DoesNotWaitForAServerLeftBehind) {
  Command command = shell("sleep 60 & echo $!");
  const Finished finished = run_command(command);
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(::kill(std::stoi(finished.output), SIGKILL), 0);
}

TEST(RunCommand, RefusesTooMuchOutput) {
  Command command = shell("head -c 1001 /dev/zero");
  command.output_bytes_max = 1000;
  EXPECT_STREQ(error_of(command).what(), "/bin/sh wrote more than 1000 bytes");
  command.argv[2] = "head -c 1000 /dev/zero";
  EXPECT_EQ(run_command(command).output.size(), 1000u);
  command.argv[2] = "cat /dev/zero >&2";
  EXPECT_EQ(error_of(command).code(), ErrorCode::io);
}

TEST(RunCommand, RunsAsAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  Command command = shell("id -u; id -g; id -G");
  command.user_and_group = {{65534, 65533}};
  EXPECT_EQ(run_command(command).output, "65534\n65533\n65533\n");
}

struct Refused {
  std::string why;
  std::function<void(Command&)> change;
  ErrorCode code;
  std::string message;
};

class RunCommandRefuses : public ::testing::TestWithParam<Refused> {};

TEST_P(RunCommandRefuses, WithAnErrorThatNamesTheThing) {
  Command command = shell("exit 0");
  GetParam().change(command);
  const Error error = error_of(command);
  EXPECT_EQ(error.code(), GetParam().code);
  EXPECT_EQ(error.what(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Commands, RunCommandRefuses,
    ::testing::Values(
        Refused{"NoProgram", [](Command& c) { c.argv.clear(); }, ErrorCode::internal,
                "a command without a program"},
        Refused{"MissingProgram", [](Command& c) { c.argv = {"/no/such/program"}; },
                ErrorCode::not_found, "cannot run /no/such/program: No such file or directory"},
        Refused{"NoSearchInPath",
                [](Command& c) {
                  c.argv = {"sh", "-c", "exit 0"};
                },
                ErrorCode::not_found, "cannot run sh: No such file or directory"},
        Refused{"NotExecutable", [](Command& c) { c.argv = {"/etc/passwd"}; },
                ErrorCode::permission, "cannot run /etc/passwd: Permission denied"},
        Refused{"ControlCharacters", [](Command& c) { c.argv = {"/no\x1b[31m"}; },
                ErrorCode::not_found, "cannot run /no\\x1b[31m: No such file or directory"},
        Refused{"MissingFolder", [](Command& c) { c.working_folder = "/no/folder"; },
                ErrorCode::not_found,
                "cannot run /bin/sh in /no/folder: No such file or directory"},
        Refused{"NulInArgument", [](Command& c) { c.argv[2] = std::string("a\0b", 3); },
                ErrorCode::data, "\"a\" cannot be handed to a program: it holds a NUL byte"},
        Refused{"NulInEnvironment",
                [](Command& c) {
                  c.environment = {{"KEY", std::string("a\0b", 3)}};
                },
                ErrorCode::data, "the environment variable KEY holds a NUL byte"},
        Refused{"EqualSignInName",
                [](Command& c) {
                  c.environment = {{"A=B", "c"}};
                },
                ErrorCode::data, "\"A=B\" is no name of an environment variable"},
        Refused{"EmptyName",
                [](Command& c) {
                  c.environment = {{"", "c"}};
                },
                ErrorCode::data, "\"\" is no name of an environment variable"}),
    [](const auto& chosen) { return chosen.param.why; });

}  // namespace
}  // namespace pcx
