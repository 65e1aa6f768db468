// A golden script: commands of an operator, with the exit code and the output they must have.
//
//   # a comment
//   # needs: postgres                   what must be there, see needs()
//   $ pcx config show --frmat json      run by /bin/sh, in a folder of its own
//   | | grep url                        more lines of the same command
//   ! 64                                exit code, left out when 0
//   > a line of stdout
//   2> a line of stderr
//   = config.yaml                       a file for the commands below, its lines follow
//   | database:
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/shell.h"

namespace pcx::testing {

class Script {
 public:
  // Throws std::runtime_error when the file cannot be read.
  explicit Script(const std::filesystem::path& path);

  const std::string& text() const { return text_; }
  // The words of "# needs: postgres root".
  std::set<std::string> needs() const;
  // The script again, with what the commands do now. `names` are replaced in their output by what
  // they stand for: {"/dev/shm/pcx-4Kz0aa", "<socket>"}.
  std::string replayed(const Shell& shell,
                       const std::vector<std::pair<std::string, std::string>>& names) const;

 private:
  std::string text_;
  std::vector<std::string> lines_;
};

// `output` without what differs from run to run: times, durations, process ids, uuids.
std::string masked(std::string output);

}  // namespace pcx::testing
