// The functions of templates: their names, and what they make.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load/template.h"

namespace pcx::load {

// How a name of a script is understood.
struct FunctionName {
  std::string_view name;  // behind the "$"
  Function function = Function::uuid;
  bool is_artillery = false;       // Artillery has it, too
  bool needs_parentheses = false;  // without them it is a variable: "$uuid"
};

// nullptr: no such function. Other names for the same are known: "randomUUID".
const FunctionName* find_function(std::string_view name);
std::vector<std::string> function_names();
// As a script calls it: "$randomNumber(min, max)".
std::string signature_of(const FunctionName& name);

// How many arguments it wants.
struct ArgumentCount {
  std::size_t min = 0;
  std::size_t max = 0;
};
ArgumentCount arguments_of(Function function);

void append_call(const Call& call, const Scope& scope, std::string& out);

}  // namespace pcx::load
