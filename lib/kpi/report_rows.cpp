#include "kpi/report_rows.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/date.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/report_words.h"
#include "page/sparkline.h"

namespace pcx::kpi {

namespace {

constexpr std::size_t kSparklineColumns = 31;  // a month

std::string change_against(const Result& result, Basis basis) {
  for (const Comparison& comparison : result.comparisons) {
    if (comparison.basis == basis) return change_text(result, comparison);
  }
  return {};
}

void add_result(WordTable& table, const Result& result, const std::string& currency) {
  table.rows.push_back(
      {false,
       {result.definition->title, value_text(result.value, *result.definition, currency),
        change_against(result, Basis::previous_day), change_against(result, Basis::same_weekday),
        change_against(result, Basis::previous_year),
        page::sparkline(numbers_of(result.series), kSparklineColumns),
        note_text(result, currency)}});
  for (const Part& part : result.parts) {
    table.rows.push_back(
        {true,
         {part.label, digits_text(part.digits, *result.definition, currency), "", "", "", "", ""}});
  }
}

void drop_empty_columns(WordTable& table) {
  for (std::size_t i = table.titles.size(); i-- > 0;) {
    const auto is_empty = [&](const WordTable::Row& row) { return row.cells[i].empty(); };
    if (!std::ranges::all_of(table.rows, is_empty)) continue;
    const auto at = static_cast<std::ptrdiff_t>(i);
    table.titles.erase(table.titles.begin() + at);
    for (auto& row : table.rows) row.cells.erase(row.cells.begin() + at);
  }
}

std::string text_of(const Value* value, const Definition& definition, const std::string& currency) {
  return value == nullptr ? "" : value_text(*value, definition, currency);
}

// "n/a on 2 days; failed on 1 day; high on 2026-03-04"
std::string course_note(const Course& course, TenantDays days) {
  std::map<State, int> unknown;
  std::vector<std::string> notes, remarkable;
  for (std::size_t i = 0; i < days.size(); ++i) {
    const Result* result = course.results[i];
    if (result == nullptr) continue;
    if (result->value.state != State::known) ++unknown[result->value.state];
    const auto verdict = result->anomaly.verdict;
    if (verdict != Anomaly::Verdict::high && verdict != Anomaly::Verdict::low) continue;
    remarkable.push_back(
        fmt::format("{} on {}", to_string(verdict), to_iso_date(days[i].day.date)));
  }
  for (const auto& [state, count] : unknown) {
    notes.push_back(fmt::format("{} on {}", state_text(state), counted(count, "day")));
  }
  notes.insert(notes.end(), remarkable.begin(), remarkable.end());
  return join(notes, "; ");
}

}  // namespace

WordTable day_table(const Report& report, const DayReport& day) {
  WordTable table;
  table.titles = {{"KPI"},
                  {"value", true},
                  {fmt::format("vs {}", basis_text(Basis::previous_day)), true},
                  {fmt::format("vs {}", basis_text(Basis::same_weekday)), true},
                  {fmt::format("vs {}", basis_text(Basis::previous_year)), true},
                  {fmt::format("{}s", weekday_text(day.day.date))},
                  {"note"}};
  for (const Result& result : day.results) add_result(table, result, report.currency);
  drop_empty_columns(table);
  return table;
}

WordTable course_table(const Report& report, TenantDays days) {
  WordTable table;
  table.titles = {{"KPI"},           {"first", true}, {"last", true}, {"smallest", true},
                  {"largest", true}, {"sum", true},   {"course"},     {"note"}};
  const std::string& currency = report.currency;
  for (const Course& course : courses_of(report, days)) {
    const Definition& definition = *course.definition;
    const auto sum = course.sum();
    table.rows.push_back(
        {false,
         {definition.title, text_of(course.first(), definition, currency),
          text_of(course.last(), definition, currency),
          text_of(course.smallest(), definition, currency),
          text_of(course.largest(), definition, currency),
          sum ? digits_text(*sum, definition, currency) : "",
          page::sparkline(course.numbers(), kSparklineColumns), course_note(course, days)}});
  }
  drop_empty_columns(table);
  return table;
}

WordTable days_table(const Report& report, TenantDays days) {
  WordTable table;
  table.titles = {{"day"}};
  const auto courses = courses_of(report, days);
  for (const Course& course : courses) table.titles.push_back({course.definition->title, true});
  for (std::size_t i = 0; i < days.size(); ++i) {
    WordTable::Row row{false, {to_iso_date(days[i].day.date)}};
    for (const Course& course : courses) {
      const Result* const result = course.results[i];
      row.cells.push_back(text_of(result == nullptr ? nullptr : &result->value, *course.definition,
                                  report.currency));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string tenant_heading(const Report& report, TenantDays days) {
  return tenant_title(report.tenant_of(days.front()));
}

std::string days_line(const Report& report, TenantDays days) {
  const Tenant& tenant = report.tenant_of(days.front());
  if (days.size() == 1) return day_line(days.front(), tenant);
  std::string line = fmt::format("{} to {}, {}", to_iso_date(days.front().day.date),
                                 to_iso_date(days.back().day.date),
                                 counted(static_cast<long long>(days.size()), "day"));
  return days.back().is_partial() ? line + "; the last: " + day_line(days.back(), tenant)
                                  : line + ", " + tenant.time_zone;
}

std::string closing_line(const Report& report) {
  std::string line = "definitions " + report.catalog->hash;
  return report.runtime ? line + "; " + runtime_text(*report.runtime) : line;
}

}  // namespace pcx::kpi
