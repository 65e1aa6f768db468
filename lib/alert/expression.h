// Expressions of rules: a part of PromQL that means the same here as in Prometheus 2.42
// (prometheus.io/docs/prometheus/latest/querying/basics and /operators).
//
// What there is: numbers; selectors with = != =~ !~ and `offset`; + - * / % ^ and unary + and -;
// == != > < >= <= with and without `bool`; and, or, unless; sum, avg, min, max, count, with `by
// (...)` before or after their argument; abs(), absent(); parentheses and comments (#). Two vectors
// are matched by all of their labels. Anything else of PromQL (ranges, rate(), on, ignoring,
// group_left, without, subqueries, @, strings, selectors without a metric's name, metrics named
// like a keyword, negative offsets) is refused with its place, and never means something else.
//
// Numbers are the same but for the last digits of powers, which Go calculates less exactly, and of
// means, which depend on an order that Prometheus does not promise.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alert/sample.h"
#include "core/error.h"

namespace pcx::alert {

inline constexpr std::size_t kExpressionBytesMax = 16 * 1024;
// Of parentheses and signs in one another, and of operators in a chain: a + b + c is 3 deep.
inline constexpr std::size_t kExpressionDepthMax = 100;

struct Node;  // expression_tree.h

// A number, or samples with distinct label sets in the order of those.
using Answer = std::variant<double, Samples>;

// A number is one sample without labels.
Samples samples_of(Answer answer);

// Made by parse() only: everything else REQUIRES that.
class Expression {
 public:
  // `place` is where the text begins in its file: errors point into it. Where the text has several
  // lines, all of them begin at that column, as a block of YAML does.
  //
  // Throws Error{data} with file:line:column for what is no expression of the part above, for one
  // whose types do not fit (`1 and 2`, a comparison of two numbers without bool), and beyond the
  // limits.
  static Expression parse(std::string_view text, const Location& place);

  // Throws Error{data} with the operator's place for two samples of one label set, or many-to-one
  // matches, as Prometheus does; and what `series` throws.
  Answer evaluate(const Series& series, Time at) const;

  // The label sets for which there are data to decide on: the answer as if every comparison held.
  // An alert whose label set is not among them has no data; one that is not in evaluate() but here
  // is not true any more. `absent()` always has data; what stands behind `unless` leaves nothing
  // out; either side of `or` will do. A number is one sample without labels.
  Samples present(const Series& series, Time at) const;

  bool is_vector() const;                   // its answer is samples
  std::vector<Selector> selectors() const;  // as they stand in the text, also twice
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::shared_ptr<const Node> root_;
};

}  // namespace pcx::alert
