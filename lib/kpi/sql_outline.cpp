#include "kpi/sql_outline.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/ascii.h"
#include "core/text.h"

namespace pcx::kpi {

namespace {

constexpr auto kNone = std::string_view::npos;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_line_break(char c) { return c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_start(char c) {
  const char lower = to_lower_ascii(c);
  return (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '$'; }

class Outliner {
 public:
  explicit Outliner(std::string_view sql) : sql_(sql) {}

  SqlOutline outline() {
    while (at_ < sql_.size() && !made_.fault) step();
    if (!made_.fault && !open_.empty()) {
      const auto [bracket, offset] = open_.back();
      refuse(fmt::format("a {} that nothing closes", bracket), offset);
    }
    return std::move(made_);
  }

 private:
  // Whether the next word can be a table's name.
  enum class Before { other, point, as };

  void step() {
    const char c = sql_[at_];
    if (is_blank(c)) {
      ++at_;
    } else if (sql_.substr(at_, 2) == "--" || sql_.substr(at_, 2) == "/*") {
      comment();
    } else {
      if (!made_.start) made_.start = at_;
      token(c);
    }
  }

  void token(char c) {
    const Before before = std::exchange(before_, c == '.' ? Before::point : Before::other);
    if (c == '\'') return text(false);
    if (c == '"') return quoted_name(before);
    if (is_name_start(c)) return word(before);
    if (is_digit(c)) return number();
    if (c == '$') return dollar();
    if (c == ';') return refuse("a semicolon outside of quotes and comments", at_);
    if (c == '(' || c == '[') open_.emplace_back(c, at_);
    if (c == ')' || c == ']') return close(c);
    if (c == ',' && open_.empty() && !made_.comma) made_.comma = at_;
    ++at_;
  }

  void refuse(std::string phrase, std::size_t offset) {
    made_.fault = SqlFault{std::move(phrase), offset};
  }

  // Goes on at `end`; for npos there is none, and what began here never ends.
  void go_to(std::size_t end, std::string_view what) {
    if (end == kNone) return refuse(fmt::format("{} that does not end", what), at_);
    at_ = end;
  }

  void comment() {
    if (!made_.comment) made_.comment = at_;
    if (sql_[at_] == '-') {
      at_ = end_of_line(at_);
    } else {
      go_to(end_of_block(), "a comment");
    }
  }

  std::size_t end_of_line(std::size_t from) const {
    return std::min(sql_.find_first_of("\n\r", from), sql_.size());
  }

  // Comments nest.
  std::size_t end_of_block() const {
    int depth = 0;
    for (std::size_t i = at_; i + 1 < sql_.size(); ++i) {
      const auto two = sql_.substr(i, 2);
      if (two != "/*" && two != "*/") continue;
      depth += two == "/*" ? 1 : -1;
      if (depth == 0) return i + 2;
      ++i;
    }
    return kNone;
  }

  void text(bool has_escapes) {
    std::size_t end = end_of_text(at_, has_escapes);
    // A text goes on behind a line break, with escapes when it began with them.
    while (has_escapes && end != kNone && is_continued(end)) {
      end = end_of_text(sql_.find('\'', end_of_gap(end)), has_escapes);
    }
    go_to(end, "a text in '...'");
  }

  // Behind the quote that ends the one at `open`; '' stands for a quote.
  std::size_t end_of_text(std::size_t open, bool has_escapes) const {
    for (std::size_t i = open + 1; i < sql_.size(); ++i) {
      if (has_escapes && sql_[i] == '\\') {
        ++i;
      } else if (sql_[i] == '\'') {
        if (sql_.substr(i + 1, 1) != "'") return i + 1;
        ++i;
      }
    }
    return kNone;
  }

  // Behind blanks and comments of lines.
  std::size_t end_of_gap(std::size_t from) const {
    while (from < sql_.size()) {
      if (sql_.substr(from, 2) == "--") {
        from = end_of_line(from);
      } else if (is_blank(sql_[from])) {
        ++from;
      } else {
        break;
      }
    }
    return from;
  }

  bool is_continued(std::size_t from) const {
    const std::size_t end = end_of_gap(from);
    const auto gap = sql_.substr(from, end - from);
    return std::ranges::any_of(gap, is_line_break) && sql_.substr(end, 1) == "'";
  }

  void quoted_name(Before before) {
    SqlName name{.offset = at_, .is_quoted = true};
    std::size_t i = at_ + 1;
    for (; i < sql_.size(); ++i) {
      if (sql_[i] == '"' && sql_.substr(i + 1, 1) != "\"") break;
      if (sql_[i] == '"') ++i;
      name.text += sql_[i];
    }
    go_to(i < sql_.size() ? i + 1 : kNone, "a name in \"...\"");
    add_name(std::move(name), before);
  }

  void word(Before before) {
    const std::size_t start = at_;
    while (at_ < sql_.size() && is_name_part(sql_[at_])) ++at_;
    std::string lower = to_lower_ascii(sql_.substr(start, at_ - start));
    const auto next = sql_.substr(at_, 2);
    if (lower == "e" && next.starts_with('\'')) return text(true);
    if (lower == "u" && next == "&\"") return refuse("a name in U&\"...\"", start);
    if (lower == "as") before_ = Before::as;
    add_name({.text = std::move(lower), .offset = start}, before);
  }

  void add_name(SqlName name, Before before) {
    if (before == Before::other) made_.names.push_back(std::move(name));
  }

  // With its point: what follows that is no column.
  void number() {
    while (at_ < sql_.size() && (is_digit(sql_[at_]) || sql_[at_] == '.')) ++at_;
  }

  void dollar() {
    if (at_ + 1 < sql_.size() && is_digit(sql_[at_ + 1])) {
      const std::size_t end = std::min(sql_.find_first_not_of("0123456789", at_ + 1), sql_.size());
      return refuse(
          fmt::format("a parameter {}", sql_.substr(at_, std::min<std::size_t>(end - at_, 12))),
          at_);
    }
    const std::size_t length = dollar_tag();
    if (length == 0) {
      ++at_;
      return;
    }
    const auto tag = sql_.substr(at_, length);
    const std::size_t close = sql_.find(tag, at_ + length);
    go_to(close == kNone ? kNone : close + length, "a text in $...$");
  }

  // Length of the "$tag$" here; 0 when there is none.
  std::size_t dollar_tag() const {
    std::size_t end = at_ + 1;
    if (end < sql_.size() && is_name_start(sql_[end])) {
      while (end < sql_.size() && sql_[end] != '$' && is_name_part(sql_[end])) ++end;
    }
    return end < sql_.size() && sql_[end] == '$' ? end + 1 - at_ : 0;
  }

  void close(char bracket) {
    const char wanted = bracket == ')' ? '(' : '[';
    if (open_.empty()) return refuse(fmt::format("a {} that closes nothing", bracket), at_);
    if (open_.back().first != wanted) {
      return refuse(fmt::format("a {} that closes a {}", bracket, open_.back().first), at_);
    }
    open_.pop_back();
    ++at_;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  Before before_ = Before::other;
  std::vector<std::pair<char, std::size_t>> open_;
  SqlOutline made_;
};

}  // namespace

SqlOutline outline_sql(std::string_view sql) { return Outliner{sql}.outline(); }

}  // namespace pcx::kpi
