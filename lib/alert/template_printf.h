// printf of templates: Go's fmt.Sprintf with verbs for numbers and texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alert/template_number.h"

namespace pcx::alert {

inline constexpr int kPrintfWidthMax = 1000;  // and of precisions

struct PrintfPiece {
  std::string text;  // as it is, when there is no verb
  char verb = 0;     // f, e, g, s or v
  bool plus = false;
  bool minus = false;
  bool zero = false;
  bool blank = false;
  int width = 0;
  std::optional<int> precision;

  bool takes_number() const { return verb != 's'; }
  bool takes_text() const { return verb == 's' || verb == 'v'; }
};

struct PrintfFormat {
  std::vector<PrintfPiece> pieces;
  std::string fault;  // a phrase; empty: there is none
};

PrintfFormat parse_printf(std::string_view format);

// REQUIRES: the verb takes such a value
std::string print(const PrintfPiece& piece, const TemplateValue& value);

}  // namespace pcx::alert
