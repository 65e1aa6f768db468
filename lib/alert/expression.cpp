#include "alert/expression.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "alert/expression_evaluator.h"
#include "alert/expression_parser.h"
#include "alert/expression_tree.h"

namespace pcx::alert {
namespace {

// Names of metrics are no part of an alert.
Samples for_rule(Samples samples, const Node& root) {
  for (Sample& sample : samples) sample.labels.erase(std::string{kNameLabel});
  std::ranges::sort(samples, {}, &Sample::labels);
  const auto twice = std::ranges::adjacent_find(samples, {}, &Sample::labels);
  if (twice == samples.end()) return samples;
  throw Error{ErrorCode::data,
              fmt::format("two samples have the labels {}", to_string(twice->labels))}
      .at(root.place);
}

void collect(const Node& node, std::vector<Selector>& selectors) {
  if (node.kind == NodeKind::selector) selectors.push_back(node.selector);
  for (const Node& part : node.parts) collect(part, selectors);
}

}  // namespace

Samples samples_of(Answer answer) {
  if (auto* const samples = std::get_if<Samples>(&answer)) return std::move(*samples);
  return {Sample{{}, std::get<double>(answer)}};
}

Expression Expression::parse(std::string_view text, const Location& place) {
  Expression expression;
  expression.root_ = std::make_shared<const Node>(parse_tree(text, place));
  expression.text_ = text;
  return expression;
}

Answer Expression::evaluate(const Series& series, Time at) const {
  Answer answer = evaluate_tree(*root_, series, at);
  if (auto* const samples = std::get_if<Samples>(&answer)) {
    return for_rule(std::move(*samples), *root_);
  }
  return answer;
}

Samples Expression::present(const Series& series, Time at) const {
  Answer answer = evaluate_tree(*root_, series, at, Question::presence);
  if (const auto* const number = std::get_if<double>(&answer)) return {{Labels{}, *number}};
  return for_rule(std::get<Samples>(std::move(answer)), *root_);
}

bool Expression::is_vector() const { return root_->is_vector; }

std::vector<Selector> Expression::selectors() const {
  std::vector<Selector> found;
  collect(*root_, found);
  return found;
}

}  // namespace pcx::alert
