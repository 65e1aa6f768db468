// What an expression's tree is worth at an instant.
#pragma once

#include "alert/expression.h"
#include "alert/expression_tree.h"
#include "alert/sample.h"

namespace pcx::alert {

enum class Question {
  answer,
  presence,  // as if every comparison held, `unless` left nothing out and absent() were true
};

// With the metrics' names, under kNameLabel, where Prometheus has them. Samples are in any order.
// Throws as Expression::evaluate() does. Source: promql/engine.go of Prometheus 2.42.
Answer evaluate_tree(const Node& root, const Series& series, Time at,
                     Question question = Question::answer);

}  // namespace pcx::alert
