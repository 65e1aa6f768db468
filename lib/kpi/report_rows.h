// The tables of a report as rows of words, for text and Markdown alike.
#pragma once

#include <string>
#include <vector>

#include "kpi/course.h"
#include "kpi/report.h"

namespace pcx::kpi {

struct WordTable {
  struct Title {
    std::string name;
    bool is_right = false;  // numbers
  };
  struct Row {
    bool is_part = false;  // of the row above that is none
    std::vector<std::string> cells;
  };
  std::vector<Title> titles;
  std::vector<Row> rows;
};

// A row for each KPI, followed by one for each of its parts. Columns without any words are left
// out.
WordTable day_table(const Report& report, const DayReport& day);
// A row for each KPI: its first and last day's value, the smallest and largest, their sum, a line
// of blocks, and which days are remarkable.
WordTable course_table(const Report& report, TenantDays days);
// A row for each day, a column for each KPI.
WordTable days_table(const Report& report, TenantDays days);

// What is above a tenant's table: its title, and its day or days.
std::string tenant_heading(const Report& report, TenantDays days);
std::string days_line(const Report& report, TenantDays days);
// What is below all of them: "definitions fedcba9876543210", and the run where it was asked for.
std::string closing_line(const Report& report);

}  // namespace pcx::kpi
