#include "kpi/report_text.h"

#include <algorithm>

#include "core/text.h"
#include "kpi/report_rows.h"
#include "kpi/report_words.h"

namespace pcx::kpi {

namespace {

using Line = std::vector<std::string>;

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Line title_line(const WordTable& table) {
  Line line;
  for (const WordTable::Title& title : table.titles) {
    line.push_back(in_capitals(title.name));
  }
  return line;
}

std::vector<Line> lines_of(const WordTable& table) {
  std::vector<Line> lines{title_line(table)};
  for (const WordTable::Row& row : table.rows) {
    Line& line = lines.emplace_back();
    for (const std::string& cell : row.cells) line.push_back(escape_controls(cell));
    if (row.is_part) line[0].insert(0, "  ");
  }
  return lines;
}

std::vector<std::size_t> widths_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(line[i]));
    }
  }
  return widths;
}

std::string aligned(const WordTable& table) {
  const std::vector<Line> lines = lines_of(table);
  const std::vector<std::size_t> widths = widths_of(lines);
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string blanks(widths[i] - width_of(line[i]), ' ');
      text += (i == 0 ? "" : "  ");
      text += table.titles[i].is_right ? blanks + line[i] : line[i] + blanks;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

}  // namespace

std::string report_text(const Report& report) {
  std::string text;
  for (const TenantDays days : days_by_tenant(report)) {
    text += escape_controls(tenant_heading(report, days)) + "\n";
    text += escape_controls(days_line(report, days)) + "\n\n";
    text +=
        aligned(days.size() == 1 ? day_table(report, days.front()) : course_table(report, days));
    text += "\n";
  }
  return text + closing_line(report) + "\n";
}

}  // namespace pcx::kpi
