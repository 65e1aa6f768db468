// The house rules, looked up in the sources: who includes whom, which library lives where, how long
// things are. CMake cannot see these, since all modules share one include root.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "tests/support/paths.h"

namespace pcx {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

constexpr std::size_t kColumnsMax = 100;
constexpr std::size_t kFileLinesMax = 500;
constexpr std::size_t kFunctionLinesMax = 70;

struct Source {
  std::string path;  // "lib/db/query.cpp"
  std::vector<std::string> lines;

  std::string room() const { return path.substr(0, path.rfind('/')); }
  bool is_header() const { return path.ends_with(".h"); }
};

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream stream{path};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> all = [] {
    std::vector<Source> found;
    for (const char* folder : {"lib", "cli", "tests"}) {
      for (const auto& entry :
           fs::recursive_directory_iterator{pcx::testing::source_folder() / folder}) {
        const auto extension = entry.path().extension();
        if (extension != ".cpp" && extension != ".h") continue;
        found.push_back({entry.path().lexically_relative(pcx::testing::source_folder()).string(),
                         lines_of(entry.path())});
      }
    }
    std::sort(found.begin(), found.end(),
              [](const Source& left, const Source& right) { return left.path < right.path; });
    return found;
  }();
  return all;
}

std::string place(const Source& source, std::size_t line) {
  return source.path + ":" + std::to_string(line + 1);
}

// The include of a line: "db/query.h" or "pqxx/pqxx"; empty when there is none.
std::string include_of(const std::string& line) {
  static const std::regex pattern{R"(^\s*#\s*include\s+["<]([^">]+)[">])"};
  std::smatch match;
  return std::regex_search(line, match, pattern) ? match[1].str() : std::string{};
}

// lib/CMakeLists.txt is the floor plan: "pcx_module(db LINKS core USES ...)".
std::map<std::string, std::set<std::string>> floor_plan() {
  std::map<std::string, std::set<std::string>> plan;
  const std::regex module{R"(^pcx_module\((\w+)\s+(?:LINKS ([\w ]*?))?\s*(?:USES .*)?\))"};
  for (const auto& line : lines_of(pcx::testing::source_folder() / "lib/CMakeLists.txt")) {
    std::smatch match;
    if (!std::regex_search(line, match, module)) continue;
    std::istringstream links{match[2].str()};
    auto& floors = plan[match[1].str()];
    for (std::string floor; links >> floor;) floors.insert(floor);
  }
  return plan;
}

TEST(Tidy, FindsTheSources) {
  EXPECT_GT(sources().size(), 100u);
  EXPECT_EQ(floor_plan().at("core").size(), 0u);
  EXPECT_TRUE(floor_plan().at("migrate").contains("db"));
}

