#include "tests/support/script.h"

#include <array>
#include <ctime>
#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace pcx::testing {
namespace {

constexpr std::string_view kNeeds = "# needs:";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::array<char, 9> text{};
  std::tm parts{};
  std::strftime(text.data(), text.size(), "%Y%m%d", gmtime_r(&now, &parts));
  return text.data();
}

std::string with_prefix(const std::string& prefix, const std::string& output) {
  std::string text;
  for (const std::string& line : lines_of(output)) {
    text += line.empty() ? prefix + "\n" : prefix + " " + line + "\n";
  }
  return text;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// Goes through the lines once, and writes them again.
class Replay {
 public:
  Replay(const std::vector<std::string>& lines, const Shell& shell,
         const std::vector<std::pair<std::string, std::string>>& names)
      : lines_(lines), shell_(shell), names_(names) {}

  std::string result() {
    for (at_ = 0; at_ < lines_.size(); ++at_) {
      const std::string& line = lines_[at_];
      if (line.starts_with("$ ")) {
        run(line.substr(2));
      } else if (line.starts_with("= ")) {
        write_file(shell_.folder() / line.substr(2));
      } else if (line.empty() || line.starts_with("#")) {
        text_ += line + "\n";
      } else if (!is_output(line)) {
        throw std::runtime_error{"line " + std::to_string(at_ + 1) +
                                 " of a script is nothing: " + line};
      }
    }
    return text_;
  }

 private:
  static bool is_output(const std::string& line) {
    return line.starts_with(">") || line.starts_with("2>") || line.starts_with("! ");
  }

  // The lines below with "| " in front.
  std::string body() {
    text_ += lines_[at_] + "\n";
    std::string content;
    while (at_ + 1 < lines_.size() && lines_[at_ + 1].starts_with("|")) {
      const std::string& line = lines_[++at_];
      text_ += line + "\n";
      content += (line.size() > 2 ? line.substr(2) : "") + "\n";
    }
    return content;
  }

  void write_file(const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << body();
  }

  void run(const std::string& first_line) {
    const Ran ran = shell_.run(first_line + "\n" + body());
    if (ran.exit != 0) text_ += "! " + std::to_string(ran.exit) + "\n";
    text_ += with_prefix(">", shown(ran.out)) + with_prefix("2>", shown(ran.err));
  }

  std::string shown(std::string output) const {
    replace_all(output, shell_.folder().string(), "<folder>");
    for (const auto& [name, meaning] : names_) replace_all(output, name, meaning);
    return masked(std::move(output));
  }

  const std::vector<std::string>& lines_;
  const Shell& shell_;
  const std::vector<std::pair<std::string, std::string>>& names_;
  std::size_t at_ = 0;
  std::string text_;
};

}  // namespace

std::string masked(std::string output) {
  const std::vector<std::pair<std::regex, const char*>> masks = {
      {std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)"}, "<time>"},
      {std::regex{"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}, "<uuid>"},
      {std::regex{today() + R"(\d{6}_)"}, "<stamp>_"},
      {std::regex{R"(process \d+)"}, "process <pid>"},
      {std::regex{R"((pg_\w+_backend)\(\d+\))"}, "$1(<pid>)"},
      {std::regex{R"(since at least [\d.]+ \w+|for less than a second)"},
       "since at least <duration>"},
      {std::regex{R"( in \d[\d.]* m?s\.)"}, " in <duration>."},
      {std::regex{R"((active|idle in transaction) for [\d.]+ \w+\))"}, "$1 for <duration>)"},
      {std::regex{R"(at try \d+, after [\d.]+ \w+)"}, "at try <n>, after <duration>"},
      {std::regex{R"_("(tries|waited_ms|blocker_pid|blocker_query_s)":"\d+")_"}, "\"$1\":\"<n>\""},
      {std::regex{R"(AT( +)MS  )"}, "AT  MS  "},
      {std::regex{R"(<time> +\d+  )"}, "<time>  <ms>  "},
      {std::regex{R"("duration_ms":( ?)\d+)"}, "\"duration_ms\":$1<ms>"},
      {std::regex{R"((<time>|,applied),\d+,)"}, "$1,<ms>,"},
  };
  for (const auto& [pattern, mask] : masks) output = std::regex_replace(output, pattern, mask);
  return output;
}

Script::Script(const std::filesystem::path& path) : text_(content_of(path)) {
  if (text_.find("$ ") == std::string::npos) {
    throw std::runtime_error{path.string() + " has no command, it proves nothing"};
  }
  lines_ = lines_of(text_);
}

std::set<std::string> Script::needs() const {
  std::set<std::string> words;
  for (const std::string& line : lines_) {
    if (!line.starts_with(kNeeds)) continue;
    std::istringstream stream{line.substr(kNeeds.size())};
    for (std::string word; stream >> word;) words.insert(word);
  }
  return words;
}

std::string Script::replayed(const Shell& shell,
                             const std::vector<std::pair<std::string, std::string>>& names) const {
  return Replay{lines_, shell, names}.result();
}

}  // namespace pcx::testing
