// The binary as the operator meets it: every tests/cli/*.test is a script of commands with the exit
// code and the output they must have. PCX_UPDATE_GOLDEN=1 rewrites the scripts with what happened;
// `git diff` is the review.
//
//   # a comment
//   $ pcx config show --frmat json      run by /bin/sh -c, in a folder of its own
//   ! 64                                exit code, left out when 0
//   > a line of stdout
//   2> a line of stderr
//   = config.yaml                       a file for the commands below, its lines follow
//   | database:
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <sys/wait.h>

#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/temporary_folder.h"

namespace pcx::cli {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
  std::ifstream stream{path, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What differs from run to run.
std::string masked(std::string text, const fs::path& folder) {
  for (std::size_t at = 0; (at = text.find(folder.string(), at)) != std::string::npos;) {
    text.replace(at, folder.string().size(), "<folder>");
  }
  text =
      std::regex_replace(text, std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)"}, "<time>");
  return std::regex_replace(
      text, std::regex{"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"}, "<uuid>");
}

class Script {
 public:
  explicit Script(const fs::path& path) : lines_(lines_of(content_of(path))) {}

  // The script again, with what the commands did now.
  std::string replayed() {
    for (at_ = 0; at_ < lines_.size(); ++at_) {
      const std::string& line = lines_[at_];
      if (line.empty() || line[0] == '#') {
        result_ += line + "\n";
      } else if (line.starts_with("= ")) {
        write_file(line);
      } else if (line.starts_with("$ ")) {
        result_ += line + "\n" + transcript(line.substr(2));
      }
    }
    return result_;
  }

 private:
  void write_file(const std::string& line) {
    result_ += line + "\n";
    std::ofstream file{folder_.path() / line.substr(2)};
    while (at_ + 1 < lines_.size() && lines_[at_ + 1].starts_with("|")) {
      const std::string& text = lines_[++at_];
      result_ += text + "\n";
      file << (text.size() > 2 ? text.substr(2) : "") << "\n";
    }
  }

  // Nothing of the surroundings reaches pcx: env -i, a folder of its own for home and work.
  std::string transcript(const std::string& command) {
    const fs::path out = folder_.path() / ".stdout";
    const fs::path err = folder_.path() / ".stderr";
    const fs::path body = folder_.path() / ".command";
    std::ofstream{body} << command << "\n";
    const std::string line = "cd '" + folder_.path().string() + "' && env -i PATH='" +
                             testing::pcx_binary().parent_path().string() +
                             ":/usr/bin:/bin' HOME=\"$PWD\" LANG=C.UTF-8 TERM=dumb COLUMNS=80 " +
                             "sh .command </dev/null >.stdout 2>.stderr";
    const int status = std::system(line.c_str());
    std::string text;
    if (WEXITSTATUS(status) != 0) text += "! " + std::to_string(WEXITSTATUS(status)) + "\n";
    for (const auto& shown : lines_of(masked(content_of(out), folder_.path()))) {
      text += shown.empty() ? ">\n" : "> " + shown + "\n";
    }
    for (const auto& shown : lines_of(masked(content_of(err), folder_.path()))) {
      text += shown.empty() ? "2>\n" : "2> " + shown + "\n";
    }
    return text;
  }

  testing::TemporaryFolder folder_;
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  std::string result_;
};

class CliScript : public ::testing::TestWithParam<fs::path> {};

TEST_P(CliScript, PrintsWhatItSays) {
  const std::string want = content_of(GetParam());
  ASSERT_NE(want.find("$ pcx"), std::string::npos) << "a script without a command proves nothing";
  const std::string got = Script{GetParam()}.replayed();
  if (std::getenv("PCX_UPDATE_GOLDEN") != nullptr) std::ofstream{GetParam()} << got;
  EXPECT_EQ(want, got);
}

std::vector<fs::path> scripts() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator{testing::source_folder() / "tests/cli"}) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Scripts, CliScript, ::testing::ValuesIn(scripts()),
                         [](const auto& script) {
                           std::string name = script.param.stem().string();
                           std::replace_if(
                               name.begin(), name.end(),
                               [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace pcx::cli
