#include "cli/render/table.h"

#include <algorithm>

#include "cli/render/width.h"

namespace pcx::cli {

namespace {

std::vector<std::size_t> widths_of(const std::vector<std::vector<TableCell>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i].text));
    }
  }
  return widths;
}

std::string line_of(const std::vector<TableCell>& row, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) line += "  ";
    const std::string padding(widths[i] - display_width(row[i].text), ' ');
    line += row[i].right ? padding + row[i].text : row[i].text + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string table(const std::vector<std::vector<TableCell>>& rows, bool bold_heading) {
  const auto widths = widths_of(rows);
  std::string result;
  for (const auto& row : rows) {
    const bool bold = bold_heading && &row == &rows.front();
    result += (bold ? "\x1b[1m" : "") + line_of(row, widths) + (bold ? "\x1b[0m\n" : "\n");
  }
  return result;
}

}  // namespace pcx::cli
