#include "alert/template_printf.h"

#include <cmath>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::alert {

namespace {

constexpr int kPrecisionDefault = 6;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

class PrintfParser {
 public:
  explicit PrintfParser(std::string_view format) : rest_(format) {}

  PrintfFormat parse() {
    while (!rest_.empty() && made_.fault.empty()) {
      if (rest_.front() != '%') {
        add_text(rest_.substr(0, rest_.find('%')));
      } else if (rest_.starts_with("%%")) {
        add_text("%");
        rest_.remove_prefix(1);
      } else {
        rest_.remove_prefix(1);
        add_verb();
      }
    }
    return std::move(made_);
  }

 private:
  void add_text(std::string_view text) {
    made_.pieces.push_back({});
    made_.pieces.back().text = text;
    rest_.remove_prefix(text.size());
  }

  void add_verb() {
    PrintfPiece piece;
    while (take_flag(piece)) {
    }
    piece.width = take_number();
    if (rest_.starts_with('.')) {
      rest_.remove_prefix(1);
      piece.precision = take_number();
    }
    if (piece.width > kPrintfWidthMax || piece.precision.value_or(0) > kPrintfWidthMax) {
      made_.fault = fmt::format("has a width or precision above {}", kPrintfWidthMax);
      return;
    }
    take_verb(piece);
    made_.pieces.push_back(std::move(piece));
  }

  bool take_flag(PrintfPiece& piece) {
    if (rest_.empty()) return false;
    switch (rest_.front()) {
      case '+': piece.plus = true; break;
      case '-': piece.minus = true; break;
      case '0': piece.zero = true; break;
      case ' ': piece.blank = true; break;
      default: return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  int take_number() {
    int number = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) {
      if (number <= kPrintfWidthMax) number = number * 10 + (rest_.front() - '0');
    }
    return number;
  }

  void take_verb(PrintfPiece& piece) {
    const std::size_t bytes = first_code_point(rest_).bytes;
    const std::string_view verb = rest_.substr(0, bytes);
    if (verb.empty()) {
      made_.fault = "ends in the middle of a verb";
    } else if (verb == "d") {
      made_.fault = "has %d, which is for whole numbers; there are none in templates";
    } else if (std::string_view{"fegsv"}.find(verb) == std::string_view::npos) {
      made_.fault = fmt::format("has \"{}\" in a verb", escape_controls(verb));
    } else if (verb == "s" && (piece.zero || piece.plus || piece.blank)) {
      made_.fault = "has a flag of numbers at %s";
    }
    piece.verb = verb.empty() ? '\0' : verb.front();
    rest_.remove_prefix(bytes);
  }

  std::string_view rest_;
  PrintfFormat made_;
};

std::string padded(const PrintfPiece& piece, const std::string& text) {
  const auto columns = static_cast<std::size_t>(line_column_at(text, text.size()).column - 1);
  const auto width = static_cast<std::size_t>(piece.width);
  const std::string blanks(width > columns ? width - columns : 0, ' ');
  return piece.minus ? text + blanks : blanks + text;
}

// Without a sign.
std::string digits_of(const PrintfPiece& piece, double number) {
  const double size = std::fabs(number);
  if (piece.verb == 'f') {
    return fmt::format("{:.{}f}", size, piece.precision.value_or(kPrecisionDefault));
  }
  if (piece.verb == 'e') {
    return fmt::format("{:.{}e}", size, piece.precision.value_or(kPrecisionDefault));
  }
  return piece.precision ? to_go_text(size, *piece.precision) : to_go_text(size);
}

std::string sign_of(const PrintfPiece& piece, double number) {
  if (!std::isnan(number) && std::signbit(number)) return "-";
  if (piece.plus) return "+";
  if (piece.blank) return " ";
  return std::isinf(number) ? "+" : "";
}

std::string print_number(const PrintfPiece& piece, double number) {
  const std::string sign = sign_of(piece, number);
  if (!std::isfinite(number)) {
    return padded(piece, sign + (std::isnan(number) ? "NaN" : "Inf"));
  }
  std::string digits = digits_of(piece, number);
  const std::size_t length = sign.size() + digits.size();
  const auto width = static_cast<std::size_t>(piece.width);
  if (piece.zero && !piece.minus && width > length) digits.insert(0, width - length, '0');
  return padded(piece, sign + digits);
}

std::string print_text(const PrintfPiece& piece, const std::string& text) {
  if (!piece.precision) return padded(piece, text);
  const auto characters = static_cast<std::size_t>(*piece.precision);
  return padded(piece, text.substr(0, byte_offset_of_character(text, characters + 1)));
}

}  // namespace

PrintfFormat parse_printf(std::string_view format) { return PrintfParser{format}.parse(); }

std::string print(const PrintfPiece& piece, const TemplateValue& value) {
  if (const double* const number = std::get_if<double>(&value)) return print_number(piece, *number);
  return print_text(piece, std::get<std::string>(value));
}

}  // namespace pcx::alert
