// JSON (RFC 8259) as text: finds a value without building a tree of what is around it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "load/value.h"

namespace pcx::load {

// What stands where in a text.
struct JsonFound {
  bool is_json = false;                   // all of the text is one JSON value
  bool is_tree = false;                   // an object or an array
  std::optional<std::string_view> value;  // as it is written; std::nullopt: nothing is there
};

// Of members that occur twice the last one counts, as in JavaScript. All of the text is looked at:
// a response that was cut off is no JSON, wherever the value stands. Deeper than 500 levels
// neither.
JsonFound find_json(std::string_view json, const Path& path);

// A whole JSON text as JSON.parse() reads it: 1.0 is 1, 1e400 Infinity, and of members that occur
// twice the last one counts. Throws Error{data} when it is none.
Document parse_javascript_json(std::string_view text);

// A value as find_json() found it. REQUIRES: it is JSON
Value read_json_value(std::string_view text);

}  // namespace pcx::load
