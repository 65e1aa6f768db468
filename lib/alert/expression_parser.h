// From the text of an expression to its tree, with types and limits checked.
#pragma once

#include <string_view>

#include "alert/expression_tree.h"
#include "core/error.h"

namespace pcx::alert {

// Throws as Expression::parse() does. Source: promql/parser/generated_parser.y and parse.go of
// Prometheus 2.42.
Node parse_tree(std::string_view text, const Location& place);

}  // namespace pcx::alert
