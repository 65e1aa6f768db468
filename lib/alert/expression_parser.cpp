#include "alert/expression_parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "alert/expression.h"
#include "alert/expression_token.h"
#include "alert/prometheus_duration.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

struct Infix {
  std::string_view text;
  Operator op;
  int power;  // what binds more has more
};

constexpr int kPowerOfSigns = 5;  // a sign binds as * does: -2^2 is -4
constexpr int kPowerOfPower = 6;

constexpr std::array kInfixes = std::to_array<Infix>({
    {"or", Operator::logical_or, 1},
    {"and", Operator::logical_and, 2},
    {"unless", Operator::unless, 2},
    {"==", Operator::equal, 3},
    {"!=", Operator::not_equal, 3},
    {">", Operator::greater, 3},
    {">=", Operator::greater_equal, 3},
    {"<", Operator::less, 3},
    {"<=", Operator::less_equal, 3},
    {"+", Operator::add, 4},
    {"-", Operator::subtract, 4},
    {"*", Operator::multiply, kPowerOfSigns},
    {"/", Operator::divide, kPowerOfSigns},
    {"%", Operator::modulo, kPowerOfSigns},
    {"^", Operator::power, kPowerOfPower},
});

struct AggregationName {
  std::string_view text;
  Aggregation aggregation;
};

constexpr std::array kAggregations =
    std::to_array<AggregationName>({{"sum", Aggregation::sum},
                                    {"avg", Aggregation::avg},
                                    {"min", Aggregation::min},
                                    {"max", Aggregation::max},
                                    {"count", Aggregation::count}});

