// Runs commands as an operator types them: /bin/sh, in a folder of its own, with nothing of the
// surroundings but what is set here.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "tests/support/temporary_folder.h"

namespace pcx::testing {

struct Ran {
  int exit = 0;  // 128 + n when signal n ended it
  std::string out;
  std::string err;
};

class Shell {
 public:
  // `variables` are added to PATH (pcx under test first), HOME (the folder), LANG, TERM and
  // COLUMNS. `functions`, when given, is a file of shell functions for the commands.
  explicit Shell(std::map<std::string, std::string> variables = {},
                 const std::filesystem::path& functions = {});

  // Any number of lines. What a command leaves running in the background must not write to stdout.
  Ran run(const std::string& command) const;

  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  std::string prologue_;  // of every command: functions and variables
};

std::string content_of(const std::filesystem::path& path);

}  // namespace pcx::testing
