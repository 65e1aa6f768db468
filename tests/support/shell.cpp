#include "tests/support/shell.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/wait.h>

#include "tests/support/paths.h"

namespace pcx::testing {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return result + "'";
}

int exit_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

std::string content_of(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

Shell::Shell(std::map<std::string, std::string> variables, const std::filesystem::path& functions) {
  variables["PATH"] = pcx_binary().parent_path().string() + ":/usr/sbin:/usr/bin:/sbin:/bin";
  variables["HOME"] = folder().string();
  variables["LANG"] = "C.UTF-8";
  variables["TERM"] = "dumb";
  variables["COLUMNS"] = "80";
  for (const auto& [name, value] : variables) {
    prologue_ += "export " + name + "=" + quoted(value) + "\n";
  }
  if (!functions.empty()) prologue_ += ". " + quoted(functions.string()) + "\n";
}

Ran Shell::run(const std::string& command) const {
  std::ofstream{folder() / ".command"} << prologue_ << command << "\n";
  const std::string line = "cd " + quoted(folder().string()) +
                           " && exec env -i sh .command </dev/null >.stdout 2>.stderr";
  const int status = std::system(line.c_str());
  return {exit_of(status), content_of(folder() / ".stdout"), content_of(folder() / ".stderr")};
}

}  // namespace pcx::testing
