// Numbers that rules are about, and where they come from.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "alert/labels.h"
#include "core/document.h"

namespace pcx::alert {

// One number of one series at one instant. NaN is a number; that there is none is an absent sample.
struct Sample {
  Labels labels;  // without the metric's name
  double value = 0;
  bool operator==(const Sample&) const = default;
};

using Samples = std::vector<Sample>;

enum class MatchKind { equal, not_equal, matches, matches_not };

inline constexpr std::size_t kPatternBytesMax = 4096;               // as written
inline constexpr std::size_t kPatternMemoryBytesMax = 1024 * 1024;  // compiled

struct Matcher {
  std::string label;
  MatchKind kind = MatchKind::equal;
  std::string value;  // of matches and matches_not: an RE2 pattern, anchored at both ends
  bool operator==(const Matcher&) const = default;
};

// `severity="warning"`, as in a selector.
std::string to_string(const Matcher& matcher);
std::string to_string(const std::vector<Matcher>& matchers);  // a blank between two

// Whether a label set fits: a label that is not there counts as empty. Patterns are kept compiled;
// their syntax is that of Go's regexp (github.com/google/re2/wiki/Syntax, without \C), and the time
// to match one is linear in the text.
class Matchers {
 public:
  // Throws Error{data} for a pattern that is none, or beyond a limit.
  explicit Matchers(std::vector<Matcher> matchers);
  bool match(const Labels& labels) const;
  const std::vector<Matcher>& list() const { return matchers_; }

 private:
  class Pattern;  // of sample.cpp, which alone knows RE2

  std::vector<Matcher> matchers_;
  std::vector<std::shared_ptr<const Pattern>> patterns_;  // of matchers_; nullptr where it is none
};

// What an expression asks for: `name{matchers} offset 1d`.
struct Selector {
  std::string name;
  Matchers matchers{std::vector<Matcher>{}};
  std::chrono::milliseconds offset{0};
};

// Where samples come from: a snapshot for one evaluation. Not an error, but nothing, when a series
// has no sample then.
class Series {
 public:
  virtual ~Series() = default;
  // The samples of `selector` as of `at` less its offset, with distinct label sets, in any order.
  // Throws Error{data} when this source
  // cannot look back (offset) or was not read, with reason "input_failed" when its input failed.
  virtual Samples select(const Selector& selector, Time at) const = 0;
};

}  // namespace pcx::alert
