#include "load/csv.h"

#include <charconv>

#include <fmt/format.h>

#include "core/error.h"
#include "core/javascript.h"
#include "core/text.h"

namespace pcx::load {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_decimal(std::string_view text) {
  return text.find_first_not_of("0123456789+-.eE") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& file, const CsvOptions& options)
      : text_(text), file_(file), options_(options) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  std::vector<CsvRow> read() {
    while (at_ < text_.size()) {
      if (!skip_line()) row();
    }
    return std::move(rows_);
  }

 private:
  [[noreturn]] void refuse(const std::string& message, std::size_t offset, std::string hint) const {
    const auto [line, column] = line_column_at(text_, offset);
    throw Error{ErrorCode::data, message, std::move(hint)}.at({file_, line, column});
  }

  bool is_line_end(std::size_t at) const {
    return at == text_.size() || text_[at] == '\n' || text_[at] == '\r';
  }

  void take_line_end() {
    if (at_ == text_.size()) return;
    const bool is_pair = text_.substr(at_).starts_with("\r\n");
    at_ += is_pair ? 2 : 1;
    ++line_;
  }

  // Lines that are no rows.
  bool skip_line() {
    const bool is_empty = options_.skip_empty_lines && is_line_end(at_);
    const bool is_comment =
        !options_.comment.empty() && text_.substr(at_).starts_with(options_.comment);
    const bool is_before = line_ < options_.from_line;
    if (!is_empty && !is_comment && !is_before) return false;
    while (!is_line_end(at_)) ++at_;
    take_line_end();
    return true;
  }

  void row() {
    const std::size_t begin = at_;
    CsvRow made{.line = static_cast<int>(line_)};
    made.fields.push_back(field());
    while (text_.substr(at_).starts_with(options_.delimiter)) {
      at_ += options_.delimiter.size();
      made.fields.push_back(field());
    }
    if (options_.same_width && !rows_.empty() &&
        made.fields.size() != rows_.front().fields.size()) {
      refuse(fmt::format("{} in this row, {} in the first one",
                         counted(static_cast<long long>(made.fields.size()), "field"),
                         rows_.front().fields.size()),
             begin, "Quote fields with a delimiter in them, or fill the row up.");
    }
    take_line_end();
    rows_.push_back(std::move(made));
  }

  Value field() {
    skip_blanks();
    const bool is_quoted =
        options_.quote != '\0' && at_ < text_.size() && text_[at_] == options_.quote;
    return value_of(is_quoted ? quoted() : plain());
  }

  void skip_blanks() {
    while (options_.trim && at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool is_field_end(std::size_t at) const {
    return is_line_end(at) || text_.substr(at).starts_with(options_.delimiter);
  }

  std::string quoted() {
    const std::size_t begin = at_;
    std::string made;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (c == options_.escape && next == options_.quote) {
        made += text_[++at_];
      } else if (c == options_.quote) {
        ++at_;
        return end_of_quotes(std::move(made));
      } else {
        if (c == '\n') ++line_;
        made += c;
      }
    }
    refuse("a quote that is not closed", begin, "A quote in a field is written twice.");
  }

  std::string end_of_quotes(std::string made) {
    skip_blanks();
    if (!is_field_end(at_)) {
      refuse("something follows the closing quote of a field", at_,
             "A quote in a field is written twice.");
    }
    return made;
  }

  std::string plain() {
    const std::size_t begin = at_;
    while (!is_field_end(at_)) {
      if (options_.quote != '\0' && text_[at_] == options_.quote) {
        refuse("a quote in the middle of a field", at_,
               "Quote the whole field, and write the quote in it twice.");
      }
      ++at_;
    }
    const std::string_view made = text_.substr(begin, at_ - begin);
    return std::string{options_.trim ? trim(made) : made};
  }

  Value value_of(std::string text) const {
    if (!options_.cast || !is_decimal(trim(text))) return Value{std::move(text)};
    const double number = javascript::to_number(Document{text});
    return number == number ? Value{number} : Value{std::move(text)};
  }

  std::string_view text_;
  const std::string& file_;
  const CsvOptions& options_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<CsvRow> rows_;
};

}  // namespace

std::vector<CsvRow> read_csv(std::string_view text, const std::string& file,
                             const CsvOptions& options) {
  return Reader{text, file, options}.read();
}

}  // namespace pcx::load
