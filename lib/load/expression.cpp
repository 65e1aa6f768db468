#include "load/expression.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "load/expression_node.h"

namespace pcx::load {

namespace {

using Node = Expression::Node;
using ValueOf = std::function<Value(std::size_t)>;

Value evaluate(const Node& node, const ValueOf& value_of);

bool is_nullish(const Value& value) { return value.is_undefined() || value.is_null(); }

// a === b; trees are the same when they are alike.
bool same(const Value& left, const Value& right) {
  if (left.is_undefined() || right.is_undefined()) {
    return left.is_undefined() && right.is_undefined();
  }
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  if (left.boolean() != nullptr && right.boolean() != nullptr) {
    return *left.boolean() == *right.boolean();
  }
  if (left.number() != nullptr && right.number() != nullptr) {
    return *left.number() == *right.number();
  }
  if (left.text() != nullptr && right.text() != nullptr) return *left.text() == *right.text();
  return left.tree() != nullptr && right.tree() != nullptr && *left.tree() == *right.tree();
}

// a == b
bool equal(const Value& left, const Value& right) {
  if (is_nullish(left) || is_nullish(right)) return is_nullish(left) && is_nullish(right);
  const bool are_texts = left.text() != nullptr && right.text() != nullptr;
  const bool has_tree = left.tree() != nullptr || right.tree() != nullptr;
  if (are_texts) return *left.text() == *right.text();
  if (has_tree) return left.to_text() == right.to_text();
  return left.to_number() == right.to_number();
}

bool compare(Operator op, const Value& left, const Value& right) {
  if (left.text() != nullptr && right.text() != nullptr) {
    const int order = left.text()->compare(*right.text());
    switch (op) {
      case Operator::less: return order < 0;
      case Operator::less_equal: return order <= 0;
      case Operator::greater: return order > 0;
      default: return order >= 0;
    }
  }
  const double a = left.to_number();
  const double b = right.to_number();
  switch (op) {
    case Operator::less: return a < b;
    case Operator::less_equal: return a <= b;
    case Operator::greater: return a > b;
    default: return a >= b;
  }
}

std::vector<Value> list_of(const Node& node, const ValueOf& value_of) {
  std::vector<Value> values;
  if (node.op == Operator::list) {
    for (const Node& child : node.children) values.push_back(evaluate(child, value_of));
    return values;
  }
  const Value value = evaluate(node, value_of);
  if (value.tree() == nullptr || !value.tree()->is_array()) return {value};
  for (const Document& item : value.tree()->items()) values.push_back(Value::of(item));
  return values;
}

// All of the left are among the right.
bool is_subset(const Node& node, const ValueOf& value_of) {
  const auto left = list_of(node.children[0], value_of);
  const auto right = list_of(node.children[1], value_of);
  return std::ranges::all_of(left, [&](const Value& value) {
    return std::ranges::any_of(right, [&](const Value& other) { return same(value, other); });
  });
}

bool matches(const Node& node, const ValueOf& value_of) {
  const std::string text = evaluate(node.children[0], value_of).to_text();
  if (node.pattern) return node.pattern->matches(text);
  try {
    return Regexp::compile(evaluate(node.children[1], value_of).to_text()).matches(text);
  } catch (const Error&) {
    return false;  // what a user's variable holds is no regular expression
  }
}

Value sum(const Value& left, const Value& right) {
  if (left.text() == nullptr && right.text() == nullptr)
    return left.to_number() + right.to_number();
  return Value{left.to_text() + right.to_text()};
}

double arithmetic(Operator op, double left, double right) {
  switch (op) {
    case Operator::subtract: return left - right;
    case Operator::multiply: return left * right;
    case Operator::divide: return left / right;
    case Operator::modulo: return std::fmod(left, right);
    default: return std::pow(left, right);
  }
}

double function(const Node& node, const ValueOf& value_of) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> numbers;
  for (const Node& child : node.children) numbers.push_back(evaluate(child, value_of).to_number());
  const bool has_nan = std::ranges::any_of(numbers, [](double n) { return std::isnan(n); });
  if (node.op == Operator::max || node.op == Operator::min) {
    const bool is_max = node.op == Operator::max;
    if (numbers.empty()) return is_max ? -kInfinity : kInfinity;
    if (has_nan) return std::numeric_limits<double>::quiet_NaN();
    return is_max ? *std::ranges::max_element(numbers) : *std::ranges::min_element(numbers);
  }
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  switch (node.op) {
    case Operator::abs: return std::fabs(numbers[0]);
    case Operator::ceil: return std::ceil(numbers[0]);
    case Operator::floor: return std::floor(numbers[0]);
    case Operator::log: return std::log(numbers[0]);
    case Operator::round: return std::floor(numbers[0] + 0.5);
    default: return std::sqrt(numbers[0]);
  }
}

Value as_number(bool truth) { return truth ? 1.0 : 0.0; }

Value evaluate(const Node& node, const ValueOf& value_of) {
  const auto child = [&](std::size_t i) { return evaluate(node.children[i], value_of); };
  switch (node.op) {
    case Operator::literal: return node.value;
    case Operator::name: return value_of(node.number);
    case Operator::member:
    case Operator::member_of: return child(0).at({PathStep{node.text}});
    case Operator::list: return node.children.empty() ? Value{} : child(node.children.size() - 1);
    case Operator::negate: return -child(0).to_number();
    case Operator::no: return as_number(!child(0).is_truthy());
    case Operator::either: return as_number(child(0).is_truthy() || child(1).is_truthy());
    case Operator::both: return as_number(child(0).is_truthy() && child(1).is_truthy());
    case Operator::equal: return as_number(equal(child(0), child(1)));
    case Operator::unequal: return as_number(!equal(child(0), child(1)));
    case Operator::same: return as_number(same(child(0), child(1)));
    case Operator::different: return as_number(!same(child(0), child(1)));
    case Operator::matches: return as_number(matches(node, value_of));
    case Operator::less:
    case Operator::less_equal:
    case Operator::greater:
    case Operator::greater_equal: return as_number(compare(node.op, child(0), child(1)));
    case Operator::in: return as_number(is_subset(node, value_of));
    case Operator::not_in: return as_number(!is_subset(node, value_of));
    case Operator::add: return sum(child(0), child(1));
    case Operator::subtract:
    case Operator::multiply:
    case Operator::divide:
    case Operator::modulo:
    case Operator::power: return arithmetic(node.op, child(0).to_number(), child(1).to_number());
    case Operator::choice: return child(0).is_truthy() ? child(1) : child(2);
    case Operator::abs:
    case Operator::ceil:
    case Operator::floor:
    case Operator::log:
    case Operator::max:
    case Operator::min:
    case Operator::round:
    case Operator::sqrt: break;
  }
  return function(node, value_of);
}

}  // namespace

Expression Expression::parse(std::string_view text, const Location& place,
                             const NumberOf& number_of, const IsKnown& is_known) {
  Expression made;
  made.root_ = std::make_shared<const Node>(
      parse_expression(text, place, number_of, is_known, made.is_extended_));
  return made;
}

Value Expression::evaluate(const std::function<Value(std::size_t number)>& value_of) const {
  return load::evaluate(*root_, value_of);
}

}  // namespace pcx::load
