// Reports of a real database with the application's tables.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/date.h"
#include "core/file.h"
#include "core/time.h"
#include "db/script.h"
#include "kpi/reporter.h"
#include "tests/kpi/fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/paths.h"

namespace pcx::kpi {

inline Time instant(std::string_view text) { return parse_rfc3339(text).value(); }
inline Date date(std::string_view text) { return parse_iso_date(text).value(); }

// "12.50", or the state where there is no number.
inline std::string shown(const Value& value) {
  return value.state == State::known ? value.digits : to_string(value.state);
}
// "cat 1, dog 2"
inline std::string shown(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts) {
    text += (text.empty() ? "" : ", ") + part.label + ' ' + part.digits;
  }
  return text;
}
// "north", the id where there is no slug, "(none)".
inline std::string shown(const Tenant& tenant) {
  return tenant.label().empty() ? "(none)" : tenant.label();
}

// nullptr: the report has no such day. `tenant` as shown() writes it.
inline const DayReport* find_day(const Report& report, std::string_view tenant,
                                 std::optional<Date> date = std::nullopt) {
  for (const DayReport& day : report.days) {
    if (shown(report.tenant_of(day)) == tenant && (!date || day.day.date == *date)) return &day;
  }
  return nullptr;
}
// "(not there)" when it is not.
inline std::string shown(const Report& report, std::string_view tenant, std::string_view kpi) {
  const DayReport* const day = find_day(report, tenant);
  const Result* const result = day == nullptr ? nullptr : day->find(kpi);
  return result == nullptr ? "(not there)" : shown(result->value);
}

inline std::shared_ptr<const Catalog> catalog_of(std::string_view yaml) {
  auto catalog = std::make_shared<Catalog>();
  read_definitions(*catalog, yaml, "test.yaml");
  return catalog;
}

class ReportFixture : public ApplicationFixture {
 protected:
  // Statements, in the application's schema.
  void run(std::string_view script) { run(script, "test.sql"); }
  void run_file(const std::string& file) {
    const auto path = testing::source_folder() / "tests/kpi" / file;
    run(read_file(path), path.native());
  }

  // Of the whole catalog, of one day, without comparisons.
  ReportRequest request_of(Date day, std::string_view now) const {
    ReportRequest request;
    request.days = {DaysAsked::Which::range, day, day};
    request.zones.fallback = "UTC";
    request.selection = select_definitions(*catalog, {}, true);
    request.has_comparisons = false;
    request.now = instant(now);
    return request;
  }
  Reading read_all(const ReportRequest& request) {
    return read_report(database(), catalog, request, clock);
  }
  Report read(const ReportRequest& request) { return read_all(request).report; }

  testing::FakeClock clock;
  std::shared_ptr<const Catalog> catalog = std::make_shared<Catalog>(read_catalog(""));

 private:
  void run(std::string_view script, const std::string& file) {
    db::Transaction tx = database().begin_for_script("public");
    db::run_script(tx, script, file);
    tx.commit();
  }
};

}  // namespace pcx::kpi
