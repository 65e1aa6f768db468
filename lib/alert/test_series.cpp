#include "alert/test_series.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "alert/expression_parser.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

// Prometheus' lookback delta.
constexpr std::chrono::minutes kLookBack{5};

[[noreturn]] void throw_bad_series(std::string_view word, const Location& place) {
  throw Error{ErrorCode::data, fmt::format("{} is no value of a series", escape_controls(word)),
              "Write numbers, _ for none, stale, and 1+2x3 for 1 3 5 7."}
      .at(place);
}

[[noreturn]] void throw_no_series(std::string_view text, const Location& place, const char* hint) {
  throw Error{ErrorCode::data, fmt::format("{} is no series", escape_controls(text)), hint}.at(
      place);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_for_number(std::string_view text) {
  std::string lower{text};
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  return lower == "inf" || lower == "nan";
}

// Where "1e-3-2" is taken apart: at a sign that is neither the first character nor an exponent's.
std::size_t sign_in(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool is_sign = text[i] == '+' || text[i] == '-';
    if (is_sign && text[i - 1] != 'e' && text[i - 1] != 'E') return i;
  }
  return std::string_view::npos;
}

class ValueReader {
 public:
  explicit ValueReader(const Location& place) : place_(place) {}

  void read(std::string_view word) {
    if (word == "stale") {
      add({{.value = 0, .is_stale = true}}, 1);
      return;
    }
    const auto times = word.find('x');
    if (times == std::string_view::npos) {
      read_once(word);
    } else {
      read_repeated(word, word.substr(0, times), count_in(word, word.substr(times + 1)));
    }
  }

  std::vector<std::optional<TestValue>> take() { return std::move(values_); }

 private:
  std::size_t count_in(std::string_view word, std::string_view digits) const {
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc{} || end != digits.data() + digits.size())
      throw_bad_series(word, place_);
    if (count > kTestValuesMax) throw_long();
    return count;
  }

  void read_once(std::string_view word) {
    if (word == "_") {
      add(std::nullopt, 1);
    } else if (const auto value = parse_test_number(word)) {
      add({{.value = *value, .is_stale = false}}, 1);
    } else {
      throw_bad_series(word, place_);
    }
  }

  void read_repeated(std::string_view word, std::string_view what, std::size_t count) {
    if (what == "_") {
      add(std::nullopt, count);
      return;
    }
    // Prometheus takes infx3 for a word.
    if (what.find_first_of("iInN") != what.npos) throw_bad_series(word, place_);
    const std::size_t sign = sign_in(what);
    const auto first = parse_test_number(what.substr(0, sign));
    const auto step = sign == std::string_view::npos ? 0 : parse_test_number(what.substr(sign));
    if (!first || !step) throw_bad_series(word, place_);
    double value = *first;
    for (std::size_t i = 0; i <= count; ++i) {  // "1x3" are four values
      add({{.value = value, .is_stale = false}}, 1);
      value += *step;
    }
  }

  void add(std::optional<TestValue> value, std::size_t count) {
    if (values_.size() + count > kTestValuesMax) throw_long();
    values_.insert(values_.end(), count, value);
  }

  [[noreturn]] void throw_long() const {
    throw Error{ErrorCode::data, fmt::format("a series has more than {} values", kTestValuesMax),
                "Make the test shorter, or its interval longer."}
        .at(place_);
  }

  const Location& place_;
  std::vector<std::optional<TestValue>> values_;
};

}  // namespace

std::vector<std::optional<TestValue>> parse_test_values(std::string_view text,
                                                        const Location& place) {
  ValueReader reader{place};
  constexpr std::string_view kBlanks = " \t\r";
  while (text.ends_with('\n')) text.remove_suffix(1);  // of a block of YAML; no other ends a line
  for (std::size_t begin = 0; (begin = text.find_first_not_of(kBlanks, begin)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
    reader.read(text.substr(begin, end - begin));
    begin = end;
  }
  return reader.take();
}

std::optional<double> parse_test_number(std::string_view text) {
  const bool is_signed = text.starts_with('+') || text.starts_with('-');
  const std::string_view digits = text.substr(is_signed ? 1 : 0);
  const bool is_number = digits.starts_with('.') || (!digits.empty() && is_digit(digits.front()));
  if (!is_number && !is_word_for_number(digits)) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return text.starts_with('-') ? -value : value;
}

SeriesName parse_series_name(std::string_view text, const Location& place) {
  const Node root = parse_tree(text, place);
  const bool is_bare = root.kind == NodeKind::selector && root.selector.offset.count() == 0 &&
                       trim(text) == text && !text.starts_with('(');
  if (!is_bare) throw_no_series(text, place, "Write a name, and labels: up{job=\"api\"}.");
  SeriesName series{.name = root.selector.name, .labels = {}};
  for (const Matcher& matcher : root.selector.matchers.list()) {
    if (matcher.kind != MatchKind::equal) {
      throw_no_series(text, place, "Give its labels with =.");
    }
    if (!matcher.value.empty()) series.labels.emplace(matcher.label, matcher.value);
  }
  return series;
}

void TestSeries::add(std::string_view name, std::vector<std::optional<TestValue>> values,
                     const Location& place) {
  SeriesName series = parse_series_name(name, place);
  auto& lines = lines_[series.name];
  if (std::ranges::find(lines, series.labels, &Line::labels) != lines.end()) {
    throw Error{ErrorCode::data, fmt::format("{} is there twice", escape_controls(name)),
                "Write all of its values in one line."}
        .at(place);
  }
  lines.push_back({std::move(series.labels), std::move(values)});
}

std::optional<double> TestSeries::value_at(const Line& line, Time at) const {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch());
  if (since.count() < 0) return std::nullopt;
  const auto last = static_cast<std::size_t>(since / interval_);
  for (std::size_t i = std::min(last + 1, line.values.size()); i-- > 0;) {
    if (since - interval_ * i > kLookBack) return std::nullopt;
    if (!line.values[i]) continue;
    if (line.values[i]->is_stale) return std::nullopt;
    return line.values[i]->value;
  }
  return std::nullopt;
}

Samples TestSeries::select(const Selector& selector, Time at) const {
  Samples samples;
  const auto found = lines_.find(selector.name);
  if (found == lines_.end()) return samples;
  for (const Line& line : found->second) {
    if (!selector.matchers.match(line.labels)) continue;
    if (const auto value = value_at(line, at - selector.offset)) {
      samples.push_back({line.labels, *value});
    }
  }
  return samples;
}

}  // namespace pcx::alert
