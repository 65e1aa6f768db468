#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "load/json_path_selector.h"
#include "load/variable_path.h"

namespace pcx::load {

namespace {

using Selector = JsonPath::Selector;
using Kind = Selector::Kind;

std::optional<long> whole_number(std::string_view text) {
  long value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = failed == std::errc{} && end == text.data() + text.size();
  return is_whole && !text.empty() ? std::optional{value} : std::nullopt;
}

PathStep step_of(std::string_view name) {
  const auto index = whole_number(name);
  return {std::string{name}, index.value_or(-1)};
}

// JavaScript of a filter to a condition: "@" is a name, and texts stand in double quotes.
std::string condition_of(std::string_view filter) {
  std::string condition;
  char quote = '\0';
  for (const char c : filter) {
    const bool is_quote = c == '\'' || c == '"';
    if (quote == '\0' && c == '@') {
      condition += "$at";
    } else if (is_quote && (quote == '\0' || quote == c)) {
      quote = quote == '\0' ? c : '\0';
      condition += '"';
    } else {
      if (is_quote && c == '"') condition += '\\';
      condition += c;
    }
  }
  return condition;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<Selector> parse() {
    if (text_.substr(at_).starts_with('$'))
      ++at_;
    else if (at_ < text_.size() && text_[at_] != '[')
      selectors_.push_back(dotted());
    while (at_ < text_.size()) step();
    return std::move(selectors_);
  }

 private:
  [[noreturn]] void refuse(std::string_view what) const {
    throw Error{ErrorCode::data, fmt::format("not a JSONPath: {}", what),
                "Paths look like $.data[0].id, $.items[*].name or $..id."};
  }

  void step() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("..")) {
      at_ += 2;
      selectors_.push_back({.kind = Kind::descend});
      if (at_ == text_.size()) refuse("\"..\" wants a name behind it");
      selectors_.push_back(text_[at_] == '[' ? bracketed() : dotted());
    } else if (rest.starts_with('.')) {
      ++at_;
      selectors_.push_back(dotted());
    } else if (rest.starts_with('[')) {
      selectors_.push_back(bracketed());
    } else {
      refuse(fmt::format("\"{}\" is not expected here", escape_controls(rest)));
    }
  }

  Selector dotted() {
    const auto end = std::min(text_.find_first_of(".[", at_), text_.size());
    const std::string_view name = text_.substr(at_, end - at_);
    at_ = end;
    if (name.empty()) refuse("a name is missing");
    if (name == "*") return {.kind = Kind::all};
    if (name.find_first_of("()]{}^~@? ") != std::string_view::npos) {
      refuse(fmt::format("\"{}\" is no name; write ['{}']", escape_controls(name),
                         escape_controls(name)));
    }
    return {.members = {step_of(name)}};
  }

  // Up to the bracket that closes the one at `at_`, outside of quotes and other brackets.
  std::string_view inside() {
    char quote = '\0';
    int depth = 0;
    for (std::size_t i = at_; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '[') {
        ++depth;
      } else if (c == ']' && --depth == 0) {
        const std::string_view content = text_.substr(at_ + 1, i - at_ - 1);
        at_ = i + 1;
        return trim(content);
      }
    }
    refuse("a bracket is not closed");
  }

  Selector bracketed() {
    const std::string_view content = inside();
    if (content == "*") return {.kind = Kind::all};
    if (content.starts_with("?")) return filter(trim(content.substr(1)));
    if (content.starts_with("(")) refuse("scripts in brackets are JavaScript");
    const bool is_quoted = content.starts_with('\'') || content.starts_with('"');
    if (!is_quoted && content.find(':') != std::string_view::npos) return slice(content);
    return union_of(content);
  }

  Selector slice(std::string_view content) const {
    const auto parts = split(content, ':');
    if (parts.size() > 3) refuse("a slice has three numbers at most");
    Selector made{.kind = Kind::slice};
    const auto number = [&](std::size_t i) -> std::optional<long> {
      const std::string_view part = i < parts.size() ? trim(parts[i]) : std::string_view{};
      if (part.empty()) return std::nullopt;
      const auto value = whole_number(part);
      if (!value) refuse("a slice is made of whole numbers");
      return value;
    };
    made.from = number(0);
    made.to = number(1);
    made.step = number(2).value_or(1);
    if (made.step <= 0) refuse("a slice goes forward");
    return made;
  }

  Selector union_of(std::string_view content) const {
    Selector made;
    std::size_t begin = 0;
    char quote = '\0';
    for (std::size_t i = 0; i <= content.size(); ++i) {
      const bool is_end = i == content.size();
      const char c = is_end ? ',' : content[i];
      if (quote != '\0' && !is_end) {
        if (c == quote) quote = '\0';
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == ',') {
        made.members.push_back(member_of(trim(content.substr(begin, i - begin))));
        begin = i + 1;
      }
    }
    return made;
  }

  PathStep member_of(std::string_view text) const {
    if (text.empty()) refuse("empty brackets");
    const char quote = text.front();
    if (quote != '\'' && quote != '"') return step_of(text);
    if (text.size() < 2 || text.back() != quote) refuse("a quote is not closed");
    return {std::string{text.substr(1, text.size() - 2)}};
  }

  Selector filter(std::string_view content) const {
    if (!content.starts_with('(') || !content.ends_with(')')) refuse("a filter is [?(...)]");
    Selector made{.kind = Kind::filter};
    const auto number_of = [&made, this](std::string_view name) {
      if (!name.starts_with("$at")) refuse("names in filters begin with @");
      Path path = parse_variable_path(name);
      path.erase(path.begin());
      made.names.push_back(std::move(path));
      return made.names.size() - 1;
    };
    made.where =
        Expression::parse(condition_of(content.substr(1, content.size() - 2)), {}, number_of);
    return made;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Selector> selectors_;
};

}  // namespace

std::vector<JsonPath::Selector> parse_json_path(std::string_view text) {
  return Parser{trim(text)}.parse();
}

}  // namespace pcx::load
