#include "db/sql_literals.h"

#include <algorithm>
#include <cctype>

namespace pcx::db {
namespace {

constexpr auto kNone = std::string_view::npos;

bool is_name_start(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalpha(byte) != 0 || c == '_' || byte >= 0x80;
}

bool is_name_part(char c) {
  return is_name_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '$';
}

class Masker {
 public:
  explicit Masker(std::string_view sql) : sql_(sql) {}

  std::string masked() {
    while (at_ < sql_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = sql_[at_];
    if (sql_.substr(at_, 2) == "--") {
      keep_until(std::min(sql_.find('\n', at_), sql_.size()));
    } else if (sql_.substr(at_, 2) == "/*") {
      keep_until(end_of_comment());
    } else if (c == '"') {
      keep_until(
          behind(sql_.find('"', at_ + 1), 1));  // "" is two names side by side: the same here
    } else if (c == '\'') {
      mask(1, end_of_string(), 1);
    } else if (is_name_start(c)) {
      keep_until(end_of_name());
    } else if (const std::size_t tag = dollar_tag(); tag > 0) {
      mask(tag, sql_.find(sql_.substr(at_, tag), at_ + tag), tag);
    } else {
      keep_until(at_ + 1);
    }
  }

  std::size_t behind(std::size_t place, std::size_t length) const {
    return place == kNone ? sql_.size() : place + length;
  }

  void keep_until(std::size_t end) {
    out_ += sql_.substr(at_, end - at_);
    at_ = end;
  }

  // Replaces what is between two quotes; `close` is the place of the second one, if there is one.
  void mask(std::size_t open_length, std::size_t close, std::size_t close_length) {
    const std::size_t end = std::min(close, sql_.size());
    keep_until(at_ + open_length);
    out_ += "***";
    out_.append(
        static_cast<std::size_t>(std::count(sql_.begin() + static_cast<std::ptrdiff_t>(at_),
                                            sql_.begin() + static_cast<std::ptrdiff_t>(end), '\n')),
        '\n');
    at_ = end;
    if (close != kNone) keep_until(close + close_length);
  }

  // The quote that ends the constant. '' goes on as a second constant, which comes to the same.
  std::size_t end_of_string() const {
    const bool has_escapes = at_ > 0 && (sql_[at_ - 1] == 'e' || sql_[at_ - 1] == 'E') &&
                             (at_ < 2 || !is_name_part(sql_[at_ - 2]));
    for (std::size_t i = at_ + 1; i < sql_.size(); ++i) {
      if (sql_[i] == '\'') return i;
      if (sql_[i] != '\\') continue;
      if (has_escapes) {
        ++i;
      } else if (sql_.substr(i + 1, 1) == "'") {
        return kNone;  // with standard_conforming_strings = off it goes on
      }
    }
    return kNone;
  }

  std::size_t end_of_name() const {
    std::size_t end = at_;
    while (end < sql_.size() && is_name_part(sql_[end])) ++end;
    return end;
  }

  // Comments nest.
  std::size_t end_of_comment() const {
    int depth = 0;
    for (std::size_t i = at_; i + 1 < sql_.size(); ++i) {
      const auto two = sql_.substr(i, 2);
      if (two != "/*" && two != "*/") continue;
      depth += two == "/*" ? 1 : -1;
      if (depth == 0) return i + 2;
      ++i;
    }
    return sql_.size();
  }

  // Length of the "$tag$" here; 0 when there is none.
  std::size_t dollar_tag() const {
    if (sql_[at_] != '$') return 0;
    std::size_t end = at_ + 1;
    if (end < sql_.size() && is_name_start(sql_[end])) {
      while (end < sql_.size() && sql_[end] != '$' && is_name_part(sql_[end])) ++end;
    }
    return end < sql_.size() && sql_[end] == '$' ? end + 1 - at_ : 0;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::string out_;
};

}  // namespace

std::string mask_literals(std::string_view sql) { return Masker{sql}.masked(); }

}  // namespace pcx::db
