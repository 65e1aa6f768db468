#include "alert/template_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/ascii.h"

namespace pcx::alert {

namespace {

constexpr int kExponentMin = -4;
constexpr int kExponentEnd = 6;

// In words; empty for numbers that have digits.
std::string_view word_of(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  return {};
}

std::string shortest(double number, std::chars_format format) {
  std::array<char, 64> buffer{};
  const auto made = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format);
  return {buffer.data(), made.ptr};
}

int exponent_of(std::string_view scientific) {
  int exponent = 0;
  const std::string_view digits = scientific.substr(scientific.find('e') + 1);
  const std::string_view text = digits.substr(digits.starts_with('+') ? 1 : 0);
  std::from_chars(text.data(), text.data() + text.size(), exponent);
  return exponent;
}

// Go takes a sign before "inf", but not before "nan".
std::optional<double> parse_word(std::string_view text) {
  const std::string word = to_lower_ascii(text);
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  const bool has_sign = word.starts_with('+') || word.starts_with('-');
  const std::string_view name = std::string_view{word}.substr(has_sign ? 1 : 0);
  if (name != "inf" && name != "infinity") return std::nullopt;
  const double infinity = std::numeric_limits<double>::infinity();
  return word.starts_with('-') ? -infinity : infinity;
}

}  // namespace

std::string to_go_text(double number) {
  if (const auto word = word_of(number); !word.empty()) return std::string{word};
  std::string text = shortest(number, std::chars_format::scientific);
  const int exponent = exponent_of(text);
  if (exponent < kExponentMin || exponent >= kExponentEnd) return text;
  return shortest(number, std::chars_format::fixed);
}

std::string to_go_text(double number, int precision) {
  if (const auto word = word_of(number); !word.empty()) return std::string{word};
  return fmt::format("{:.{}g}", number, precision);
}

std::optional<double> parse_go_number(std::string_view text) {
  if (const auto word = parse_word(text)) return word;
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  // from_chars() would take words of its own, and knows no plus.
  if (text.find_first_of("0123456789.", has_sign ? 1 : 0) != (has_sign ? 1 : 0))
    return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace pcx::alert
