#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "core/text.h"
#include "load/expression_node.h"

namespace pcx::load {

namespace {

using Node = Expression::Node;

constexpr int kDepthMax = 100;

// How tightly an operator holds, as filtrex has it: the first rows let go first.
struct Infix {
  std::string_view sign;
  int level;
  Operator op;
  bool is_extended = false;
};
constexpr int kOr = 1;
constexpr int kNot = 8;    // what "not" and "!" apply to
constexpr int kMinus = 9;  // what a sign applies to
constexpr Infix kInfixes[] = {
    {"or", kOr, Operator::either},
    {"||", kOr, Operator::either, true},
    {"and", 2, Operator::both},
    {"&&", 2, Operator::both, true},
    {"in", 3, Operator::in},
    {"not in", 3, Operator::not_in},
    {"===", 4, Operator::same, true},
    {"!==", 4, Operator::different, true},
    {"==", 4, Operator::equal},
    {"!=", 4, Operator::unequal},
    {"~=", 4, Operator::matches},
    {"<=", 5, Operator::less_equal},
    {">=", 5, Operator::greater_equal},
    {"<", 5, Operator::less},
    {">", 5, Operator::greater},
    {"+", 6, Operator::add},
    {"-", 6, Operator::subtract},
    {"*", 7, Operator::multiply},
    {"/", 7, Operator::divide},
    {"%", 7, Operator::modulo},
    {"^", kNot, Operator::power},
};

struct Function {
  std::string_view name;
  Operator op;
};
constexpr Function kFunctions[] = {
    {"abs", Operator::abs},     {"ceil", Operator::ceil}, {"floor", Operator::floor},
    {"log", Operator::log},     {"max", Operator::max},   {"min", Operator::min},
    {"round", Operator::round}, {"sqrt", Operator::sqrt},
};

bool is_word_start(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}
bool is_word(char c) {
  return is_word_start(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
}
// In names of metrics of endpoints.
bool is_metric(char c) { return is_word(c) || c == '-' || c == '/' || c == ':'; }

class Parser {
 public:
  Parser(std::string_view text, const Location& place, const Expression::NumberOf& number_of,
         const Expression::IsKnown& is_known, bool& is_extended)
      : text_(text),
        place_(place),
        number_of_(number_of),
        is_known_(is_known),
        is_extended_(is_extended) {}

  Node parse() {
    Node whole = choice();
    skip_space();
    if (at_ < text_.size()) refuse("is not expected here");
    return whole;
  }

 private:
  [[noreturn]] void refuse(std::string_view what) const {
    const std::string_view rest = text_.substr(at_);
    const std::string_view shown = rest.substr(0, std::min<std::size_t>(rest.size(), 20));
    Location place = place_;
    if (place.column > 0) place.column += line_column_at(text_, at_).column - 1;
    const std::string message =
        rest.empty() ? fmt::format("the condition ends too early")
                     : fmt::format("\"{}\" {}", escape_controls(first_line(shown)), what);
    throw Error{
        ErrorCode::data, message,
        "Conditions have and, or, not, <, <=, ==, !=, >=, >, in (a, b), ~=, texts in double "
        "quotes, and names."}
        .at(place);
  }

  void skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  // A sign, or a word that ends there.
  bool is_next(std::string_view sign) {
    skip_space();
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(sign)) return false;
    return !is_word_start(sign.front()) || rest.size() == sign.size() ||
           !is_word(rest[sign.size()]);
  }

  bool take(std::string_view sign) {
    if (!is_next(sign)) return false;
    at_ += sign.size();
    return true;
  }

  void want(std::string_view sign, std::string_view what) {
    if (!take(sign)) refuse(what);
  }

  // `a ? b : c ? d : e` is `(a ? b : c) ? d : e`, as filtrex reads it.
  Node choice() {
    if (++depth_ > kDepthMax) refuse("is nested too deeply");
    Node node = take("if") ? if_then() : infix(kOr);
    while (take("?")) {
      Node yes = choice_part();
      want(":", "should be a colon");
      Node no = choice_part();
      node = make(Operator::choice, {std::move(node), std::move(yes), std::move(no)});
    }
    --depth_;
    return node;
  }

  Node choice_part() { return infix(kOr); }

  Node if_then() {
    is_extended_ = true;
    Node condition = infix(kOr);
    want("then", "should be \"then\"");
    Node yes = infix(kOr);
    Node no{.value = Value{0.0}};
    if (take("else")) no = infix(kOr);
    return make(Operator::choice, {std::move(condition), std::move(yes), std::move(no)});
  }

  const Infix* infix_at(int level) {
    for (const Infix& infix : kInfixes) {
      if (infix.sign == "not in") {
        const std::size_t before = at_;
        if (infix.level >= level && take("not") && take("in")) return &infix;
        at_ = before;
      } else if (infix.level >= level && take(infix.sign)) {
        return &infix;
      }
    }
    return nullptr;
  }

  // Operators of one level are taken from the left.
  Node infix(int level) {
    if (++depth_ > kDepthMax) refuse("is nested too deeply");
    Node left = prefix();
    while (const Infix* found = infix_at(level)) {
      is_extended_ = is_extended_ || found->is_extended;
      Node right = infix(found->level + 1);
      left = make(found->op, {std::move(left), std::move(right)});
    }
    --depth_;
    return left;
  }

  Node prefix() {
    if (take("not")) return make(Operator::no, {infix(kMinus)});
    if (is_next("!") && !is_next("!=")) {
      take("!");
      is_extended_ = true;
      return make(Operator::no, {infix(kMinus)});
    }
    if (take("-")) return make(Operator::negate, {infix(kMinus + 1)});
    return operand();
  }

  Node operand() {
    skip_space();
    if (at_ == text_.size()) refuse("is missing");
    const char c = text_[at_];
    if (c == '(') return parenthesised();
    if (c == '"') return {.value = Value{quoted('"')}};
    if (c == '\'') return named(quoted('\''));
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) return number();
    if (is_word_start(c)) return word();
    refuse("is not expected here");
  }

