#include "alert/expression_evaluator.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace pcx::alert {
namespace {

[[noreturn]] void refuse_node(const Node& node, const std::string& what, const Labels& labels) {
  throw Error{ErrorCode::data,
              fmt::format("{} have the labels {}", what, escape_controls(to_string(labels)))}
      .at(node.place);
}

Labels without_name(Labels labels) {
  labels.erase(std::string{kNameLabel});
  return labels;
}

void drop_names(Samples& samples) {
  for (Sample& sample : samples) sample.labels.erase(std::string{kNameLabel});
}

void check_distinct(const Node& node, const Samples& samples) {
  std::set<Labels> seen;
  for (const Sample& sample : samples) {
    if (!seen.insert(sample.labels).second) refuse_node(node, "two samples", sample.labels);
  }
}

bool holds(Operator op, double left, double right) {
  switch (op) {
    case Operator::equal: return left == right;
    case Operator::not_equal: return left != right;
    case Operator::greater: return left > right;
    case Operator::greater_equal: return left >= right;
    case Operator::less: return left < right;
    default: return left <= right;
  }
}

double calculate(Operator op, double left, double right) {
  switch (op) {
    case Operator::add: return left + right;
    case Operator::subtract: return left - right;
    case Operator::multiply: return left * right;
    case Operator::divide: return left / right;
    case Operator::modulo: return std::fmod(left, right);
    default: return std::pow(left, right);
  }
}

// Of two numbers; comparisons with bool only.
double combine(Operator op, double left, double right) {
  if (is_comparison(op)) return holds(op, left, right) ? 1 : 0;
  return calculate(op, left, right);
}

// A mean that does not overflow where the sum would, and keeps an infinity unless one of the other
// sign or NaN comes: step by step as Prometheus does it.
double next_mean(double mean, double value, double count) {
  if (std::isinf(mean)) {
    if (std::isinf(value) && (mean > 0) == (value > 0)) return mean;
    if (std::isfinite(value)) return mean;
  }
  return mean + (value / count - mean / count);
}

struct Group {
  double value = 0;  // of the first sample, then of all so far
  double count = 1;
};

void add_to(Group& group, Aggregation aggregation, double value) {
  ++group.count;
  switch (aggregation) {
    case Aggregation::sum: group.value += value; break;
    case Aggregation::avg: group.value = next_mean(group.value, value, group.count); break;
    case Aggregation::min:
      if (group.value > value || std::isnan(group.value)) group.value = value;
      break;
    case Aggregation::max:
      if (group.value < value || std::isnan(group.value)) group.value = value;
      break;
    case Aggregation::count: break;
  }
}

Labels only(const Labels& labels, const LabelNames& names) {
  Labels kept;
  for (const std::string& name : names) {
    const auto found = labels.find(name);
    if (found != labels.end()) kept.insert(*found);
  }
  return kept;
}

// What absent(x{a="b"}) says of itself: labels that must have one value. A later matcher of the
// same label takes it away again.
Labels demanded(const Selector& selector) {
  Labels labels;
  LabelNames seen;
  for (const Matcher& matcher : selector.matchers.list()) {
    const bool is_first = matcher.kind == MatchKind::equal && seen.insert(matcher.label).second;
    labels.erase(matcher.label);
    if (is_first && !matcher.value.empty()) labels[matcher.label] = matcher.value;
  }
  return labels;
}

class Evaluator {
 public:
  Evaluator(const Series& series, Time at, Question question)
      : series_(series), at_(at), is_presence_(question == Question::presence) {}

  Answer value_of(const Node& node) const {
    switch (node.kind) {
      case NodeKind::number: return node.number;
      case NodeKind::selector: return selected(node);
      case NodeKind::plus: return value_of(node.parts[0]);
      case NodeKind::minus: return negated(node);
      case NodeKind::binary: return binary(node);
      case NodeKind::aggregation: return aggregated(node);
      case NodeKind::abs: return absolute(node);
      case NodeKind::absent: break;
    }
    return absent(node);
  }

 private:
  Samples vector_of(const Node& node) const { return std::get<Samples>(value_of(node)); }
  double scalar_of(const Node& node) const { return std::get<double>(value_of(node)); }

  Samples selected(const Node& node) const {
    Samples samples = series_.select(node.selector, at_);
    for (Sample& sample : samples) sample.labels[std::string{kNameLabel}] = node.selector.name;
    std::ranges::sort(samples, {}, &Sample::labels);  // sums are the same whoever adds up
    check_distinct(node, samples);
    return samples;
  }

  Samples mapped(const Node& node, double (*change)(double)) const {
    Samples samples = vector_of(node.parts[0]);
    for (Sample& sample : samples) sample.value = change(sample.value);
    drop_names(samples);
    check_distinct(node, samples);
    return samples;
  }

