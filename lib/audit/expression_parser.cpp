// The parser of audit/expression.h: one function for each line of its grammar.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "audit/expression.h"
#include "core/error.h"
#include "core/text.h"

namespace pcx::audit {

namespace {

constexpr std::string_view kBlanks = " \t\n\r";
constexpr std::string_view kValueEnds = " \t\n\r(),\"";
constexpr std::string_view kNameEnds = " \t\n\r(),\":<>*";

std::vector<std::string> field_names() {
  std::vector<std::string> names;
  for (const FieldName& name : kFieldNames) names.emplace_back(name.name);
  return names;
}

const std::vector<std::string>* choices_of(Field field) {
  static const std::vector<std::string> sources = {"app", "trigger"};
  static const std::vector<std::string> ops = {"insert", "update", "delete", "truncate"};
  static const std::vector<std::string> truths = {"true", "false"};
  switch (field) {
    case Field::source: return &sources;
    case Field::op: return &ops;
    case Field::success: return &truths;
    default: return nullptr;
  }
}

bool has_path(Field field) { return field == Field::changes || field == Field::metadata; }

bool is_time(Field field) { return field == Field::since || field == Field::until; }

// Fields of which one value is above another one: texts, as bytes compare, and numbers in JSON.
bool is_ordered(Field field) {
  return choices_of(field) == nullptr && !is_time(field) && field != Field::ip &&
         field != Field::record && field != Field::text;
}

// What every place of an expression counts against the limits.
struct Budget {
  std::size_t terms = 0;
  std::size_t values = 0;
};

class Parser {
 public:
  Parser(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Expression whole() {
    check_text();
    skip_blanks();
    if (is_at_end()) return {};
    Expression found = any(0);
    if (!is_at_end()) fail(at_, fmt::format("\"{}\" closes nothing", text_[at_]));
    return found;
  }

  // Values alone, of an option.
  Expression option(Field field) {
    check_text();
    Expression found{.kind = Expression::Kind::term};
    found.term.field = field;
    whole_values_ = true;
    read_values(found.term);
    if (!is_at_end()) fail(at_, fmt::format("\"{}\" is not expected here", text_[at_]));
    return found;
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& message,
                         std::string hint = "See 'pcx audit query --help' for the language.") {
    const LineColumn place = line_column_at(text_, std::min(at, text_.size()));
    throw Error{ErrorCode::usage, escape_controls(message), std::move(hint)}
        .at({std::string{name_}, place.line, place.column})
        .because("expression");
  }

  void check_text() {
    if (text_.size() > kExpressionBytesMax) {
      fail(kExpressionBytesMax, fmt::format("longer than {} bytes", kExpressionBytesMax));
    }
    if (const auto bad = find_invalid_utf8(text_)) fail(*bad, "not UTF-8");
    const std::size_t nul = text_.find('\0');
    if (nul != std::string_view::npos) fail(nul, "a NUL byte, which no row can hold");
  }

  bool is_at_end() const { return at_ >= text_.size(); }
  bool is_next(char c) const { return !is_at_end() && text_[at_] == c; }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  bool is_word(std::string_view word) const {
    if (!text_.substr(at_).starts_with(word)) return false;
    const std::size_t behind = at_ + word.size();
    return behind == text_.size() || kBlanks.find(text_[behind]) != std::string_view::npos ||
           text_[behind] == '(' || text_[behind] == ')';
  }

  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    at_ += word.size();
    skip_blanks();
    return true;
  }

  Expression any(std::size_t depth) {
    std::vector<Expression> parts;
    parts.push_back(all(depth));
    while (take_word("OR")) parts.push_back(all(depth));
    if (parts.size() == 1) return std::move(parts.front());
    return {.kind = Expression::Kind::any, .parts = std::move(parts)};
  }

  Expression all(std::size_t depth) {
    std::vector<Expression> parts;
    do {
      parts.push_back(part(depth));
      skip_blanks();
    } while (take_word("AND") || !(is_at_end() || is_next(')') || is_word("OR")));
    if (parts.size() == 1) return std::move(parts.front());
    return {.kind = Expression::Kind::all, .parts = std::move(parts)};
  }

