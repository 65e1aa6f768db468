// What a template was read into, and reading it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert/template_functions.h"
#include "alert/template_printf.h"
#include "core/error.h"

namespace pcx::alert {

struct TemplateNode {
  enum class Kind { text, value, label, call, print };
  Kind kind = Kind::text;
  std::string text;                            // text; of label: its name
  const TemplateFunction* function = nullptr;  // of call
  PrintfFormat format;                         // of print
  std::vector<TemplateNode> arguments;         // of call: one; of print: one for each verb
  bool is_number() const { return kind == Kind::value; }
};

// The parts of a template, one after the other. Throws Error{data}, see Template::parse().
std::vector<TemplateNode> parse_template(std::string_view text, const Location& place);

}  // namespace pcx::alert
