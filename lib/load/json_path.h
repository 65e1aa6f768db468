// JSONPath as captures use it. Paths like $.data[0].id, which nearly all are, walk over the text
// and build nothing; others read the whole of it into a Document.
//
// Source of the meanings: jsonpath-plus 10, which Artillery 2.0.34 uses.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "load/value.h"

namespace pcx::load {

class JsonPath {
 public:
  // Members by name or ['name'], elements by number (from the end when negative), [*] and .*,
  // slices, unions, ..name, filters [?(@.a == 1)] with the operators of load/expression.h, and the
  // `length` of arrays and texts. The "$" may be left out.
  // Throws Error{data} with what is wrong.
  static JsonPath parse(std::string_view text);

  const std::string& text() const { return text_; }
  // It names one place: only members and elements.
  bool is_definite() const { return selectors_ == nullptr; }
  // What is found in a JSON text, in its order; empty when the text is no JSON, or neither an
  // object nor an array, or when there are more than a million hits. Trees are parts of one tree,
  // which lives as long as one of them: who keeps a hit copies it.
  std::vector<Value> find(std::string_view json) const;

  struct Selector;  // of load/json_path.cpp and load/json_path_parser.cpp

 private:
  std::string text_;
  Path simple_;                                             // only names and numbers
  std::shared_ptr<const std::vector<Selector>> selectors_;  // nullptr: simple
};

}  // namespace pcx::load
