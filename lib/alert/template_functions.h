// The functions of templates that take one argument.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "alert/template_number.h"

namespace pcx::alert {

struct TemplateFunction {
  std::string_view name;
  bool takes_number;  // and texts that are numbers; else texts alone
  // Throws Error{data}, without a place, for a text that is no number, and what else does not suit.
  std::string (*apply)(const TemplateValue& argument);
};

// humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp, title, toUpper,
// toLower. Source: template/template.go of Prometheus 2.42.
std::span<const TemplateFunction> template_functions();

}  // namespace pcx::alert
