#include "core/subprocess.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <linux/close_range.h>

#include "core/clock.h"
#include "core/descriptor.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx {

namespace {

using Deadline = std::chrono::steady_clock::time_point;

constexpr std::chrono::seconds kGrace{10};  // between SIGINT and SIGKILL

std::string shown(const std::string& text) { return escape_controls(text); }

[[noreturn]] void throw_system(std::string_view what, int error_number) {
  throw Error{ErrorCode::io, fmt::format("{}: {}", what, std::strerror(error_number))};
}

// --- what the child needs, prepared before fork(2): after it only async-signal-safe calls are
// allowed, and so no allocation.

void require_plain(const std::string& text) {
  if (text.find('\0') == std::string::npos) return;
  throw Error{ErrorCode::data,
              fmt::format("\"{}\" cannot be handed to a program: it holds a NUL byte",
                          shown(text.substr(0, text.find('\0'))))};
}

std::vector<std::string> environment_lines(const Command& command) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : command.environment) {
    if (name.empty() || name.find_first_of(std::string_view{"=\0", 2}) != std::string::npos) {
      throw Error{ErrorCode::data,
                  fmt::format("\"{}\" is no name of an environment variable", shown(name))};
    }
    if (value.find('\0') != std::string::npos) {  // the value may be a secret: not shown
      throw Error{ErrorCode::data,
                  fmt::format("the environment variable {} holds a NUL byte", shown(name))};
    }
    lines.push_back(fmt::format("{}={}", name, value));
  }
  return lines;
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const auto& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Above 2, so that putting it in the place of a standard stream overwrites no other one even when
// pcx itself was started without them.
Descriptor above_standard_streams(Descriptor descriptor) {
  if (descriptor.number() > STDERR_FILENO) return descriptor;
  Descriptor moved{::fcntl(descriptor.number(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
  if (!moved.is_open()) throw_system("cannot copy a file descriptor", errno);
  return moved;
}

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_system("cannot make a pipe", errno);
  Pipe made{Descriptor{ends[0]}, Descriptor{ends[1]}};
  made.read_end = above_standard_streams(std::move(made.read_end));
  made.write_end = above_standard_streams(std::move(made.write_end));
  ::fcntl(made.read_end.number(), F_SETFL, O_NONBLOCK);
  return made;
}

// The input as a file in memory. A pipe would have to be fed while the output is read, and would
// send SIGPIPE to pcx when the child does not care for its input.
Descriptor make_input(const std::string& input) {
  Descriptor file = above_standard_streams(Descriptor{::memfd_create("input", MFD_CLOEXEC)});
  for (std::size_t offset = 0; offset < input.size();) {
    const ssize_t written = ::pwrite(file.number(), input.data() + offset, input.size() - offset,
                                     static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_system("cannot hold the input of a program", errno);
    offset += static_cast<std::size_t>(written);
  }
  return file;
}

// --- the child

enum class Step : int { streams, descriptors, group, user, folder, exec };

struct Failure {
  Step step;
  int error_number;
};

struct Plan {
  const Command& command;
  std::vector<char*> argv;
  std::vector<char*> environment;
  int input;
  int output;
  int error_output;
  int status;  // a Failure is written here; closed by a successful exec
};

[[noreturn]] void give_up(int status, Step step) {
  const Failure failure{step, errno};
  // The pipe is empty and the message small: it is written whole. Nobody is left to tell otherwise.
  const ssize_t written = ::write(status, &failure, sizeof failure);
  ::_exit(written == sizeof failure ? 127 : 126);
}

// Signals as a fresh program expects them, whatever pcx blocks or ignores.
void reset_signals() {
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &plain, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(const Plan& plan) {
  // A session of its own is also a process group of its own; and without a terminal no program
  // waits for an answer nobody can give.
  ::setsid();
  reset_signals();
  if (::dup2(plan.input, STDIN_FILENO) < 0 || ::dup2(plan.output, STDOUT_FILENO) < 0 ||
      ::dup2(plan.error_output, STDERR_FILENO) < 0) {
    give_up(plan.status, Step::streams);
  }
  if (::close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) != 0) {
    give_up(plan.status, Step::descriptors);
  }
  if (plan.command.user_and_group) {
    const auto [user, group] = *plan.command.user_and_group;
    const gid_t groups[] = {group};
    if (::setgroups(1, groups) != 0 || ::setgid(group) != 0) give_up(plan.status, Step::group);
    if (::setuid(user) != 0) give_up(plan.status, Step::user);
  }
  if (::chdir(plan.command.working_folder.c_str()) != 0) give_up(plan.status, Step::folder);
  ::execve(plan.argv[0], plan.argv.data(), plan.environment.data());
  give_up(plan.status, Step::exec);
}

// --- the parent

// A started child; killed with its process group unless it was reaped.
class Child {
 public:
  explicit Child(const Plan& plan) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);  // no handler of pcx may run in the child
    pid_ = ::fork();
    if (pid_ == 0) become(plan);
    const int error_number = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid_ < 0) throw_system("cannot start a process", error_number);
    // By number: glibc 2.36 declares pidfd_open without extern "C".
    ended_ = Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
    if (!ended_.is_open()) {
      const int reason = errno;
      kill_and_reap();
      throw_system("cannot watch a process", reason);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) kill_and_reap();
  }

  int ended() const { return ended_.number(); }  // readable when the child has ended

  void ask_to_end() const {
    ::kill(-pid_, SIGINT);  // fails when the child has no session yet: then it is alone
    ::kill(pid_, SIGINT);
  }

  // REQUIRES: the child has ended.
  int reap() {
    int status = 0;
    const pid_t pid = std::exchange(pid_, -1);
    while (::waitpid(pid, &status, 0) < 0) {
      if (errno != EINTR) throw_system("cannot learn how a program ended", errno);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  void kill_and_reap() noexcept {
    ::kill(-pid_, SIGKILL);  // fails when the child has no session yet; then it is alone
    // A program that took another user's rights may refuse; waiting for it would have no limit.
    if (::kill(pid_, SIGKILL) != 0) return;
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  pid_t pid_ = -1;
  Descriptor ended_;
};

// What comes out of one pipe.
struct Stream {
  Descriptor source;
  std::size_t bytes_max;
  std::string bytes;

  bool is_over_limit() const { return bytes.size() > bytes_max; }

  // Reads what is there now, one byte beyond the limit at most; closes at the end.
  void take_available() {
    char buffer[16 * 1024];
    while (source.is_open() && !is_over_limit()) {
      const std::size_t wanted = std::min(sizeof buffer, bytes_max + 1 - bytes.size());
      const ssize_t got = ::read(source.number(), buffer, wanted);
      if (got > 0) {
        bytes.append(buffer, static_cast<std::size_t>(got));
      } else if (got == 0) {
        source.close_now();
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != EINTR) {
        throw_system("cannot read what a program says", errno);
      }
    }
  }
};

int poll_timeout(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      deadline - SystemClock{}.steady_now());  // poll(2) knows no other clock
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

[[noreturn]] void throw_failure(const Command& command, const Failure& failure) {
  const std::string program = shown(command.argv[0]);
  const std::string reason = std::strerror(failure.error_number);
  const auto code = [&] {
    switch (failure.error_number) {
      case ENOENT:
      case ENOTDIR: return ErrorCode::not_found;
      case EACCES:
      case EPERM: return ErrorCode::permission;
      default: return ErrorCode::io;
    }
  }();
  switch (failure.step) {
    case Step::group:
    case Step::user:
      throw Error{
          code, fmt::format("cannot run {} as user {} and group {}: {}", program,
                            command.user_and_group->first, command.user_and_group->second, reason)};
    case Step::folder:
      throw Error{code, fmt::format("cannot run {} in {}: {}", program,
                                    shown(command.working_folder.native()), reason)};
    case Step::streams:
    case Step::descriptors:
    case Step::exec: break;
  }
  throw Error{code, fmt::format("cannot run {}: {}", program, reason)};
}

// Collects what the streams say until the child has ended. What a process that outlives the child
// says later is not waited for: a started server may keep its streams open for months.
void collect(const Command& command, const Child& child, std::array<Stream, 3>& streams) {
  Deadline deadline = SystemClock{}.steady_now() + command.timeout;
  const InterruptWatch stop{command.interrupt};
  int stop_number = stop.number();
  bool running = true;
  while (running) {
    std::array<pollfd, 5> watched{};
    watched[3] = {child.ended(), POLLIN, 0};
    watched[4] = {stop_number, POLLIN, 0};
    for (std::size_t i = 0; i < streams.size(); ++i) {
      watched[i] = {streams[i].source.number(), POLLIN, 0};  // closed: -1, which poll passes over
    }
    const int ready = ::poll(watched.data(), watched.size(), poll_timeout(deadline));
    if (ready < 0 && errno != EINTR) throw_system("cannot wait for a program", errno);
    running = ready <= 0 || watched[3].revents == 0;
    if (ready > 0 && watched[4].revents != 0) {
      stop_number = -1;
      child.ask_to_end();
      deadline = std::min(deadline, SystemClock{}.steady_now() + kGrace);
    }
    for (auto& stream : streams) {
      stream.take_available();
      if (!stream.is_over_limit()) continue;
      throw Error{ErrorCode::io, fmt::format("{} wrote more than {} bytes", shown(command.argv[0]),
                                             stream.bytes_max)};
    }
    if (running && SystemClock{}.steady_now() >= deadline) {
      if (command.interrupt != nullptr) command.interrupt->throw_if_requested();
      throw Error{ErrorCode::io, fmt::format("{} did not end within {} ms", shown(command.argv[0]),
                                             command.timeout.count())};
    }
  }
}

}  // namespace

Finished run_command(const Command& command) {
  if (command.argv.empty()) throw Error{ErrorCode::internal, "a command without a program"};
  for (const auto& argument : command.argv) require_plain(argument);
  const std::vector<std::string> lines = environment_lines(command);

  const Descriptor input = make_input(command.input);
  Pipe output = make_pipe();
  Pipe error_output = make_pipe();
  Pipe status = make_pipe();
  Child child{Plan{command, pointers_to(command.argv), pointers_to(lines), input.number(),
                   output.write_end.number(), error_output.write_end.number(),
                   status.write_end.number()}};
  for (Pipe* pipe : {&output, &error_output, &status}) pipe->write_end.close_now();

  std::array<Stream, 3> streams{
      Stream{std::move(output.read_end), command.output_bytes_max, {}},
      Stream{std::move(error_output.read_end), command.output_bytes_max, {}},
      Stream{std::move(status.read_end), sizeof(Failure), {}}};
  collect(command, child, streams);

  // Then the rest of the group is killed: a shell's background processes ignore SIGINT.
  if (command.interrupt != nullptr) command.interrupt->throw_if_requested();
  const int exit_code = child.reap();
  if (streams[2].bytes.size() == sizeof(Failure)) {
    Failure failure;
    std::memcpy(&failure, streams[2].bytes.data(), sizeof failure);
    throw_failure(command, failure);
  }
  return {exit_code, std::move(streams[0].bytes), std::move(streams[1].bytes)};
}

}  // namespace pcx
