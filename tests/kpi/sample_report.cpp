#include "tests/kpi/sample_report.h"

#include <fmt/format.h>

namespace pcx::kpi {
namespace {

using std::chrono::days;

constexpr Date kDay = std::chrono::year{2026} / 3 / 8;

Definition definition(const char* name, const char* title, const char* guide, Kind kind,
                      Better better) {
  Definition made;
  made.name = name;
  made.title = title;
  made.guide = guide;
  made.kind = kind;
  made.better = better;
  made.value = "count(*)";
  made.help = "Prose about it.";
  if (kind == Kind::count) made.unit = "appointment";
  made.new_relic = std::string{"Custom/"} + (*guide != 0 ? guide : name);
  made.hash = "0123456789abcdef";
  return made;
}

std::shared_ptr<Catalog> sample_catalog() {
  auto catalog = std::make_shared<Catalog>();
  catalog->sources.push_back({.name = "appointments", .help = "appointments", .sql = "SELECT 1"});
  catalog->definitions = {
      definition("appointments", "Appointments", "appointmentsToday", Kind::count, Better::more),
      definition("appointments_cancelled", "Cancelled", "appointmentsCancelled", Kind::count,
                 Better::fewer),
      definition("average_wait", "Average wait", "averageWaitTime", Kind::duration, Better::fewer),
      definition("revenue", "Revenue", "revenueToday", Kind::money, Better::more),
      definition("no_show_rate", "No-show rate", "", Kind::ratio, Better::fewer),
      definition("low_stock", "Low stock", "inventoryLowStock", Kind::count, Better::fewer)};
  catalog->definitions[0].by = "status";
  catalog->definitions[0].new_relic = "Custom/Appointments/Created";
  catalog->definitions[3].new_relic = "Custom/Revenue/Daily";
  catalog->hash = "fedcba9876543210";
  return catalog;
}

Value known(const char* digits) { return {.state = State::known, .digits = digits}; }

Result result(const Catalog& catalog, std::size_t number, Value value) {
  Result made;
  made.definition = &catalog.definitions[number];
  made.value = std::move(value);
  return made;
}

Result with_history(Result made, const char* then, double change) {
  made.comparisons = {
      {Basis::previous_day, kDay - days{1}, known(then), change},
      {Basis::same_weekday, kDay - days{7}, {.state = State::no_data, .reason = "no rows"}, {}},
      {Basis::previous_year, std::chrono::year{2025} / 3 / 8, known("0"), {}, true}};
  made.anomaly = {Anomaly::Verdict::high, 8, 12.5, 4.25};
  for (int week = 8; week > 0; --week) {
    made.series.push_back({kDay - days{7 * week}, known(week == 3 ? "0" : "12.5")});
  }
  made.series[1].value = {.state = State::no_data, .reason = "no rows"};
  made.series.push_back({kDay, made.value});
  return made;
}

// In New York; 2026-03-08 has 23 hours.
DayReport empty_day(Date date) {
  using std::chrono::hours;
  DayReport day;
  day.day = {date, Time{date} + hours{5}, Time{date} + hours{date < kDay ? 29 : 28}};
  day.until = day.day.to;
  return day;
}

DayReport north(const Catalog& catalog) {
  DayReport day = empty_day(kDay);
  day.results = {
      with_history(result(catalog, 0, known("23")), "20", 0.15),
      result(catalog, 1, known("0")),
      result(catalog, 2, {State::no_data, "", "no transitions of this day", 0}),
      result(catalog, 3, {State::failed, "", "relation \"payments\" does not exist", {}}),
      result(catalog, 4, {State::no_data, "", "no rows", {}}),
      result(catalog, 5, {State::not_kept, "", "not recorded within 24 hours", {}})};
  day.results[0].parts = {{"completed", "20"}, {"on \"hold\", <b>\n", "3"}};
  return day;
}

DayReport south(const Catalog& catalog) {
  DayReport day = north(catalog);
  day.tenant = 1;
  day.results[0].parts.clear();
  day.results[2] = result(catalog, 2, {State::known, "752", "", 18});
  day.results[3] = with_history(result(catalog, 3, known("-1250.50")), "-100.00", -11.505);
  day.results[4] = result(catalog, 4, known("0.1250"));
  day.results[5] = result(catalog, 5, known("11"));
  return day;
}

}  // namespace

Report sample_report() {
  const auto catalog = sample_catalog();
  Report report;
  report.catalog = catalog;
  report.tenants = {{"t-north", "north", "North Clinic", "America/New_York"},
                    {"t-south", "south", "South & \"Sons\", =Ltd", "America/New_York"},
                    {std::nullopt, "", "", "America/New_York"}};
  report.days = {north(*catalog), south(*catalog), north(*catalog)};
  report.days[2].tenant = 2;
  return report;
}

Report sample_week() {
  const auto catalog = sample_catalog();
  catalog->sources.push_back(
      {.name = "stock", .help = "stock", .rows = Rows::state, .sql = "SELECT 1"});
  catalog->definitions[5].source = 1;
  Report report;
  report.catalog = catalog;
  report.tenants = {{"t-north", "north", "North Clinic", "America/New_York"}};
  for (int i = 0; i < 7; ++i) {
    DayReport day = empty_day(kDay - days{6 - i});
    Value appointments = known(fmt::format("{}", 10 + i).c_str());
    if (i == 2) appointments = {State::failed, "", "canceling statement due to timeout", {}};
    day.results = {result(*catalog, 0, appointments)};
    if (i == 6) day.results[0].anomaly = {Anomaly::Verdict::high, 8, 12.5, 4.25};
    if (i != 5) {
      day.results.push_back(result(*catalog, 3, known(fmt::format("{}.{}0", i, i + 1).c_str())));
    }
    const Value stock{State::not_kept, "", "not recorded within 24 hours", {}};
    day.results.push_back(result(*catalog, 5, i == 6 ? known("11") : stock));
    report.days.push_back(std::move(day));
  }
  return report;
}

Report large_report(std::size_t kpis, std::size_t tenants) {
  const auto catalog = std::make_shared<Catalog>(*sample_catalog());
  const Definition revenue = catalog->definitions[3];
  catalog->definitions.assign(kpis, revenue);
  for (std::size_t i = 0; i < kpis; ++i) {
    catalog->definitions[i].name = fmt::format("business_figure_{}", i);
    catalog->definitions[i].title = fmt::format("Business figure {} of a long name", i);
  }
  Report report;
  report.catalog = catalog;
  for (std::size_t i = 0; i < tenants; ++i) {
    report.tenants.push_back({fmt::format("t-{}", i), fmt::format("clinic-{}", i),
                              fmt::format("The Veterinary Clinic {}", i), "America/New_York"});
    DayReport day = empty_day(kDay);
    day.tenant = i;
    for (std::size_t k = 0; k < kpis; ++k) {
      day.results.push_back(with_history(result(*catalog, k, known("12345.50")), "10735.22", 0.15));
      day.results.back().parts = {{"completed", "12000.00"}, {"refunded", "345.50"}};
    }
    report.days.push_back(std::move(day));
  }
  return report;
}

}  // namespace pcx::kpi
