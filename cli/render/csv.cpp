// CSV as RFC 4180, guarded against formulas: such a text gets a quote in front.
#include "core/csv.h"

#include <string_view>

#include "cli/render/render.h"

namespace pcx::cli {

namespace {

std::string field(const Cell& cell) {
  const std::string text = cell_text(cell);
  return is_number(cell) ? csv_quoted(text) : csv_text(text);
}

}  // namespace

std::string render_csv(const View& view) {
  std::string result;
  const char* separator = "";
  for (const Column& column : view.columns) {
    result += separator + csv_quoted(column.key);
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
