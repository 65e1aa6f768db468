// What an expression is made of: a tree of values.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "alert/labels.h"
#include "alert/sample.h"
#include "core/error.h"

namespace pcx::alert {

// The label under which a metric's name goes through an evaluation, as in Prometheus; no sample of
// a Series or of an answer to a rule has it.
inline constexpr std::string_view kNameLabel = "__name__";

enum class NodeKind { number, selector, plus, minus, binary, aggregation, abs, absent };

enum class Operator {
  logical_or,
  logical_and,
  unless,
  equal,
  not_equal,
  greater,
  greater_equal,
  less,
  less_equal,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  power,
};

constexpr bool is_set_operator(Operator op) noexcept { return op <= Operator::unless; }
constexpr bool is_comparison(Operator op) noexcept {
  return op >= Operator::equal && op <= Operator::less_equal;
}

std::string_view to_string(Operator op) noexcept;  // as it is written: "<="

enum class Aggregation { sum, avg, min, max, count };

// Only what its kind needs is set.
struct Node {
  NodeKind kind = NodeKind::number;
  Location place;  // of the operator, name or number

  double number = 0;
  Selector selector;
  Operator op = Operator::add;
  bool returns_bool = false;  // a comparison that answers 0 or 1
  Aggregation aggregation = Aggregation::sum;
  LabelNames by;
  std::vector<Node> parts;  // of binary: left and right; of number and selector: none; else one

  bool is_vector = false;
  std::size_t height = 1;  // kExpressionDepthMax at most, so that recursion ends

  // A comparison of vectors that leaves out the samples for which it does not hold.
  bool is_filter() const { return kind == NodeKind::binary && is_comparison(op) && !returns_bool; }
};

}  // namespace pcx::alert
