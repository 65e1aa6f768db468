#include "kpi/report_html.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/date.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/course.h"
#include "kpi/report_card.h"
#include "kpi/report_rows.h"
#include "kpi/report_style.h"
#include "kpi/report_words.h"
#include "page/page.h"

namespace pcx::kpi {

namespace {

using page::aside;
using page::paragraph;
using page::shown;
using page::Table;

constexpr std::size_t kRemarksMax = 20;  // the cards say the same of all

// --- the head

std::string period_text(const Report& report) {
  if (report.days.empty()) return "nothing was asked";
  const auto [first, last] =
      std::ranges::minmax(report.days, {}, [](const DayReport& day) { return day.day.date; });
  const std::string from = to_iso_date(first.day.date), to = to_iso_date(last.day.date);
  if (from != to) return from + " to " + to;
  return fmt::format("{}, {}", weekday_text(first.day.date), from);
}

std::string links(const Report& report, const std::vector<TenantDays>& tenants) {
  constexpr std::size_t few = 3;
  if (tenants.size() <= few) return {};
  std::string html;
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    html += fmt::format("<a href=\"#tenant-{}\">{}</a>\n", i + 1,
                        shown(tenant_heading(report, tenants[i])));
  }
  return "<nav>\n" + html + "</nav>\n";
}

std::string head(const Report& report, const std::vector<TenantDays>& tenants) {
  std::string line = counted(static_cast<long long>(tenants.size()), "tenant");
  line += "; money in " + in_capitals(report.currency);
  return "<header>\n<h1>Key figures</h1>\n" + paragraph(period_text(report)) + aside(line) +
         links(report, tenants) + "</header>\n";
}

// --- what stands out

std::string remark(const Report& report, const DayReport& day, const Result& result) {
  std::string text = anomaly_text(result, report.currency);
  if (result.value.state == State::failed) text = "failed, " + result.value.reason;
  if (text.empty()) return {};
  return fmt::format(
      "{}, {}: {} {}", tenant_title(report.tenant_of(day)), to_iso_date(day.day.date),
      result.definition->title,
      result.value.state == State::known
          ? value_text(result.value, *result.definition, report.currency) + ", " + text
          : text);
}

std::string remarks(const Report& report) {
  std::vector<std::string> texts;
  for (const DayReport& day : report.days) {
    for (const Result& result : day.results) {
      if (std::string text = remark(report, day, result); !text.empty()) {
        texts.push_back(std::move(text));
      }
    }
  }
  return page::section(
      "remarkable", "What stands out",
      texts.empty() ? paragraph("Nothing.") : page::paragraphs(texts, kRemarksMax));
}

// --- the numbers behind the pictures

std::string numbers(const std::string& table) {
  if (table.empty()) return {};
  return "<details>\n<summary>The numbers of these pictures</summary>\n" + table + "</details>\n";
}

std::string cell_of(const Result& result, Date date, const std::string& currency) {
  for (const Point& point : result.series) {
    if (point.day == date) return value_text(point.value, *result.definition, currency);
  }
  return {};
}

// A row for each KPI, a column for each of its days.
std::string series_table(const Report& report, const DayReport& day) {
  std::set<Date> dates;
  for (const Result& result : day.results) {
    for (const Point& point : result.series) dates.insert(point.day);
  }
  if (dates.empty()) return {};
  std::vector<Table::Title> titles = {{"KPI", true}};
  for (const Date date : dates) titles.push_back({to_iso_date(date)});
  Table table{"numbers", std::move(titles)};
  for (const Result& result : day.results) {
    if (result.series.empty()) continue;
    table.row(result.definition->title);
    for (const Date date : dates) table.number(cell_of(result, date, report.currency));
  }
  return table.finish(day.results.size());
}

std::string course_numbers(const Report& report, TenantDays days) {
  const WordTable words = days_table(report, days);
  std::vector<Table::Title> titles;
  for (const auto& title : words.titles) titles.push_back({title.name, !title.is_right});
  Table table{"numbers", std::move(titles)};
  for (const auto& row : words.rows) {
    table.row(row.cells.front());
    for (std::size_t i = 1; i < row.cells.size(); ++i) table.number(row.cells[i]);
  }
  return table.finish(std::size_t{kDaysMax});
}

// --- tenants

std::string day_cards(const Report& report, const DayReport& day) {
  std::string html = "<div class=\"cards\">\n";
  for (const Result& result : day.results) html += day_card(result, report.currency);
  return html + "</div>\n" + numbers(series_table(report, day));
}

std::string course_cards(const Report& report, TenantDays days) {
  std::string html = "<div class=\"cards wide-ones\">\n";
  for (const Course& course : courses_of(report, days)) {
    html += course_card(course, days, report.currency);
  }
  return html + "</div>\n" + numbers(course_numbers(report, days));
}

std::string tenant_section(const Report& report, TenantDays days, std::size_t number) {
  const std::string cards =
      days.size() == 1 ? day_cards(report, days.front()) : course_cards(report, days);
  return page::section(fmt::format("tenant-{}", number), shown(tenant_heading(report, days)),
                       aside(days_line(report, days)) + cards);
}

// --- the end

std::string meanings(const Report& report) {
  std::string html;
  for (const Definition& definition : report.catalog->definitions) {
    const std::string help = definition.help.substr(0, definition.help.find("\n\n"));
    html += fmt::format("<dt>{}</dt>\n<dd>{} <small class=\"soft\">{}</small></dd>\n",
                        shown(definition.title), shown(help), shown(definition.hash));
  }
  return page::section(
      "meanings", "What the numbers mean",
      "<dl class=\"meanings\">\n" + html + "</dl>\n" + aside(closing_line(report)));
}

}  // namespace

std::string report_html(const Report& report) {
  const std::vector<TenantDays> tenants = days_by_tenant(report);
  std::string html = head(report, tenants) + remarks(report);
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    html += tenant_section(report, tenants[i], i + 1);
  }
  return page::document("Key figures, " + period_text(report), report_style(),
                        html + meanings(report));
}

}  // namespace pcx::kpi
