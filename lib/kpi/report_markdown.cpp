#include "kpi/report_markdown.h"

#include "core/text.h"
#include "kpi/report_rows.h"

namespace pcx::kpi {

namespace {

// Controls (line breaks among them) become \n, \x1b first, so that a cell stays in its line.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : escape_controls(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default:
        if (std::string_view{"\\`*_{}[]#|~!@"}.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
  }
  return out;
}

std::string line_of(const std::vector<std::string>& cells, bool is_part = false) {
  std::string line = "|";
  for (const std::string& cell : cells) {
    const bool is_first = line.size() == 1;
    line += is_part && is_first ? " &emsp;" : " ";
    line += escaped(cell);
    line += " |";
  }
  return line + "\n";
}

std::string table_of(const WordTable& table) {
  std::vector<std::string> names;
  std::string rule = "|";
  for (const WordTable::Title& title : table.titles) {
    names.push_back(title.name);
    rule += title.is_right ? " ---: |" : " --- |";
  }
  std::string text = line_of(names) + rule + "\n";
  for (const WordTable::Row& row : table.rows) text += line_of(row.cells, row.is_part);
  return text;
}

std::string section_of(const Report& report, TenantDays days) {
  std::string text = "## " + escaped(tenant_heading(report, days)) + "\n\n";
  text += escaped(days_line(report, days)) + "\n\n";
  if (days.size() == 1) return text + table_of(day_table(report, days.front())) + "\n";
  text += table_of(course_table(report, days)) + "\n";
  return text + table_of(days_table(report, days)) + "\n";
}

}  // namespace

std::string report_markdown(const Report& report) {
  std::string text;
  for (const TenantDays days : days_by_tenant(report)) text += section_of(report, days);
  return text + escaped(closing_line(report)) + "\n";
}

}  // namespace pcx::kpi
