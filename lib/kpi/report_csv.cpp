#include "kpi/report_csv.h"

#include <fmt/format.h>

#include "core/csv.h"
#include "core/date.h"
#include "core/text.h"
#include "core/time.h"
#include "kpi/controls.h"
#include "kpi/report_words.h"

namespace pcx::kpi {

namespace {

constexpr const char* kTitles =
    "day,tenant,tenant_name,kpi,label,value,unit,state,reason,n,partial,so_far,previous_day,"
    "previous_day_change,same_weekday,same_weekday_change,previous_year,previous_year_change,"
    "anomaly,score,definition_hash\r\n";

using Cells = std::vector<std::string>;  // as they are written

// Breaks of lines stay, in quotation marks.
std::string cell_text(std::string_view text) { return csv_text(without_controls(text)); }

std::string change_cell(const Comparison& comparison) {
  if (comparison.value.state != State::known) return to_string(comparison.value.state);
  if (comparison.is_new) return "new";
  return comparison.change ? share_digits(*comparison.change) : "";
}

void add_comparison(Cells& cells, const Result& result, Basis basis) {
  for (const Comparison& comparison : result.comparisons) {
    if (comparison.basis != basis) continue;
    cells.push_back(comparison.value.digits);
    cells.push_back(change_cell(comparison));
    return;
  }
  cells.insert(cells.end(), 2, "");
}

Cells cells_of(const Report& report, const DayReport& day, const Result& result) {
  const Tenant& tenant = report.tenant_of(day);
  const Definition& definition = *result.definition;
  const Value& value = result.value;
  Cells cells = {to_iso_date(day.day.date),
                 cell_text(tenant.label()),
                 cell_text(tenant.name),
                 definition.name,
                 "",
                 value.digits,
                 cell_text(unit_text(definition, report.currency)),
                 to_string(value.state),
                 cell_text(value.reason),
                 value.sample ? fmt::format("{}", *value.sample) : "",
                 day.is_partial() ? "true" : "false",
                 result.so_far ? result.so_far->digits : ""};
  for (const Basis basis : {Basis::previous_day, Basis::same_weekday, Basis::previous_year}) {
    add_comparison(cells, result, basis);
  }
  cells.push_back(to_string(result.anomaly.verdict));
  cells.push_back(result.anomaly.score ? share_digits(*result.anomaly.score) : "");
  cells.push_back(definition.hash);
  return cells;
}

// What belongs to the value as a whole is empty.
Cells part_of(Cells cells, const Part& part) {
  constexpr std::size_t label = 4, value = 5, state = 7, reason = 8, sample = 9, so_far = 11,
                        hash = 20;
  cells[label] = cell_text(part.label);
  cells[value] = part.digits;
  cells[state] = "part";
  cells[reason] = cells[sample] = "";
  for (std::size_t i = so_far; i < hash; ++i) cells[i] = "";
  return cells;
}

}  // namespace

std::string report_csv(const Report& report) {
  std::string text = kTitles;
  for (const DayReport& day : report.days) {
    for (const Result& result : day.results) {
      const Cells cells = cells_of(report, day, result);
      text += join(cells, ",") + "\r\n";
      for (const Part& part : result.parts) text += join(part_of(cells, part), ",") + "\r\n";
    }
  }
  return text;
}

}  // namespace pcx::kpi
