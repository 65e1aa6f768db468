#include "tests/support/process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pcx::testing {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error{what + ": " + std::strerror(errno)};
}

const passwd* postgres_user() {
  if (geteuid() != 0) return nullptr;
  return getpwnam("postgres");
}

struct Child {
  std::vector<char*> arguments;
  int input = -1;
  int output = -1;
  const passwd* user = nullptr;
  SpawnOptions options;
};

// Between fork() and exec(): system calls only.
[[noreturn]] void become(const Child& child) {
  dup2(child.input, STDIN_FILENO);
  dup2(child.output, STDOUT_FILENO);
  dup2(child.output, STDERR_FILENO);
  if (child.options.own_session) setsid();
  if (child.user != nullptr) {
    if (setgroups(0, nullptr) != 0 || setgid(child.user->pw_gid) != 0 ||
        setuid(child.user->pw_uid) != 0) {
      _exit(126);
    }
  }
  // After setuid(), which clears it.
  if (child.options.signal_when_parent_dies != 0) {
    prctl(PR_SET_PDEATHSIG, child.options.signal_when_parent_dies);
  }
  execvp(child.arguments[0], child.arguments.data());
  _exit(127);
}

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path}.rdbuf();
  return text.str();
}

}  // namespace

pid_t spawn(const std::vector<std::string>& arguments, const SpawnOptions& options) {
  Child child{.user = options.as_postgres ? postgres_user() : nullptr, .options = options};
  for (const std::string& argument : arguments) {
    child.arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  child.arguments.push_back(nullptr);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const int file = options.output.empty() ? null
                                          : open(options.output.c_str(),
                                                 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (null < 0 || file < 0) fail("cannot open " + options.output.string());
  child.input = options.input_fd >= 0 ? options.input_fd : null;
  child.output = options.output_fd >= 0 ? options.output_fd : file;
  const pid_t pid = fork();
  if (pid == 0) become(child);
  if (file != null) close(file);
  close(null);
  if (pid < 0) fail("fork");
  return pid;
}

int wait_for_end(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void run_program(const std::vector<std::string>& arguments, SpawnOptions options) {
  std::array<char, 32> name{"/tmp/pcx-out-XXXXXX"};
  const int file = mkstemp(name.data());
  if (file < 0) fail("mkstemp");
  close(file);
  options.output = name.data();
  const int status = wait_for_end(spawn(arguments, options));
  const std::string said = content_of(options.output);
  unlink(name.data());
  if (status != 0) {
    throw std::runtime_error{arguments[0] + " ended with " + std::to_string(status) + ": " + said};
  }
}

std::filesystem::path make_short_folder() {
  std::array<char, 32> name{"/tmp/pcx-XXXXXX"};
  if (access("/dev/shm", W_OK | X_OK) == 0) name = {"/dev/shm/pcx-XXXXXX"};
  if (mkdtemp(name.data()) == nullptr) fail("mkdtemp");
  if (chmod(name.data(), 0755) != 0) fail("chmod");
  const passwd* user = postgres_user();
  if (user != nullptr && chown(name.data(), user->pw_uid, user->pw_gid) != 0) fail("chown");
  return name.data();
}

Watchdog::Watchdog(pid_t pid, const std::filesystem::path& folder) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  pipe_ = ends[1];
  // `read` fails when the other end of the pipe is closed without a word: this program is dead.
  const std::string script =
      "read word && exit 0; kill -QUIT \"$1\"; while kill -0 \"$1\" 2>/dev/null; do sleep 0.05; "
      "done; rm -rf \"$2\"";
  pid_ = spawn({"sh", "-c", script, "watchdog", std::to_string(pid), folder.string()},
               {.input_fd = ends[0], .own_session = true});
  close(ends[0]);
}

void Watchdog::dismiss() {
  if (pipe_ < 0) return;
  if (write(pipe_, "done\n", 5) == 5) wait_for_end(pid_);
  close(pipe_);
  pipe_ = -1;
}

}  // namespace pcx::testing
