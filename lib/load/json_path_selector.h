// One step of a JSONPath: what the parser makes and the search walks by.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "load/expression.h"
#include "load/json_path.h"

namespace pcx::load {

struct JsonPath::Selector {
  enum class Kind { members, all, slice, descend, filter };
  Kind kind = Kind::members;
  Path members;                     // each of them: a name, or an element
  std::optional<long> from, to;     // slice; from the end when negative
  long step = 1;                    // slice; above 0
  std::optional<Expression> where;  // filter
  std::vector<Path> names;          // that it asks for, below each element
};

// Throws Error{data}.
std::vector<JsonPath::Selector> parse_json_path(std::string_view text);

}  // namespace pcx::load
