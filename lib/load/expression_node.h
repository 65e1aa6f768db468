// The tree of an expression: what the parser makes and the evaluation walks over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "load/expression.h"
#include "load/regexp.h"
#include "load/value.h"

namespace pcx::load {

enum class Operator {
  literal,
  name,
  member,  // `text` of its only child
  list,
  negate,
  no,
  either,
  both,
  equal,
  unequal,
  same,
  different,
  matches,
  less,
  less_equal,
  greater,
  greater_equal,
  in,
  not_in,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
  choice,
  member_of,
  abs,
  ceil,
  floor,
  log,
  max,
  min,
  round,
  sqrt,
};

struct Expression::Node {
  Operator op = Operator::literal;
  std::vector<Node> children;
  Value value;                    // literal
  std::size_t number = 0;         // name
  std::string text;               // member, member_of
  std::optional<Regexp> pattern;  // matches, when it is a literal
};

// Throws Error{data} as Expression::parse().
Expression::Node parse_expression(std::string_view text, const Location& place,
                                  const Expression::NumberOf& number_of,
                                  const Expression::IsKnown& is_known, bool& is_extended);

}  // namespace pcx::load