  Answer negated(const Node& node) const {
    if (!node.is_vector) return -scalar_of(node.parts[0]);
    return mapped(node, [](double value) { return -value; });
  }

  Answer absolute(const Node& node) const {
    return mapped(node, [](double value) { return std::fabs(value); });
  }

  Answer absent(const Node& node) const {
    const Node& argument = node.parts[0];
    if (!is_presence_ && !vector_of(argument).empty()) return Samples{};
    const bool is_selector = argument.kind == NodeKind::selector;
    return Samples{{is_selector ? demanded(argument.selector) : Labels{}, 1}};
  }

  Answer aggregated(const Node& node) const {
    std::map<Labels, Group> groups;
    for (const Sample& sample : vector_of(node.parts[0])) {
      const auto [group, is_new] =
          groups.try_emplace(only(sample.labels, node.by), Group{.value = sample.value});
      if (!is_new) add_to(group->second, node.aggregation, sample.value);
    }
    Samples samples;
    for (const auto& [labels, group] : groups) {
      const bool counts = node.aggregation == Aggregation::count;
      samples.push_back({labels, counts ? group.count : group.value});
    }
    return samples;
  }

  Answer binary(const Node& node) const {
    const Node& left = node.parts[0];
    const Node& right = node.parts[1];
    if (is_set_operator(node.op)) return of_sets(node, vector_of(left), vector_of(right));
    if (left.is_vector && right.is_vector) {
      return of_vectors(node, vector_of(left), vector_of(right));
    }
    if (left.is_vector) return with_number(node, vector_of(left), scalar_of(right), false);
    if (right.is_vector) return with_number(node, vector_of(right), scalar_of(left), true);
    return combine(node.op, scalar_of(left), scalar_of(right));
  }

  // The value of a pair, of which a comparison without bool keeps `kept`; std::nullopt: left out.
  std::optional<double> paired(const Node& node, double left, double right, double kept) const {
    if (!node.is_filter()) return combine(node.op, left, right);
    if (is_presence_ || holds(node.op, left, right)) return kept;
    return std::nullopt;
  }

  Samples named(const Node& node, Samples samples) const {
    if (!node.is_filter()) drop_names(samples);
    check_distinct(node, samples);
    return samples;
  }

  // A comparison keeps the vector's value, on whichever side it stands.
  Samples with_number(const Node& node, const Samples& samples, double number,
                      bool is_left_number) const {
    Samples found;
    for (const Sample& sample : samples) {
      const double left = is_left_number ? number : sample.value;
      const double right = is_left_number ? sample.value : number;
      const auto value = paired(node, left, right, sample.value);
      if (value) found.push_back({sample.labels, *value});
    }
    return named(node, std::move(found));
  }

  // Each sample of the left with the one of the right that has the same labels but for the name.
  Samples of_vectors(const Node& node, const Samples& left, const Samples& right) const {
    if (left.empty() || right.empty()) return {};
    std::map<Labels, double> others;
    for (const Sample& sample : right) {
      const Labels labels = without_name(sample.labels);
      if (!others.emplace(labels, sample.value).second) {
        refuse_node(node, "two samples on the right", labels);
      }
    }
    Samples found;
    std::set<Labels> matched;
    for (const Sample& sample : left) {
      const Labels labels = without_name(sample.labels);
      const auto other = others.find(labels);
      if (other == others.end()) continue;
      const auto value = paired(node, sample.value, other->second, sample.value);
      if (!value) continue;
      if (!matched.insert(labels).second) refuse_node(node, "two samples on the left", labels);
      found.push_back({sample.labels, *value});
    }
    return named(node, std::move(found));
  }

  Samples of_sets(const Node& node, Samples left, Samples right) const {
    const bool is_or = node.op == Operator::logical_or;
    if (node.op == Operator::unless && is_presence_) return left;
    std::set<Labels> others;
    for (const Sample& sample : is_or ? left : right) others.insert(without_name(sample.labels));
    const bool is_kept = node.op == Operator::logical_and;
    const auto is_left_out = [&](const Sample& sample) {
      return others.contains(without_name(sample.labels)) != is_kept;
    };
    std::erase_if(is_or ? right : left, is_left_out);
    if (!is_or) return left;
    std::ranges::move(right, std::back_inserter(left));
    check_distinct(node, left);
    return left;
  }

  const Series& series_;
  Time at_;
  bool is_presence_;
};

}  // namespace

Answer evaluate_tree(const Node& root, const Series& series, Time at, Question question) {
  return Evaluator{series, at, question}.value_of(root);
}

}  // namespace pcx::alert
