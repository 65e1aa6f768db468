// A program that is no server, in a folder where one might be looked for.
#pragma once

#include <csignal>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace pcx::sandbox {

class Bystander {
 public:
  explicit Bystander(const std::filesystem::path& folder) : process_(::fork()) {
    if (process_ != 0) return;
    if (::chdir(folder.c_str()) == 0) ::execl("/bin/sleep", "sleep", "600", nullptr);
    ::_exit(127);
  }
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;
  ~Bystander() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  pid_t process() const { return process_; }
  bool lives() const { return ::waitpid(process_, nullptr, WNOHANG) == 0; }

 private:
  pid_t process_;
};

}  // namespace pcx::sandbox