TEST(Tidy, ModulesIncludeOnlyWhatTheyLink) {
  const auto plan = floor_plan();
  std::vector<std::string> faults;
  for (const Source& source : sources()) {
    if (!source.path.starts_with("lib/")) continue;
    const std::string module = source.path.substr(4, source.path.find('/', 4) - 4);
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string include = include_of(source.lines[i]);
      const std::string target = include.substr(0, include.find('/'));
      const bool upward = target == "cli" || target == "tests";
      const bool sideways = plan.contains(target) && target != module && plan.contains(module) &&
                            !plan.at(module).contains(target);
      if (upward || sideways) faults.push_back(place(source, i) + " includes " + include);
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

TEST(Tidy, OutsideLibrariesStayInTheirRooms) {
  const std::map<std::string, std::vector<std::string>> rooms = {
      {"pqxx/", {"lib/db"}},
      {"libpq-fe.h", {"lib/db"}},
      {"openssl/", {"lib/crypto", "lib/http"}},
      {"boost/", {"lib/http", "lib/load"}},
      {"zlib.h", {"lib/load"}},
      {"zstd.h", {"lib/load"}},
      {"brotli/", {"lib/load"}},
      {"pg_query.h", {"lib/migrate"}},
      {"CLI/", {"cli/tokenise.cpp"}},
      {"nlohmann/", {"lib/core"}},
      {"yaml-cpp/", {"lib/core"}},
      {"spdlog/", {"lib/core"}},
      {"utf8proc.h", {"cli"}},
  };
  std::vector<std::string> faults;
  for (const Source& source : sources()) {
    if (source.path.starts_with("tests/")) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string include = include_of(source.lines[i]);
      for (const auto& [library, allowed] : rooms) {
        if (!include.starts_with(library)) continue;
        const bool fits = std::any_of(allowed.begin(), allowed.end(), [&](const auto& room) {
          return source.path.starts_with(room);
        });
        if (!fits) faults.push_back(place(source, i) + " includes " + include);
      }
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

// Columns, as far as UTF-8 without wide characters goes.
std::size_t columns_of(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

TEST(Tidy, LinesAndFilesAreShort) {
  std::vector<std::string> faults;
  for (const Source& source : sources()) {
    if (source.lines.size() > kFileLinesMax) {
      faults.push_back(source.path + " has " + std::to_string(source.lines.size()) + " lines");
    }
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (columns_of(source.lines[i]) > kColumnsMax) faults.push_back(place(source, i));
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

// clang-format puts the closing brace of a function where its head starts: at the beginning of a
// line, or two blanks in for a member. Namespaces, classes, tables and lambdas do not count.
bool opens_function(const std::string& line, std::size_t indent) {
  if (!line.ends_with("{") || line.ends_with("({") || line.find_first_not_of(' ') != indent)
    return false;
  static const std::regex other{
      R"(^\s*(namespace|class|struct|enum|union|extern|\}|//|switch|for|if))"};
  static const std::regex lambda{R"(\[[^\]]*\]\s*[({])"};
  return !std::regex_search(line, other) && !std::regex_search(line, lambda) &&
         line.find('(') != std::string::npos;
}

TEST(Tidy, FunctionsFitOnAScreen) {
  std::vector<std::string> faults;
  std::size_t functions = 0;
  for (const Source& source : sources()) {
    for (const std::size_t indent : {std::size_t{0}, std::size_t{2}}) {
      const std::string end = std::string(indent, ' ') + "}";
      for (std::size_t i = 0; i < source.lines.size(); ++i) {
        if (!opens_function(source.lines[i], indent)) continue;
        // A lambda that is an argument ends in "});".
        const auto last =
            std::find_if(source.lines.begin() + static_cast<std::ptrdiff_t>(i), source.lines.end(),
                         [&](const auto& line) { return line.starts_with(end); });
        const auto length = static_cast<std::size_t>(last - source.lines.begin()) - i + 1;
        ++functions;
        if (last != source.lines.end() && length > kFunctionLinesMax) {
          faults.push_back(place(source, i) + ": " + std::to_string(length) + " lines");
        }
      }
    }
  }
  EXPECT_GT(functions, 300u);
  EXPECT_THAT(faults, IsEmpty());
}

TEST(Tidy, HeadersOpenWithTheirPurpose) {
  std::vector<std::string> faults;
  for (const Source& source : sources()) {
    if (!source.is_header()) continue;
    const bool has_purpose = !source.lines.empty() && source.lines[0].starts_with("// ");
    const bool is_guarded =
        std::find(source.lines.begin(), source.lines.end(), "#pragma once") != source.lines.end();
    if (!has_purpose || !is_guarded) faults.push_back(source.path);
  }
  EXPECT_THAT(faults, IsEmpty());
}

TEST(Tidy, NothingIsLeftForLater) {
  const std::regex later{std::string{"\\b(FIX"} + "ME|TO" + "DO|XX" + "X|HA" + "CK)\\b"};
  std::vector<std::string> faults;
  for (const Source& source : sources()) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (std::regex_search(source.lines[i], later)) faults.push_back(place(source, i));
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

TEST(Tidy, TheLibraryNeverPrints) {
  const std::regex printing{R"(std::c(out|err|log)\b|\b(f?printf|puts|fputs|putchar)\()"};
  std::vector<std::string> faults;
  for (const Source& source : sources()) {
    if (!source.path.starts_with("lib/")) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (std::regex_search(source.lines[i], printing)) faults.push_back(place(source, i));
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

TEST(Tidy, TheLibraryReadsNoEnvironment) {
  const std::regex reading{R"(\b(secure_)?getenv\()"};
  std::vector<std::string> faults;
  for (const Source& source : sources()) {
    if (source.path.starts_with("tests/") || source.path == "lib/core/environment.cpp") continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      if (std::regex_search(source.lines[i], reading)) faults.push_back(place(source, i));
    }
  }
  EXPECT_THAT(faults, IsEmpty());
}

}  // namespace
}  // namespace pcx