constexpr std::array kForeignAggregations = std::to_array<std::string_view>(
    {"group", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values"});
constexpr std::array kForeignModifiers =
    std::to_array<std::string_view>({"without", "on", "ignoring", "group_left", "group_right"});

bool is_one_of(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != words.end();
}

const Infix* infix_of(const Token& token) {
  const std::string_view text = token.kind == TokenKind::word   ? std::string_view{token.keyword}
                                : token.kind == TokenKind::sign ? token.text
                                                                : std::string_view{};
  const auto* const found = std::ranges::find(kInfixes, text, &Infix::text);
  return found == kInfixes.end() ? nullptr : found;
}

std::optional<MatchKind> match_kind_of(const Token& token) {
  if (token.is_sign("=")) return MatchKind::equal;
  if (token.is_sign("!=")) return MatchKind::not_equal;
  if (token.is_sign("=~")) return MatchKind::matches;
  if (token.is_sign("!~")) return MatchKind::matches_not;
  return std::nullopt;
}

std::string shown(const Token& token) {
  if (token.kind == TokenKind::end) return "the end";
  const std::string_view line = first_line(token.text);
  const std::string_view begin = line.substr(0, byte_offset_of_character(line, 31));
  return fmt::format("\"{}{}\"", begin, begin.size() < token.text.size() ? "..." : "");
}

class Parser {
 public:
  explicit Parser(const PlacedText& text) : text_(text), tokens_(text), token_(tokens_.next()) {}

  Node whole() {
    if (token_.kind == TokenKind::end) text_.refuse(0, "an expression is missing");
    Node found = expression(1);
    if (token_.kind == TokenKind::end) return found;
    if (token_.is_sign(")")) text_.refuse(token_.at, "\")\" closes nothing");
    refuse_token("an operator");
  }

 private:
  Token take() { return std::exchange(token_, tokens_.next()); }

  bool take_sign(std::string_view sign) {
    if (!token_.is_sign(sign)) return false;
    take();
    return true;
  }

  // Names what of PromQL stands here; otherwise says what is missing.
  [[noreturn]] void refuse_token(std::string_view wanted) {
    refuse_foreign_token();
    text_.refuse(token_.at, fmt::format("{} is missing before {}", wanted, shown(token_)),
                 token_.is_sign("=") ? "Two equal signs compare: ==." : "");
  }

  void refuse_foreign_token() {
    if (token_.is_sign("[")) text_.refuse_foreign(token_.at, "a range or subquery ([...])");
    if (token_.is_sign("@")) text_.refuse_foreign(token_.at, "@");
    if (token_.is_sign("=~") || token_.is_sign("!~")) {
      text_.refuse(token_.at, fmt::format("\"{}\" stands between braces only", token_.text));
    }
    if (token_.kind == TokenKind::string) text_.refuse_foreign(token_.at, "a string by itself");
    if (token_.is_keyword("atan2") || is_one_of(token_.keyword, kForeignModifiers)) {
      text_.refuse_foreign(token_.at, token_.keyword);
    }
  }

  Node node(NodeKind kind, std::size_t at) const {
    Node made;
    made.kind = kind;
    made.place = text_.place_of(at);
    return made;
  }

  void put(Node& parent, Node child, std::size_t at) const {
    parent.height = std::max(parent.height, child.height + 1);
    if (parent.height > kExpressionDepthMax) refuse_depth(at);
    parent.parts.push_back(std::move(child));
  }

  [[noreturn]] void refuse_depth(std::size_t at) const {
    text_.refuse(at, fmt::format("nested deeper than {}", kExpressionDepthMax),
                 "Every pair of parentheses, sign and operator of a chain counts.");
  }

  // Operators of `power` and more: precedence climbing.
  Node expression(int power) {
    if (++depth_ > kExpressionDepthMax) refuse_depth(token_.at);
    Node left = operand();
    for (const Infix* infix = infix_of(token_); infix != nullptr && infix->power >= power;
         infix = infix_of(token_)) {
      const Token op = take();
      Node made = node(NodeKind::binary, op.at);
      made.op = infix->op;
      read_modifiers(made);
      const bool is_right = infix->op == Operator::power;
      Node right = expression(is_right ? infix->power : infix->power + 1);
      check_types(made, left, right, op.at);
      made.is_vector = left.is_vector || right.is_vector;
      put(made, std::move(left), op.at);
      put(made, std::move(right), op.at);
      left = std::move(made);
    }
    --depth_;
    return left;
  }

  void read_modifiers(Node& made) {
    if (token_.is_keyword("bool")) {
      if (!is_comparison(made.op)) {
        text_.refuse(token_.at, fmt::format("bool stands behind comparisons, not behind \"{}\"",
                                            to_string(made.op)));
      }
      made.returns_bool = true;
      take();
    }
    if (is_one_of(token_.keyword, kForeignModifiers)) {
      text_.refuse_foreign(token_.at, token_.keyword);
    }
  }

  void check_types(const Node& made, const Node& left, const Node& right, std::size_t at) const {
    if (is_set_operator(made.op) && !(left.is_vector && right.is_vector)) {
      text_.refuse(at, fmt::format("{} stands between vectors, and one of these is a number",
                                   to_string(made.op)));
    }
    if (is_comparison(made.op) && !made.returns_bool && !left.is_vector && !right.is_vector) {
      text_.refuse(at, "two numbers are compared without bool",
                   fmt::format("Write \"{} bool\", which answers 1 or 0.", to_string(made.op)));
    }
  }

  Node operand() {
    if (token_.is_sign("-") || token_.is_sign("+")) return signed_operand();
    const std::size_t at = token_.at;
    Node found = primary();
    const bool is_bare = found.kind == NodeKind::selector && text_.text()[at] != '(';
    while (token_.is_keyword("offset")) {
      if (!is_bare) text_.refuse(token_.at, "offset stands behind a selector only");
      read_offset(found.selector);
    }
    if (token_.is_sign("[") || token_.is_sign("@")) refuse_foreign_token();
    return found;
  }

  Node signed_operand() {
    const Token sign = take();
    Node made = node(sign.text == "-" ? NodeKind::minus : NodeKind::plus, sign.at);
    Node inner = expression(kPowerOfSigns + 1);
    made.is_vector = inner.is_vector;
    put(made, std::move(inner), sign.at);
    return made;
  }

  Node primary() {
    if (token_.kind == TokenKind::number) {
      const Token token = take();
      Node made = node(NodeKind::number, token.at);
      made.number = token.number;
      return made;
    }
    if (token_.is_sign("(")) return parenthesised();
    if (token_.is_sign("{")) {
      text_.refuse_foreign(token_.at, "a selector without a metric's name");
    }
    if (token_.kind == TokenKind::word) return named();
    refuse_token("an operand");
  }

  Node parenthesised() {
    const Token opened = take();
    Node inner = expression(1);
    close(opened);
    return inner;
  }

  void close(const Token& opened) {
    if (take_sign(")")) return;
    if (token_.kind == TokenKind::end) text_.refuse(opened.at, "\"(\" is not closed");
    if (token_.is_sign(",")) text_.refuse(token_.at, "more than one argument");
    refuse_token("an operator or \")\"");
  }

  // What begins with a word: an aggregation, a call, or a selector.
  Node named() {
    const bool is_call = tokens_.is_before('(');
    const auto* const found =
        std::ranges::find(kAggregations, token_.keyword, &AggregationName::text);
    if (found != kAggregations.end()) return aggregation(found->aggregation);
    if (is_one_of(token_.keyword, kForeignAggregations)) {
      text_.refuse_foreign(token_.at, token_.keyword + (is_call ? "()" : ""));
    }
    if (!token_.keyword.empty()) {
      refuse_foreign_token();
      text_.refuse(token_.at, fmt::format("an operand is missing before {}", shown(token_)));
    }
    return is_call ? call() : selector();
  }

  Node aggregation(Aggregation aggregation) {
    const Token name = take();
    Node made = node(NodeKind::aggregation, name.at);
    made.aggregation = aggregation;
    made.is_vector = true;
    const bool is_by_before = read_by(made);
    read_argument(made, name);
    if (!is_by_before) read_by(made);
    return made;
  }

  // "(x)", behind the name of an aggregation or a function.
  void read_argument(Node& made, const Token& name) {
    if (!token_.is_sign("(")) {
      refuse_foreign_token();
      text_.refuse(token_.at, fmt::format("\"(\" is missing behind {}", name.text),
                   "A metric of this name cannot be selected.");
    }
    const Token opened = take();
    if (token_.is_sign(")")) {
      text_.refuse(token_.at, fmt::format("{}() needs an argument", name.text));
    }
    const std::size_t at = token_.at;
    Node argument = expression(1);
    close(opened);
    if (!argument.is_vector) {
      text_.refuse(at, fmt::format("{}() takes a vector, not a number", name.text));
    }
    put(made, std::move(argument), name.at);
  }

  bool read_by(Node& made) {
    if (token_.is_keyword("without")) refuse_foreign_token();
    if (!token_.is_keyword("by")) return false;
    take();
    if (!take_sign("(")) refuse_token("\"(\"");
    while (!token_.is_sign(")")) {
      if (token_.kind != TokenKind::word || token_.keyword == "without" ||
          !is_label_name(token_.text)) {
        text_.refuse(token_.at, fmt::format("a label is missing before {}", shown(token_)));
      }
      made.by.insert(std::string{take().text});
      if (!token_.is_sign(")") && !take_sign(",")) refuse_token("\",\" or \")\"");
    }
    take();
    return true;
  }

  // Functions are told apart by case: ABS() is none.
  Node call() {
    const bool is_abs = token_.text == "abs";
    if (!is_abs && token_.text != "absent") {
      text_.refuse_foreign(token_.at, fmt::format("{}()", token_.text));
    }
    const Token name = take();
    Node made = node(is_abs ? NodeKind::abs : NodeKind::absent, name.at);
    made.is_vector = true;
    read_argument(made, name);
    return made;
  }

  Node selector() {
    const Token name = take();
    Node made = node(NodeKind::selector, name.at);
    made.is_vector = true;
    made.selector.name = name.text;
    if (token_.is_sign("{")) made.selector.matchers = matchers();
    return made;
  }

  Matchers matchers() {
    const Token opened = take();
    std::vector<Matcher> list;
    while (!token_.is_sign("}")) {
      list.push_back(matcher(opened));
      if (!token_.is_sign("}") && !take_sign(",")) refuse_in_braces(opened, "\",\" or \"}\"");
    }
    take();
    return Matchers{std::move(list)};
  }

  [[noreturn]] void refuse_in_braces(const Token& opened, std::string_view wanted) {
    if (token_.kind == TokenKind::end) text_.refuse(opened.at, "\"{\" is not closed");
    text_.refuse(token_.at, fmt::format("{} is missing before {}", wanted, shown(token_)));
  }

  Matcher matcher(const Token& opened) {
    if (token_.kind != TokenKind::word) refuse_in_braces(opened, "a label");
    const Token label = take();
    if (label.text == kNameLabel) {
      text_.refuse(label.at, "the metric's name is there already, before the braces");
    }
    const auto kind = match_kind_of(token_);
    if (!kind) refuse_in_braces(opened, "=, !=, =~ or !~");
    take();
    if (token_.kind != TokenKind::string) refuse_in_braces(opened, "a string");
    Matcher found{std::string{label.text}, *kind, token_.value};
    check_pattern(found);
    take();
    return found;
  }

  // Compiled once more afterwards, with the others: here the place of a fault is known.
  void check_pattern(const Matcher& matcher) const {
    try {
      const Matchers alone{{matcher}};
    } catch (Error& error) {
      throw error.at(text_.place_of(token_.at));
    }
  }

  void read_offset(Selector& selector) {
    const Token offset = take();
    if (selector.offset.count() > 0) text_.refuse(offset.at, "a second offset");
    if (token_.is_sign("-")) text_.refuse_foreign(token_.at, "a negative offset");
    if (token_.kind != TokenKind::duration) {
      text_.refuse(token_.at, fmt::format("a duration is missing before {}", shown(token_)),
                   "Durations are 5m, 1h30m, 1d, 2w.");
    }
    const auto duration = parse_prometheus_duration(token_.text);
    if (!duration || duration->count() == 0) {
      text_.refuse(token_.at, fmt::format("{} is no duration", shown(token_)),
                   "Durations are 5m, 1h30m, 1d, 2w: more than 0, at most 292 years.");
    }
    selector.offset = *duration;
    take();
  }

  const PlacedText& text_;
  Tokens tokens_;
  Token token_;
  std::size_t depth_ = 0;
};

void check_text(const PlacedText& placed) {
  const std::string_view text = placed.text();
  if (text.size() > kExpressionBytesMax) {
    placed.refuse(0, fmt::format("an expression of more than {} bytes", kExpressionBytesMax));
  }
  if (const auto bad = find_invalid_utf8(text)) placed.refuse(*bad, "not UTF-8");
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) placed.refuse(nul, "a NUL character");
}

}  // namespace

std::string_view to_string(Operator op) noexcept {
  return std::ranges::find(kInfixes, op, &Infix::op)->text;
}

Node parse_tree(std::string_view text, const Location& place) {
  const PlacedText placed{text, place};
  check_text(placed);
  return Parser{placed}.whole();
}

}  // namespace pcx::alert
