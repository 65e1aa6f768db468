// Conditions as filtrex 2 writes them, which ifTrue and ensure's conditions use:
//
//   and or not   < <= == != >= >   in (a, b)   not in (a, b)   ~= "regular expression"
//   a ? b : c   + - * / % ^   a of b   abs() ceil() floor() log() max() min() round() sqrt()
//
// Texts stand in double quotes; what stands in single quotes is a name. Also "&&", "||", "===",
// "!==", "!", "if ... then ... else", true, false and null, which authors write and filtrex refuses
// or takes for names.
//
// Operators are JavaScript's. "and" and "or" are 1 or 0 by the truth of their sides; filtrex makes
// a number of the last one, so that a text there counts as false.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "load/value.h"

namespace pcx::load {

class Expression {
 public:
  using NumberOf = std::function<std::size_t(std::string_view name)>;
  using IsKnown = std::function<bool(std::string_view name)>;

  // `number_of` gives each name its number, by which it is looked up later. A name may have dots
  // ("http.response_time.p95"); one that begins with "plugins." also dashes, slashes and colons.
  // The longest one counts. With `is_known` a dotted name that is not known is a member of a known
  // one: "user.role" of "user".
  //
  // Throws Error{data} at the place of the text's first character plus the offset of what is wrong.
  static Expression parse(std::string_view text, const Location& place, const NumberOf& number_of,
                          const IsKnown& is_known = {});

  // True where filtrex alone could not have read it, or would have read something else.
  bool is_extended() const { return is_extended_; }
  Value evaluate(const std::function<Value(std::size_t number)>& value_of) const;

  struct Node;  // of load/expression.cpp and load/expression_parser.cpp

 private:
  std::shared_ptr<const Node> root_;
  bool is_extended_ = false;
};

}  // namespace pcx::load
