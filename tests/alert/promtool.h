// promtool 2.42, asked what it makes of rule files and tests of rules.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "tests/support/shell.h"

namespace pcx::alert {

class Promtool {
 public:
  // Into the folder that promtool runs in.
  void write(const std::string& name, const std::string& content) {
    std::ofstream{shell_.folder() / name, std::ios::binary} << content;
  }

  // Whether `check rules` takes each of the files ("*.yml" of the folder), by their names.
  std::map<std::string, bool> check_all() const {
    const auto ran = shell_.run(
        "for f in *.yml; do promtool check rules \"$f\" >/dev/null 2>&1; echo \"$f $?\"; done");
    std::map<std::string, bool> takes;
    std::istringstream lines{ran.out};
    int exit = 0;
    for (std::string name; lines >> name >> exit;) takes[name] = exit == 0;
    return takes;
  }

  // Empty: all tests of the file passed; else the beginning of what it said.
  std::string test(const std::string& name) const {
    const auto ran = shell_.run("promtool test rules " + name);
    if (ran.exit == 0) return {};
    return fmt::format("exit {}: {}", ran.exit, ran.err.substr(0, kShownBytesMax));
  }

 private:
  static constexpr std::size_t kShownBytesMax = 4000;
  pcx::testing::Shell shell_;
};

// A text in YAML's double quotes.
inline std::string in_yaml(const std::string& text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '\n') {
      made += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') made += '\\';
    made += c;
  }
  return made + "\"";
}

}  // namespace pcx::alert