  Expression part(std::size_t depth) {
    if (depth > kExpressionDepthMax) {
      fail(at_, fmt::format("nested deeper than {}", kExpressionDepthMax));
    }
    if (is_next('-')) {
      ++at_;
      return negated(depth);
    }
    if (take_word("NOT")) return negated(depth);
    if (is_next('(')) return parenthesised(depth);
    return term();
  }

  Expression negated(std::size_t depth) {
    Expression found{.kind = Expression::Kind::none};
    found.parts.push_back(part(depth + 1));
    return found;
  }

  Expression parenthesised(std::size_t depth) {
    const std::size_t opened = at_++;
    skip_blanks();
    Expression found = any(depth + 1);
    skip_blanks();
    if (!is_next(')')) fail(opened, "\"(\" is not closed");
    ++at_;
    skip_blanks();
    return found;
  }

  Expression term() {
    if (is_at_end()) fail(at_, "a term is missing at the end");
    if (is_next(')') || is_next(',')) {
      fail(at_, fmt::format("a term is missing before \"{}\"", text_[at_]));
    }
    if (is_word("AND") || is_word("OR")) {
      fail(at_, fmt::format("a term is missing before {}", is_word("OR") ? "OR" : "AND"),
           "Quote it to look for the word.");
    }
    if (++budget_.terms > kExpressionTermsMax) {
      fail(at_, fmt::format("more than {} terms", kExpressionTermsMax));
    }
    Expression found{.kind = Expression::Kind::term};
    const std::size_t end = std::min(text_.find_first_of(kNameEnds, at_), text_.size());
    const bool is_field =
        end > at_ && end < text_.size() && std::string_view{":<>"}.find(text_[end]) < 3;
    if (is_field) {
      read_field(found.term, end);
    } else {
      found.term.values.push_back(read_value());
    }
    skip_blanks();
    return found;
  }

  void read_field(Term& term, std::size_t end) {
    const std::size_t start = at_;
    read_name(term, text_.substr(at_, end - at_));
    at_ = end;
    read_operator(term);
    if (term.op != Operator::match && !is_ordered(term.field)) {
      fail(end, fmt::format("{} takes \":\" only", to_string(term.field)));
    }
    if (has_path(term.field) && term.path.empty()) {
      fail(start, fmt::format("{0} needs a path, as {0}.status", to_string(term.field)));
    }
    read_values(term);
  }

  void read_name(Term& term, std::string_view name) {
    const std::size_t dot = name.find('.');
    const std::string_view head = name.substr(0, dot);
    const auto known = std::ranges::find(kFieldNames, head, &FieldName::name);
    if (known == kFieldNames.end() || (dot != std::string_view::npos && !has_path(known->field))) {
      fail_unknown(name, head);
    }
    term.field = known->field;
    if (dot == std::string_view::npos) return;
    term.path = split(name.substr(dot + 1), '.');
    const auto empty = std::ranges::find(term.path, std::string{});
    if (empty != term.path.end()) fail(at_, fmt::format("an empty name in \"{}\"", name));
    if (term.path.size() > kPathSegmentsMax) {
      fail(at_, fmt::format("a path of more than {} names", kPathSegmentsMax));
    }
  }

  [[noreturn]] void fail_unknown(std::string_view name, std::string_view head) {
    const auto meant = nearest(head, field_names());
    const std::string suggestion =
        meant && *meant != name ? fmt::format(" (did you mean \"{}\"?)", *meant) : "";
    fail(at_, fmt::format("unknown field \"{}\"{}", name, suggestion),
         "Quote a text with a colon in it to look for it: \"a:b\".");
  }

  void read_operator(Term& term) {
    const char first = text_[at_++];
    if (first == ':') return;
    const bool is_equal = is_next('=');
    if (is_equal) ++at_;
    term.op = first == '>' ? (is_equal ? Operator::at_least : Operator::above)
                           : (is_equal ? Operator::at_most : Operator::below);
  }

