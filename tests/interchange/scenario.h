// The table of scenarios.txt, which says what its lines mean.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pcx::interchange {

struct Step {
  int line = 0;
  std::string text;    // the whole line
  std::string verb;    // its first word: "pcx", "prisma", "file", "sql", ...
  std::string words;   // what follows, without the answer
  std::string answer;  // after "=>"; empty when there is none
};

struct Scenario {
  std::string name;  // with "_pcx_first" or "_prisma_first" where it goes in both directions
  int line = 0;
  std::vector<Step> steps;
  std::string rows;         // of the ledger at the end, as Stage::rows() has them
  bool is_settled = false;  // at the end both tools are content
};

struct Table {
  std::map<std::string, int> exits;  // pcx's exit code, by command and answer: "any P3009"
  std::vector<Scenario> scenarios;
};

// Throws std::runtime_error, with the line, when the file is no such table.
Table read_table(const std::filesystem::path& file);

}  // namespace pcx::interchange
