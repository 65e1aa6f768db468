#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "alert/nagios.h"
#include "alert/nagios_number.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// -1.7976931348623157e+308 has 310 characters, 5e-324 has 326, 17 digits more for its neighbours.
constexpr std::size_t kDigitsMax = 400;

[[noreturn]] void refuse_range(std::string_view text, std::string_view why) {
  throw Error{ErrorCode::data, fmt::format("\"{}\" is no range: {}", escape_controls(text), why),
              "A range is written \"10\", \"10:\", \"~:10\", \"10:20\" or \"@10:20\"."};
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Digits from the front of `rest`, appended to `digits`: how many. One underscore may stand
// between two of them (Python's "digitpart").
std::size_t take_digits(std::string_view& rest, std::string& digits) {
  std::size_t count = 0;
  while (!rest.empty()) {
    const bool is_gap = count > 0 && rest.front() == '_' && rest.size() > 1 && is_digit(rest[1]);
    if (is_gap) rest.remove_prefix(1);
    if (!is_digit(rest.front())) break;
    digits += rest.front();
    rest.remove_prefix(1);
    ++count;
  }
  return count;
}

bool take(std::string_view& rest, std::string_view any_of, std::string& taken) {
  if (rest.empty() || any_of.find(rest.front()) == std::string_view::npos) return false;
  taken += rest.front();
  rest.remove_prefix(1);
  return true;
}

// The exponent of a number with a point: "e5", "E-05".
bool take_exponent(std::string_view& rest, std::string& number) {
  if (!take(rest, "eE", number)) return true;
  std::string sign;
  take(rest, "+-", sign);
  if (sign == "-") number += sign;
  return take_digits(rest, number) > 0;
}

// `text` as std::from_chars() takes it; std::nullopt when Python would not read a number there.
std::optional<std::string> plain_number(std::string_view text) {
  std::string_view rest = trim(text);
  std::string number;
  if (take(rest, "+-", number) && number == "+") number.clear();
  std::size_t digits = take_digits(rest, number);
  if (take(rest, ".", number)) {
    digits += take_digits(rest, number);
    if (digits > 0 && !take_exponent(rest, number)) return std::nullopt;
  }
  if (digits == 0 || !rest.empty()) return std::nullopt;
  return number;
}

double number_of(std::string_view text, double if_empty, std::string_view range) {
  if (text.empty()) return if_empty;
  const auto plain = plain_number(text);
  if (!plain) refuse_range(range, fmt::format("\"{}\" is no number", escape_controls(text)));
  double value = 0;
  const auto [stopped, failed] =
      std::from_chars(plain->data(), plain->data() + plain->size(), value);
  if (failed != std::errc{}) {
    refuse_range(range, fmt::format("{} is too large or too small", escape_controls(text)));
  }
  return value == 0 ? 0 : value;  // no -0
}

}  // namespace

std::string plugin_number(double value) {
  std::array<char, kDigitsMax> text;
  if (value == 0) return "0";
  const auto [end, failed] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failed != std::errc{}) throw Error{ErrorCode::internal, "a number has too many digits"};
  return {text.data(), end};
}

bool Range::is_alert(double value) const {
  const bool is_outside = value < start || value > end;
  return is_outside != is_inverted;
}

Range parse_range(std::string_view text) {
  Range range;
  std::string_view rest = text;
  if (rest.starts_with('@')) {
    range.is_inverted = true;
    rest.remove_prefix(1);
  }
  const std::size_t colon = rest.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view start = rest.substr(0, colon);
    range.start = start == "~" ? -kInfinity : number_of(start, 0, text);
    rest.remove_prefix(colon + 1);
    if (rest.find(':') != std::string_view::npos) refuse_range(text, "it has more than one colon");
  }
  range.end = number_of(rest, kInfinity, text);
  if (range.start > range.end) refuse_range(text, "its start is above its end");
  return range;
}

std::string to_string(const Range& range) {
  std::string text = range.is_inverted ? "@" : "";
  if (range.start == -kInfinity) {
    text += "~:";
  } else if (range.start != 0 || range.end == kInfinity) {
    text += plugin_number(range.start) + ":";
  }
  return range.end == kInfinity ? text : text + plugin_number(range.end);
}

}  // namespace pcx::alert
