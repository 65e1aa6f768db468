#include "alert/expression_token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr char32_t kReplacement = 0xfffd;

constexpr std::array kKeywords = std::to_array<std::string_view>(
    {"and",        "or",          "unless", "atan2",   "sum",    "avg",          "count",
     "min",        "max",         "group",  "stddev",  "stdvar", "topk",         "bottomk",
     "quantile",   "by",          "offset", "without", "on",     "count_values", "ignoring",
     "group_left", "group_right", "bool",   "inf",     "nan"});

// Longer ones first. "=~" and "!~" are known outside of braces, too, to be refused by name.
constexpr std::array kSigns = std::to_array<std::string_view>(
    {"==", "!=", "<=", ">=", "=~", "!~", "=", "<", ">", "+", "-", "*",
     "/",  "%",  "^",  "(",  ")",  "{",  "}", "[", "]", ",", "@"});
constexpr std::array kBraceSigns =
    std::to_array<std::string_view>({"!=", "=~", "!~", "=", ",", "}"});

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

std::size_t end_of_run(std::string_view text, std::size_t at, std::string_view characters) {
  return std::min(text.find_first_not_of(characters, at), text.size());
}

// Where a number that begins at `at` ends; std::nullopt when a letter follows it.
std::optional<std::size_t> end_of_number(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const bool is_hex = rest.starts_with("0x") || rest.starts_with("0X");
  const std::string_view digits = is_hex ? kHexDigits : kDigits;
  std::size_t end = end_of_run(text, at + (is_hex ? 2 : 0), digits);
  if (end < text.size() && text[end] == '.') end = end_of_run(text, end + 1, digits);
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    ++end;
    if (end < text.size() && (text[end] == '+' || text[end] == '-')) ++end;
    end = end_of_run(text, end, kDigits);
  }
  if (end < text.size() && (is_letter(text[end]) || is_digit(text[end]))) return std::nullopt;
  return end;
}

template <typename Number, typename... Format>
std::optional<Number> whole(std::string_view text, Format... format) {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, fault] = std::from_chars(text.data(), last, number, format...);
  if (fault != std::errc{} || end != last) return std::nullopt;
  return number;
}

// As Go's ParseInt with base 0, and ParseFloat where that fails: 0x1f and 010 are 31 and 8.
std::optional<double> number_of(std::string_view text) {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (is_hex || text.starts_with('0')) {
    const auto integer = whole<std::int64_t>(text.substr(is_hex ? 2 : 0), is_hex ? 16 : 8);
    if (integer) return static_cast<double>(*integer);
  }
  if (is_hex) return std::nullopt;
  return whole<double>(text, std::chars_format::general);
}

void append_character(std::string& text, char32_t character) {
  const auto byte = [](char32_t bits) {
    return static_cast<char>(static_cast<unsigned char>(bits));
  };
  if (character < 0x80) {
    text += byte(character);
    return;
  }
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  static constexpr std::array<char32_t, 4> kLeads{0, 0xc0, 0xe0, 0xf0};
  text += byte(kLeads[static_cast<std::size_t>(more)] | character >> 6 * more);
  for (int left = more - 1; left >= 0; --left) {
    text += byte(0x80 | (character >> 6 * left & 0x3f));
  }
}

}  // namespace

Location PlacedText::place_of(std::size_t byte_offset) const {
  const LineColumn within = line_column_at(text_, std::min(byte_offset, text_.size()));
  Location place = begin_;
  if (place.line > 0) place.line += within.line - 1;
  if (place.column > 0) place.column += within.column - 1;
  return place;
}

void PlacedText::refuse(std::size_t byte_offset, const std::string& message,
                        std::string hint) const {
  throw Error{ErrorCode::data, escape_controls(message), std::move(hint)}.at(place_of(byte_offset));
}

void PlacedText::refuse_foreign(std::size_t byte_offset, const std::string& what) const {
  refuse(byte_offset, fmt::format("{} is not among what pcx evaluates", what),
         "There are numbers, selectors with offset, + - * / % ^, comparisons, and, or, unless, "
         "sum, avg, min, max, count with by (...), abs() and absent().");
}

void Tokens::skip_blanks() {
  const std::string_view text = source_.text();
  for (;;) {
    at_ = end_of_run(text, at_, kBlanks);
    if (at_ == text.size() || text[at_] != '#') return;
    at_ = std::min(text.find_first_of("\r\n", at_), text.size());
  }
}

bool Tokens::is_before(char c) {
  skip_blanks();
  return at_ < source_.text().size() && source_.text()[at_] == c;
}

Token Tokens::token(TokenKind kind, std::size_t end) {
  Token made;
  made.kind = kind;
  made.at = at_;
  made.text = source_.text().substr(at_, end - at_);
  at_ = end;
  return made;
}

Token Tokens::next() {
  skip_blanks();
  const std::string_view text = source_.text();
  if (at_ == text.size()) return token(TokenKind::end, at_);
  const char first = text[at_];
  if (first == '"' || first == '\'' || first == '`') return string();
  if (is_letter(first) || (first == ':' && !in_braces_)) return word();
  const bool is_fraction = first == '.' && at_ + 1 < text.size() && is_digit(text[at_ + 1]);
  if (!in_braces_ && (is_digit(first) || is_fraction)) return number();
  return sign();
}

