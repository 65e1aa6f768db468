#include "core/javascript.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/text.h"

namespace pcx::javascript {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// The first character, with an invalid byte read as U+FFFD.
CodePoint first(std::string_view text) {
  const CodePoint point = first_code_point(text);
  return point.bytes == 0 ? CodePoint{0xfffd, 1} : point;
}

std::size_t units_of(char32_t c) { return c > 0xffff ? 2 : 1; }

// --- Number(text), ECMA-262 section 7.1.4.1 (StringToNumber)

// Digits of `base` as a double, rounded as digits beyond 2^53 come; NaN for anything else.
double radix_number(std::string_view digits, int base) {
  if (digits.empty()) return kNaN;
  double value = 0;
  for (const char c : digits) {
    std::uint32_t digit = 0;
    const auto [end, failed] = std::from_chars(&c, &c + 1, digit, base);
    if (failed != std::errc{} || end != &c + 1) return kNaN;
    value = value * base + digit;
  }
  return value;
}

std::optional<int> radix_of(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return std::nullopt;
  switch (text[1]) {
    case 'x':
    case 'X': return 16;
    case 'o':
    case 'O': return 8;
    case 'b':
    case 'B': return 2;
    default: return std::nullopt;
  }
}

double decimal_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const double sign = negative ? -1 : 1;
  if (text == "Infinity") return sign * kInfinity;
  // from_chars also takes "inf", "nan" and a second sign.
  if (text.empty() || !((text[0] >= '0' && text[0] <= '9') || text[0] == '.')) return kNaN;
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || failed == std::errc::invalid_argument) return kNaN;
  if (failed == std::errc::result_out_of_range) {
    const auto exponent = text.find_first_of("eE");
    const bool tiny =
        exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
    return tiny ? sign * 0.0 : sign * kInfinity;
  }
  return sign * value;
}

double text_number(std::string_view text) {
  text = trim(text);
  if (text.empty()) return 0;
  if (const auto base = radix_of(text)) return radix_number(text.substr(2), *base);
  return decimal_number(text);
}

struct CellNumber {
  double operator()(std::monostate) const { return 0; }
  double operator()(bool value) const { return value ? 1 : 0; }
  double operator()(std::int64_t value) const { return static_cast<double>(value); }
  double operator()(const Decimal& value) const { return text_number(value.digits); }
  double operator()(double value) const { return value; }
  double operator()(const std::string& value) const { return text_number(value); }
  double operator()(Time value) const {
    return static_cast<double>(
        std::chrono::floor<std::chrono::milliseconds>(value).time_since_epoch().count());
  }
};

struct CellTruth {
  bool operator()(std::monostate) const { return false; }
  bool operator()(const std::string& value) const { return !value.empty(); }
  bool operator()(Time) const { return true; }
  template <typename Number>
  bool operator()(const Number& value) const {
    const double number = CellNumber{}(value);
    return number != 0 && !std::isnan(number);
  }
};

// --- String(number), ECMA-262 section 6.1.6.1.20 (Number::toString)

std::string zeros(int count) { return std::string(static_cast<std::size_t>(count), '0'); }

// REQUIRES: number > 0, finite.
std::string finite_text(double number) {
  char buffer[32];
  const auto written =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific);
  const std::string text{buffer, written.ptr};  // the shortest digits, "d.ddde+xx"
  const std::size_t e = text.find('e');
  const int exponent = std::stoi(text.substr(e + 1));
  std::string digits = text.substr(0, e);
  if (digits.size() > 1) digits.erase(1, 1);
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the decimal point
  if (point > 21 || point < -5) {
    if (count > 1) digits.insert(1, ".");
    return digits + (exponent < 0 ? "e" : "e+") + std::to_string(exponent);
  }
  if (point <= 0) return "0." + zeros(-point) + digits;
  if (count <= point) return digits + zeros(point - count);
  return digits.insert(static_cast<std::size_t>(point), ".");
}

}  // namespace

bool is_space(char32_t c) {
  constexpr std::array<char32_t, 10> kSingle = {0x20,   0xa0,   0x1680, 0x2028, 0x2029,
                                                0x202f, 0x205f, 0x3000, 0xfeff, 0x0b};
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x2000 && c <= 0x200a) ||
         std::find(kSingle.begin(), kSingle.end(), c) != kSingle.end();
}

std::string_view trim(std::string_view text) {
  std::size_t begin = text.size();
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = first(text.substr(at));
    if (!is_space(point.value)) {
      begin = std::min(begin, at);
      end = at + point.bytes;
    }
    at += point.bytes;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view{};
}

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  while (!text.empty()) {
    const CodePoint point = first(text);
    length += units_of(point.value);
    text.remove_prefix(point.bytes);
  }
  return length;
}

std::string utf16_prefix(std::string_view text, std::size_t units) {
  std::size_t bytes = 0;
  std::size_t length = 0;
  while (bytes < text.size() && length < units) {
    const CodePoint point = first(text.substr(bytes));
    if (length + units_of(point.value) > units) {
      return std::string{text.substr(0, bytes)}.append(kReplacement);
    }
    length += units_of(point.value);
    bytes += point.bytes;
  }
  return std::string{text.substr(0, bytes)};
}

double to_number(const Document& value) {
  if (value.is_scalar()) return std::visit(CellNumber{}, value.scalar());
  if (value.is_object()) return kNaN;
  // An array is converted by way of its text: "" for none, the element's for one, "1,2" for more.
  if (value.items().empty()) return 0;
  if (value.items().size() > 1) return kNaN;
  const Document& only = value.items().front();
  const bool is_boolean = only.is_scalar() && std::holds_alternative<bool>(only.scalar());
  return is_boolean ? kNaN : to_number(only);  // [true] is "true", which is no number
}

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return "0";
  return number < 0 ? "-" + finite_text(-number) : finite_text(number);
}

bool is_truthy(const Document& value) {
  return !value.is_scalar() || std::visit(CellTruth{}, value.scalar());
}

}  // namespace pcx::javascript
