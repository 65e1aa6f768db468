#include "tests/interchange/scenario.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "core/text.h"

namespace pcx::interchange {
namespace {

std::string trimmed(std::string_view text) { return std::string{trim(text)}; }

// Takes the first word off `text`.
std::string take_word(std::string& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string word = text.substr(0, end);
  text = trimmed(std::string_view{text}.substr(end));
  return word;
}

Step to_step(const std::string& text, int line) {
  Step step{.line = line, .text = text, .words = trimmed(text)};
  const std::size_t arrow = step.words.rfind("=>");
  if (arrow != std::string::npos) {
    step.answer = trimmed(std::string_view{step.words}.substr(arrow + 2));
    step.words = trimmed(std::string_view{step.words}.substr(0, arrow));
  }
  step.verb = take_word(step.words);
  return step;
}

class Reader {
 public:
  Table read(const std::filesystem::path& file) {
    std::ifstream stream{file};
    for (std::string text; std::getline(stream, text);) {
      ++line_;
      const bool is_comment = trim(text).starts_with("#");
      if (!trim(text).empty() && !is_comment) take(to_step(text, line_));
    }
    finish();
    if (table_.scenarios.empty()) throw std::runtime_error{file.string() + " has no scenario"};
    return std::move(table_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw std::runtime_error{"line " + std::to_string(line_) + ": " + what};
  }

  void take(Step step) {
    if (step.verb == "exit") {
      const std::size_t number = step.words.rfind(' ') + 1;
      table_.exits[step.words.substr(0, number - 1)] = std::stoi(step.words.substr(number));
    } else if (step.verb == "scenario") {
      finish();
      is_open_ = true;
      scenario_ = {.name = step.words.substr(0, step.words.find(':')), .line = line_};
    } else if (!is_open_) {
      refuse("a step before the first scenario");
    } else if (step.verb == "settled" || step.verb == "unsettled") {
      scenario_.rows = step.words;
      scenario_.is_settled = step.verb == "settled";
      has_end_ = true;
    } else {
      scenario_.steps.push_back(std::move(step));
    }
  }

  // The scenario so far goes into the table.
  void finish() {
    if (!is_open_) return;
    if (!has_end_) refuse("the scenario above does not say how it ends");
    has_end_ = false;
    const auto& steps = scenario_.steps;
    const bool both = std::any_of(steps.begin(), steps.end(), [](const Step& step) {
      return step.verb == "one" || step.words.starts_with("one ");
    });
    if (both) {
      table_.scenarios.push_back(with("pcx", "prisma"));
      table_.scenarios.push_back(with("prisma", "pcx"));
    } else {
      table_.scenarios.push_back(scenario_);
    }
  }

  Scenario with(const std::string& one, const std::string& other) const {
    Scenario scenario = scenario_;
    scenario.name += "_" + one + "_first";
    for (Step& step : scenario.steps) {
      if (step.verb == "one") step.verb = one;
      if (step.verb == "other") step.verb = other;
      if (step.words.starts_with("one ")) step.words.replace(0, 3, one);
      if (step.words.starts_with("other ")) step.words.replace(0, 5, other);
    }
    return scenario;
  }

  Table table_;
  Scenario scenario_;
  int line_ = 0;
  bool is_open_ = false;
  bool has_end_ = false;
};

}  // namespace

Table read_table(const std::filesystem::path& file) { return Reader{}.read(file); }

}  // namespace pcx::interchange