Token Tokens::word() {
  const std::string_view text = source_.text();
  std::size_t end = at_ + 1;
  while (end < text.size() &&
         (is_letter(text[end]) || is_digit(text[end]) || (text[end] == ':' && !in_braces_))) {
    ++end;
  }
  Token made = token(TokenKind::word, end);
  if (in_braces_) return made;
  const std::string small = to_lower_ascii(made.text);
  if (std::ranges::find(kKeywords, small) == kKeywords.end()) return made;
  made.keyword = small;
  if (small != "inf" && small != "nan") return made;
  made.kind = TokenKind::number;
  made.number = small == "inf" ? std::numeric_limits<double>::infinity()
                               : std::numeric_limits<double>::quiet_NaN();
  return made;
}

Token Tokens::number() {
  const std::string_view text = source_.text();
  if (const auto end = end_of_number(text, at_)) {
    Token made = token(TokenKind::number, *end);
    const auto number = number_of(made.text);
    if (!number) source_.refuse(made.at, fmt::format("{} is no number of 64 bits", made.text));
    made.number = *number;
    return made;
  }
  std::size_t end = at_;
  while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '.')) {
    ++end;
  }
  return token(TokenKind::duration, end);
}

Token Tokens::sign() {
  const std::string_view rest = source_.text().substr(at_);
  const auto fits = [rest](std::string_view sign) { return rest.starts_with(sign); };
  std::string_view found;
  if (in_braces_) {
    const auto* const sign = std::ranges::find_if(kBraceSigns, fits);
    if (sign != kBraceSigns.end()) found = *sign;
  } else {
    const auto* const sign = std::ranges::find_if(kSigns, fits);
    if (sign != kSigns.end()) found = *sign;
  }
  if (found.empty()) {
    const std::string_view character = rest.substr(0, first_code_point(rest).bytes);
    source_.refuse(at_, fmt::format("\"{}\" is not expected {}", character,
                                    in_braces_ ? "between braces" : "here"));
  }
  if (found == "{") in_braces_ = true;
  if (found == "}") in_braces_ = false;
  return token(TokenKind::sign, at_ + found.size());
}

Token Tokens::string() {
  const std::string_view text = source_.text();
  const std::size_t start = at_;
  const char quote = text[at_++];
  std::string value;
  for (;;) {
    if (at_ == text.size() || (text[at_] == '\n' && quote != '`')) {
      source_.refuse(start, "the quote is not closed");
    }
    if (text[at_] == quote) break;
    const CodePoint next = first_code_point(text.substr(at_));
    if (next.value == kReplacement) source_.refuse(at_, "U+FFFD in a string");
    if (text[at_] == '\\' && quote != '`') {
      bool is_byte = false;
      const std::size_t escaped = at_++;
      const char32_t character = escape(quote, is_byte);
      if (character == 0) source_.refuse(escaped, "a NUL character, which no label has");
      if (is_byte) {
        value += static_cast<char>(static_cast<unsigned char>(character));
      } else {
        append_character(value, character);
      }
      continue;
    }
    value += text.substr(at_, next.bytes);
    at_ += next.bytes;
  }
  const std::size_t end = at_ + 1;
  at_ = start;
  if (find_invalid_utf8(value)) source_.refuse(start, "a string that is not UTF-8");
  Token made = token(TokenKind::string, end);
  made.value = std::move(value);
  return made;
}

// What follows a backslash. `is_byte`: \x and octal ones are bytes, not characters.
char32_t Tokens::escape(char quote, bool& is_byte) {
  static constexpr std::string_view kLetters = "abfnrtv\\";
  static constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
  const std::string_view text = source_.text();
  const char letter = at_ < text.size() ? text[at_] : '\0';
  if (letter == quote || kLetters.find(letter) != std::string_view::npos) {
    ++at_;
    return static_cast<unsigned char>(letter == quote ? quote : kMeanings[kLetters.find(letter)]);
  }
  is_byte = letter == 'x' || (letter >= '0' && letter <= '7');
  if (letter >= '0' && letter <= '7') return digits(3, 8);
  if (letter != 'x' && letter != 'u' && letter != 'U') {
    source_.refuse(at_ - 1, "an escape that is none",
                   "Go's are \\n, \\t, \\\\, the quote itself, \\x7f, \\177, \\u00e9, \\U0001f600 "
                   "and a few more; in `...` a backslash is one.");
  }
  ++at_;
  return digits(letter == 'x' ? 2 : letter == 'u' ? 4 : 8, 16);
}

char32_t Tokens::digits(std::size_t count, int base) {
  const std::string_view text = source_.text().substr(at_, count);
  const auto value = whole<std::uint32_t>(text, base);
  const std::uint32_t max = count < 4 ? 0xff : 0x10ffff;
  const bool is_surrogate = value && *value >= 0xd800 && *value < 0xe000;
  if (text.size() < count || !value || *value > max || is_surrogate) {
    source_.refuse(at_, fmt::format("an escape needs {} digits of a character here", count));
  }
  at_ += count;
  return *value;
}

}  // namespace pcx::alert