  void read_values(Term& term) {
    const std::size_t start = at_;
    do {
      const std::size_t at = at_;
      term.values.push_back(read_value());
      check_value(term, term.values.back(), at);
    } while (take_comma());
    const bool is_single = term.op != Operator::match || is_time(term.field);
    if (is_single && term.values.size() > 1) {
      fail(start, fmt::format("{} takes one value here", to_string(term.field)));
    }
  }

  bool take_comma() {
    if (!is_next(',')) return false;
    ++at_;
    return true;
  }

  Value read_value() {
    const std::size_t start = at_;
    if (++budget_.values > kExpressionValuesMax) {
      fail(at_, fmt::format("more than {} values", kExpressionValuesMax));
    }
    Value value{{std::string{}}};
    for (;;) {
      if (is_next('"')) {
        read_quoted(value.pieces.back());
      } else if (is_next('*')) {
        ++at_;
        value.pieces.emplace_back();
      } else if (is_value_end()) {
        break;
      } else {
        value.pieces.back() += text_[at_++];
      }
    }
    if (at_ == start) fail(at_, "a value is missing");
    return value;
  }

  // A value of an option may have blanks and parentheses in it: the shell has quoted it already.
  bool is_value_end() const {
    if (is_at_end()) return true;
    if (whole_values_) return text_[at_] == ',';
    return kValueEnds.find(text_[at_]) != std::string_view::npos;
  }

  void read_quoted(std::string& piece) {
    const std::size_t opened = at_++;
    for (; !is_next('"'); ++at_) {
      if (is_at_end()) fail(opened, "the quote is not closed");
      if (is_next('\\')) {
        ++at_;
        if (!is_next('"') && !is_next('\\')) {
          fail(at_ - 1, "a backslash in quotes stands before \" or \\ only");
        }
      }
      piece += text_[at_];
    }
    ++at_;
  }

  void check_value(Term& term, const Value& value, std::size_t at) {
    const bool takes_stars =
        term.op == Operator::match && choices_of(term.field) == nullptr && !is_time(term.field);
    if (!takes_stars && !value.is_exact()) {
      fail(at, fmt::format("{} takes no * here", to_string(term.field)));
    }
    if (const auto* const choices = choices_of(term.field)) check_choice(term, *choices, at);
    if (is_time(term.field)) {
      term.moment = parse_moment(value.text());
      if (!term.moment) {
        fail(at, fmt::format("\"{}\" is no time", value.text()),
             "Give 2026-01-31, 2026-01-31T10:00, 2026-01-31T10:00:00Z, -7d, today or yesterday.");
      }
    }
    if (term.field == Field::ip) check_network(term, value, at);
  }

  void check_choice(const Term& term, const std::vector<std::string>& choices, std::size_t at) {
    const std::string& word = term.values.back().text();
    if (std::ranges::find(choices, word) != choices.end()) return;
    fail(at,
         fmt::format("{} is {}, not \"{}\"", to_string(term.field), join(choices, " or "), word));
  }

  void check_network(Term& term, const Value& value, std::size_t at) {
    term.networks.emplace_back();
    if (!value.is_exact()) return;
    term.networks.back() = parse_network(value.text());
    if (!term.networks.back()) {
      fail(at, fmt::format("\"{}\" is no address or range", value.text()),
           "Give 10.0.0.1, 10.0.0.0/8 (no bits behind the mask), 2001:db8::/32, or 10.0.*.");
    }
  }

  std::string_view text_;
  std::string_view name_;
  std::size_t at_ = 0;
  Budget budget_;
  bool whole_values_ = false;
};

}  // namespace

Expression parse_expression(std::string_view text, std::string_view name) {
  return Parser{text, name}.whole();
}

Expression parse_option(std::string_view option, Field field, std::string_view value) {
  return Parser{value, option}.option(field);
}

}  // namespace pcx::audit