  Node parenthesised() {
    take("(");
    Node list = make(Operator::list, {choice()});
    while (take(",")) list.children.push_back(choice());
    want(")", "should be a closing parenthesis");
    if (list.children.size() > 1) return list;
    Node only = std::move(list.children.front());
    return only;
  }

  Node number() {
    double value = 0;
    const auto end = std::find_if(text_.begin() + static_cast<std::ptrdiff_t>(at_), text_.end(),
                                  [](char c) { return !is_word(c); });
    const char* const stop = &*text_.begin() + (end - text_.begin());
    const auto [read, failed] = std::from_chars(text_.data() + at_, stop, value);
    if (failed != std::errc{} || read != stop) refuse("is no number");
    at_ = static_cast<std::size_t>(end - text_.begin());
    return {.value = Value{value}};
  }

  std::string quoted(char quote) {
    std::string plain;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == quote) {
        at_ = i + 1;
        return plain;
      }
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      plain += text_[i];
    }
    refuse("has no closing quote");
  }

  Node word() {
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    if (text_.substr(at_).starts_with("plugins.")) {
      while (end < text_.size() && is_metric(text_[end])) ++end;
    }
    const std::string name{text_.substr(at_, end - at_)};
    const std::size_t begin = at_;
    at_ = end;
    if (take("(")) return call(name, begin);
    if (const auto constant = constant_of(name)) {
      is_extended_ = true;
      return {.value = *constant};
    }
    return named(name);
  }

  static std::optional<Value> constant_of(std::string_view name) {
    if (name == "true") return Value{true};
    if (name == "false") return Value{false};
    if (name == "null" || name == "undefined") return Value{nullptr};
    return std::nullopt;
  }

  Node call(std::string_view name, std::size_t begin) {
    const auto* found = std::ranges::find_if(
        kFunctions, [name](const Function& function) { return function.name == name; });
    if (found == std::end(kFunctions)) {
      at_ = begin;
      refuse("is no function of conditions");
    }
    Node node = make(found->op, {});
    if (take(")")) return node;
    do node.children.push_back(choice());
    while (take(","));
    want(")", "should be a closing parenthesis");
    return node;
  }

  Node named(const std::string& name) {
    if (take("of")) {
      Node node = make(Operator::member_of, {infix(kMinus + 1)});
      node.text = name;
      return node;
    }
    const std::size_t dot = name.find('.');
    const bool is_member =
        is_known_ && dot != std::string::npos && !is_known_(name) && is_known_(name.substr(0, dot));
    if (!is_member) return {.op = Operator::name, .number = number_of_(name)};
    is_extended_ = true;
    return member(name, dot);
  }

  // "user.roles.admin": a member of a member of a name.
  Node member(const std::string& name, std::size_t dot) {
    Node node{.op = Operator::name, .number = number_of_(name.substr(0, dot))};
    for (const std::string& key : split(std::string_view{name}.substr(dot + 1), '.')) {
      node = make(Operator::member, {std::move(node)});
      node.text = key;
    }
    return node;
  }

  Node make(Operator op, std::vector<Node> children) const {
    Node node{.op = op, .children = std::move(children)};
    if (op != Operator::matches || node.children[1].op != Operator::literal) return node;
    try {
      node.pattern = Regexp::compile(node.children[1].value.to_text());
    } catch (const Error& error) {
      throw Error{error}.at(place_);
    }
    return node;
  }

  std::string_view text_;
  const Location& place_;
  const Expression::NumberOf& number_of_;
  const Expression::IsKnown& is_known_;
  bool& is_extended_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Node parse_expression(std::string_view text, const Location& place,
                      const Expression::NumberOf& number_of, const Expression::IsKnown& is_known,
                      bool& is_extended) {
  return Parser{text, place, number_of, is_known, is_extended}.parse();
}

}  // namespace pcx::load
