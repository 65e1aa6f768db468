// Conditions as filtrex writes them, which ifTrue and ensure's conditions use:
//
//   and or not   < <= == != >= >   in (a, b)   ~=   a ? b : c   + - * / % ^   abs() min() max() ...
//
// Also "&&", "||", "===", "!==", "!" and "if ... then", which authors write and filtrex refuses.
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
  // `number_of` gives each name its number, by which it is looked up later. A name may have dots
  // and dashes ("http.response_time.p95"): the longest one counts.
  //
  // Throws Error{data} at the place of the text's first character plus the offset of what is wrong.
  static Expression parse(std::string_view text, const Location& place,
                          const std::function<std::size_t(std::string_view name)>& number_of);

  // True where filtrex alone could not have read it.
  bool is_extended() const { return is_extended_; }
  Value evaluate(const std::function<Value(std::size_t number)>& value_of) const;

 private:
  struct Node;
  std::shared_ptr<const Node> root_;
  bool is_extended_ = false;
};

}  // namespace pcx::load
