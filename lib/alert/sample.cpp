#include "alert/sample.h"

#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr std::size_t kShownCharactersMax = 60;

bool is_pattern(MatchKind kind) {
  return kind == MatchKind::matches || kind == MatchKind::matches_not;
}

re2::RE2::Options pattern_options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(static_cast<std::int64_t>(kPatternMemoryBytesMax));
  return options;
}

std::string shown(std::string_view pattern) {
  const std::size_t end = byte_offset_of_character(pattern, kShownCharactersMax + 1);
  return fmt::format("\"{}{}\"", escape_controls(pattern.substr(0, end)),
                     end < pattern.size() ? "..." : "");
}

[[noreturn]] void refuse_pattern(std::string_view pattern, std::string_view why) {
  throw Error{
      ErrorCode::data, fmt::format("{} is no pattern: {}", shown(pattern), why),
      "Patterns of =~ and !~ are RE2's and fit the whole value: \"north|south\", \"dog.*\"."};
}

// What Go refuses and RE2 takes: "\C", one byte of a character, and \Q without \E, which would
// quote the end of "^(?:...)$", too. A backslash takes the character after it along; within \Q...\E
// it is one of its own unless an E follows.
void check_quoting(std::string_view pattern) {
  bool is_quoted = false;
  for (std::size_t at = 0; at + 1 < pattern.size(); ++at) {
    if (pattern[at] != '\\') continue;
    const char next = pattern[at + 1];
    if (is_quoted) {
      is_quoted = next != 'E';
      continue;
    }
    if (next == 'C') refuse_pattern(pattern, "invalid escape sequence: \\C");
    is_quoted = next == 'Q';
    ++at;
  }
  if (is_quoted) refuse_pattern(pattern, "\\Q without \\E");
}

const std::string& checked(const std::string& pattern) {
  if (pattern.size() > kPatternBytesMax) {
    refuse_pattern(pattern, fmt::format("longer than {} bytes", kPatternBytesMax));
  }
  check_quoting(pattern);
  return pattern;
}

}  // namespace

class Matchers::Pattern {
 public:
  explicit Pattern(const std::string& text) : compiled_(checked(text), pattern_options()) {
    if (!compiled_.ok()) refuse_pattern(text, escape_controls(compiled_.error()));
  }

  bool fits(const std::string& value) const { return re2::RE2::FullMatch(value, compiled_); }

 private:
  re2::RE2 compiled_;
};

std::string to_string(const Matcher& matcher) {
  const std::string quoted = to_string(Labels{{"a", matcher.value}});  // {a="value"}
  static constexpr const char* kWords[] = {"=", "!=", "=~", "!~"};
  return matcher.label + kWords[static_cast<int>(matcher.kind)] +
         (matcher.value.empty() ? "\"\"" : quoted.substr(3, quoted.size() - 4));
}

std::string to_string(const std::vector<Matcher>& matchers) {
  std::vector<std::string> texts;
  for (const Matcher& matcher : matchers) texts.push_back(to_string(matcher));
  return join(texts, " ");
}

Matchers::Matchers(std::vector<Matcher> matchers) : matchers_(std::move(matchers)) {
  for (const Matcher& matcher : matchers_) {
    patterns_.push_back(is_pattern(matcher.kind) ? std::make_shared<const Pattern>(matcher.value)
                                                 : nullptr);
  }
}

bool Matchers::match(const Labels& labels) const {
  static const std::string none;
  for (std::size_t i = 0; i < matchers_.size(); ++i) {
    const Matcher& matcher = matchers_[i];
    const auto found = labels.find(matcher.label);
    const std::string& value = found == labels.end() ? none : found->second;
    const bool is_same = patterns_[i] ? patterns_[i]->fits(value) : value == matcher.value;
    const bool is_wanted = matcher.kind == MatchKind::equal || matcher.kind == MatchKind::matches;
    if (is_same != is_wanted) return false;
  }
  return true;
}

}  // namespace pcx::alert
