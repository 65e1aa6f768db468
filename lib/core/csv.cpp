#include "core/csv.h"

#include "core/text.h"

namespace pcx {

std::string csv_quoted(std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string{text};
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string csv_text(std::string_view text) {
  return csv_quoted(is_formula(text) ? "'" + std::string{text} : std::string{text});
}

}  // namespace pcx
