// CSV as RFC 4180, guarded against formulas: such a text gets a quote in front.
#include <string_view>

#include "cli/render/render.h"
#include "core/text.h"

namespace pcx::cli {

namespace {

std::string quoted(std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string{text};
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string field(const Cell& cell) {
  std::string text = cell_text(cell);
  if (!is_number(cell) && is_formula(text)) text.insert(0, "'");
  return quoted(text);
}

}  // namespace

std::string render_csv(const View& view) {
  std::string result;
  const char* separator = "";
  for (const Column& column : view.columns) {
    result += separator + quoted(column.key);
    separator = ",";
  }
  result += "\r\n";
  for (const auto& row : view.rows) {
    separator = "";
    for (const Cell& cell : row) {
      result += separator + field(cell);
      separator = ",";
    }
    result += "\r\n";
  }
  return result;
}

std::string render_csv(const Tree& tree) { return render_csv(flattened(tree.document)); }

}  // namespace pcx::cli
