#include "load/dotenv.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "core/text.h"

namespace pcx::load {

namespace {

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// \n and \r as double quotes have them.
std::string expanded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'n' || next == 'r') {
      out += next == 'n' ? '\n' : '\r';
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::map<std::string, std::string> read() {
    while (at_ < text_.size()) {
      read_line();
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    }
    return std::move(values_);
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  std::string_view name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // Of "export NAME", NAME; "export=1" sets export.
  std::string_view name_behind_export() {
    skip_blanks();
    const std::string_view first = name();
    if (first != "export" || at_ == text_.size() || !is_blank(text_[at_])) return first;
    skip_blanks();
    const std::string_view second = name();
    return second.empty() ? first : second;
  }

  bool is_assignment() {
    const bool is_next_to_name = at_ < text_.size() && text_[at_] == ':';
    if (is_next_to_name) {
      ++at_;
      return at_ < text_.size() && is_blank(text_[at_]);
    }
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != '=') return false;
    ++at_;
    return true;
  }

  void read_line() {
    const std::string key{name_behind_export()};
    if (key.empty() || !is_assignment()) return;
    skip_blanks();
    auto value = quoted();
    values_[key] = value ? *std::move(value) : plain();
  }

  // std::nullopt: there is no quote, or it is never closed.
  std::optional<std::string> quoted() {
    if (at_ == text_.size()) return std::nullopt;
    const char quote = text_[at_];
    if (quote != '\'' && quote != '"' && quote != '`') return std::nullopt;
    for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
      const bool is_escaped =
          text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] == quote;
      if (is_escaped) ++end;
      if (is_escaped || text_[end] != quote) continue;
      const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
      at_ = end + 1;
      return quote == '"' ? expanded(inside) : std::string{inside};
    }
    return std::nullopt;
  }

  std::string plain() {
    const std::size_t end = std::min(text_.find_first_of("#\r\n", at_), text_.size());
    const std::string_view value = trim(text_.substr(at_, end - at_));
    at_ = end;
    return std::string{value};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::map<std::string, std::string> values_;
};

}  // namespace

std::map<std::string, std::string> parse_dotenv(std::string_view text) {
  return Reader{text}.read();
}

}  // namespace pcx::load
