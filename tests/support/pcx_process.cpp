#include "tests/support/pcx_process.h"

#include <csignal>
#include <stdexcept>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"
#include "tests/support/shell.h"

namespace pcx::testing {

PcxProcess::PcxProcess(const std::vector<std::string>& words, const std::string& url,
                       const Options& options)
    : output_(folder_.write("said", "", 0644)) {
  std::vector<std::string> line{"env", "-i", "PATH=/usr/bin:/bin", "LANG=C.UTF-8",
                                "DATABASE_URL=" + url};
  for (const auto& [name, value] : options.variables) line.push_back(name + "=" + value);
  if (!options.shell.empty()) {
    line.insert(line.end(), {"sh", "-c", options.shell + "; exec \"$0\" \"$@\""});
  }
  line.push_back(pcx_binary());
  line.insert(line.end(), words.begin(), words.end());
  for (const std::string& word : words) name_ += " " + word;
  pid_ = spawn(
      line,
      {.as_postgres = options.as_postgres, .output = output_, .signal_when_parent_dies = SIGKILL});
}

PcxProcess::~PcxProcess() { kill_it(); }

void PcxProcess::kill_it() {
  if (has_ended()) return;
  kill(pid_, SIGKILL);
  status_ = wait_for_end(pid_);
}

bool PcxProcess::has_ended() {
  if (status_ >= 0) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

int PcxProcess::wait() {
  if (status_ < 0) status_ = wait_for_end(pid_);
  return status_;
}

void PcxProcess::expect_success() {
  if (wait() == 0) return;
  throw std::runtime_error{"pcx" + name_ + " ended with " + std::to_string(status_) + ": " +
                           said()};
}

std::string PcxProcess::said() const { return content_of(output_); }

std::string run_pcx(const std::vector<std::string>& words, const std::string& url) {
  PcxProcess process{words, url};
  process.expect_success();
  return process.said();
}

}  // namespace pcx::testing
