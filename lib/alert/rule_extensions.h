// pcx_* annotations: what a rule of pcx has beyond one of Prometheus.
#pragma once

#include <string>
#include <string_view>

#include "alert/rule.h"
#include "alert/rule_fields.h"

namespace pcx::alert {

inline constexpr std::string_view kExtensionPrefix = "pcx_";

// `file`: the text of the rule file.
struct ExtensionSource {
  std::string_view file;
  const std::string& default_zone;
};

// Sets what the annotation, whose name begins with pcx_, says of `rule`. Throws Error{data} with
// its place, see read_rules().
void set_extension(Rule& rule, const TextMember& annotation, const ExtensionSource& source);

}  // namespace pcx::alert
