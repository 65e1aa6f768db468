#include "alert/prometheus_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

// "Inf", "+infinity", "-inf", "NaN", "Nan" (prom-client writes it so), in letters of either case.
std::optional<double> special_number(std::string_view token) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::string word = to_lower_ascii(token);
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  const bool has_sign = word.starts_with('+') || word.starts_with('-');
  const double signed_infinity = word.starts_with('-') ? -kInfinity : kInfinity;
  if (has_sign) word.erase(0, 1);
  if (word == "inf" || word == "infinity") return signed_infinity;
  return std::nullopt;
}

// As Go's ParseFloat before its hexadecimal forms: what Prometheus itself reads.
std::optional<double> number_of(std::string_view token) {
  if (const auto special = special_number(token)) return special;
  if (token.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  if (token.starts_with('+')) {
    token.remove_prefix(1);
    if (token.starts_with('-')) return std::nullopt;
  }
  double value = 0;
  const char* const end = token.data() + token.size();
  const auto [stopped, failed] = std::from_chars(token.data(), end, value);
  if (failed != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

bool is_timestamp(std::string_view token) {
  std::int64_t value = 0;
  const char* const end = token.data() + token.size();
  const auto [stopped, failed] = std::from_chars(token.data(), end, value);
  return failed == std::errc{} && stopped == end;
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  std::vector<NamedSample> read() {
    require_limits();
    while (at_ < text_.size()) read_line();
    return std::move(samples_);
  }

 private:
  [[noreturn]] void fail(std::size_t offset, const std::string& what) const {
    const LineColumn place = line_column_at(text_, offset);
    throw Error{ErrorCode::data, what}.at({std::string{name_}, place.line, place.column});
  }

  void require_limits() const {
    if (text_.size() > kMetricsBytesMax) {
      fail(0, fmt::format("metrics of more than {} bytes", kMetricsBytesMax));
    }
    if (const auto invalid = find_invalid_utf8(text_)) fail(*invalid, "invalid UTF-8");
    if (!text_.empty() && text_.back() != '\n') {
      fail(text_.size(), "the last line does not end: the text is cut off");
    }
  }

  // REQUIRES: the text ends with a line feed, so that there is always a next character in a line.
  char next() const { return text_[at_]; }
  bool at_end() const { return next() == '\n'; }

  void skip_blanks() {
    while (is_blank(next())) ++at_;
  }

  void read_line() {
    skip_blanks();
    if (next() == '#') {
      at_ = text_.find('\n', at_);
    } else if (!at_end()) {
      read_sample();
    }
    ++at_;
  }

  void read_sample() {
    if (samples_.size() == kMetricsSamplesMax) {
      fail(at_, fmt::format("more than {} samples", kMetricsSamplesMax));
    }
    NamedSample read;
    read.name = read_name("a metric's name", is_metric_name);
    skip_blanks();
    if (next() == '{') read.sample.labels = read_labels();
    read.sample.value = read_value();
    read_timestamp();
    samples_.push_back(std::move(read));
  }

  // The longest run of characters that are a name.
  std::string read_name(const char* what, bool (*is_name)(std::string_view) noexcept) {
    const std::size_t begin = at_;
    while (is_name(text_.substr(begin, at_ - begin + 1))) ++at_;
    if (at_ == begin) fail(at_, fmt::format("{} was expected", what));
    return std::string{text_.substr(begin, at_ - begin)};
  }

  Labels read_labels() {
    Labels labels;
    LabelNames names;
    expect('{');
    while (skip_blanks(), next() != '}') {
      read_label(labels, names);
      skip_blanks();
      if (next() != '}') expect(',');
    }
    ++at_;
    return labels;
  }

  void read_label(Labels& labels, LabelNames& names) {
    const std::size_t begin = at_;
    const std::string name = read_name("a label's name", is_label_name);
    if (name == "__name__") fail(begin, "a label may not be called __name__");
    if (!names.insert(name).second) fail(begin, fmt::format("label {} is there twice", name));
    skip_blanks();
    expect('=');
    skip_blanks();
    std::string value = read_label_value();
    if (!value.empty()) labels.emplace(name, std::move(value));
  }

  std::string read_label_value() {
    expect('"');
    std::string value;
    while (next() != '"') {
      if (at_end()) fail(at_, "a label's value does not end");
      if (next() == '\0') fail(at_, "a zero byte in a label's value");
      value += next() == '\\' ? read_escape() : next();
      ++at_;
    }
    ++at_;
    return value;
  }

  // At its last character afterwards.
  char read_escape() {
    ++at_;
    switch (next()) {
      case '\\': return '\\';
      case '"': return '"';
      case 'n': return '\n';
      default: fail(at_ - 1, "an escape other than \\\\, \\\" and \\n");
    }
  }

  std::string_view read_token() {
    const std::size_t begin = at_;
    while (!is_blank(next()) && !at_end()) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  double read_value() {
    skip_blanks();
    const std::size_t begin = at_;
    const std::string_view token = read_token();
    if (token.empty()) fail(begin, "a value was expected");
    const auto value = number_of(token);
    if (!value) fail(begin, fmt::format("\"{}\" is no number", escape_controls(token)));
    return *value;
  }

  void read_timestamp() {
    skip_blanks();
    const std::size_t begin = at_;
    const std::string_view token = read_token();
    if (!token.empty() && !is_timestamp(token)) {
      fail(begin, fmt::format("\"{}\" is no timestamp", escape_controls(token)));
    }
    skip_blanks();
    if (!at_end()) fail(at_, "nothing may follow a timestamp");
  }

  void expect(char wanted) {
    if (next() != wanted) fail(at_, fmt::format("\"{}\" was expected", wanted));
    ++at_;
  }

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  std::vector<NamedSample> samples_;
};

}  // namespace

std::vector<NamedSample> parse_prometheus_text(std::string_view text, std::string_view name) {
  return Reader{text, name}.read();
}

}  // namespace pcx::alert
