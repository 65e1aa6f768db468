// Words, numbers and signs of an expression. Source: promql/parser/lex.go of Prometheus 2.42.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"

namespace pcx::alert {

// A text and where it stands in its file. In a text of several lines all of them begin at the same
// column of the file, as a block of YAML does.
class PlacedText {
 public:
  PlacedText(std::string_view text, Location begin) : text_(text), begin_(std::move(begin)) {}

  std::string_view text() const { return text_; }
  Location place_of(std::size_t byte_offset) const;

  // Throws Error{data}.
  [[noreturn]] void refuse(std::size_t byte_offset, const std::string& message,
                           std::string hint = {}) const;
  // "rate() is not among what pcx evaluates", and what is.
  [[noreturn]] void refuse_foreign(std::size_t byte_offset, const std::string& what) const;

 private:
  std::string_view text_;
  Location begin_;
};

enum class TokenKind { end, number, duration, string, word, sign };

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t at = 0;     // byte offset
  std::string_view text;  // as written
  std::string keyword;    // of words that are one outside of braces: in small letters; else empty
  std::string value;      // of strings: without quotes and escapes
  double number = 0;

  bool is_sign(std::string_view sign) const { return kind == TokenKind::sign && text == sign; }
  bool is_keyword(std::string_view word) const {
    return kind == TokenKind::word && keyword == word;
  }
};

// Tokens one by one. Between braces a word is no keyword, and has no colon.
class Tokens {
 public:
  explicit Tokens(const PlacedText& text) : source_(text) {}

  // Throws Error{data} for characters that are no token, for strings that are not closed or have
  // escapes that Go does not know, NUL or U+FFFD, and for numbers that a double does not hold.
  Token next();
  // Whether the next token begins with this character.
  bool is_before(char c);

 private:
  void skip_blanks();
  Token word();
  Token number();
  Token string();
  Token sign();
  Token token(TokenKind kind, std::size_t end);
  char32_t escape(char quote, bool& is_byte);
  char32_t digits(std::size_t count, int base);

  const PlacedText& source_;
  std::size_t at_ = 0;
  bool in_braces_ = false;
};

}  // namespace pcx::alert
