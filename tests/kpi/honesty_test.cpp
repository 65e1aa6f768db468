// Zero, no data, a state that nobody kept and a KPI that failed are four different things in every
// format: of a real database in which there is nothing, something, and a table less.
#include <array>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "core/json.h"
#include "kpi/exposition.h"
#include "kpi/report_csv.h"
#include "kpi/report_html.h"
#include "kpi/report_json.h"
#include "kpi/report_markdown.h"
#include "kpi/report_text.h"
#include "tests/kpi/report_fixture.h"

namespace pcx::kpi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string json(const Report& report) { return to_json(report_json(report)); }
std::string prometheus(const Report& report) { return exposition(report, TextFormat::prometheus); }
std::string openmetrics(const Report& report) {
  return exposition(report, TextFormat::openmetrics);
}

// How the average wait is told in each format.
struct Format {
  const char* name;
  std::string (*write)(const Report&);
  const char* zero;
  const char* no_data;
  const char* failed;
};
constexpr Format kFormats[] = {
    {"text", report_text, " 0 s ", " n/a ", " failed "},
    {"Markdown", report_markdown, "| 0 s |", "| n/a |", "| failed |"},
    {"CSV", report_csv, ",average_wait,,0,seconds,known,,1,", ",average_wait,,,seconds,no_data,",
     ",average_wait,,,seconds,failed,"},
    {"JSON", json, R"("value":0,"state":"known")", R"("value":null,"state":"no_data")",
     R"("value":null,"state":"failed")"},
    {"NDJSON", report_ndjson, R"("value":0,"state":"known")", R"("value":null,"state":"no_data")",
     R"("value":null,"state":"failed")"},
    {"HTML", report_html, ">0 s<", ">n/a<", ">failed<"},
    {"Prometheus", prometheus, "pcx_kpi_average_wait_seconds{tenant=\"\"} 0\n",
     "pcx_kpi_unknown{tenant=\"\",kpi=\"average_wait\",reason=\"no_data\"} 1\n",
     "pcx_kpi_error{tenant=\"\",kpi=\"average_wait\"} 1\n"},
    {"OpenMetrics", openmetrics, "pcx_kpi_average_wait_seconds{tenant=\"\"} 0\n",
     "pcx_kpi_unknown{tenant=\"\",kpi=\"average_wait\",reason=\"no_data\"} 1\n",
     "pcx_kpi_error{tenant=\"\",kpi=\"average_wait\"} 1\n"},
};

class HonestyTest : public ReportFixture {
 protected:
  void SetUp() override {
    ReportFixture::SetUp();
    run("DELETE FROM tenants");
  }
  Report read_one(const std::string& kpi, const char* now = "2026-03-09T10:00:00Z") {
    ReportRequest request = request_of(date("2026-03-08"), now);
    request.selection = select_definitions(*catalog, {kpi}, false);
    return read(request);
  }
  // A client who was served at once.
  void add_visit() {
    run(R"(SET LOCAL session_replication_role = replica;
           INSERT INTO appointments (id, "patientId", "clientId", "appointmentType", "startTime",
                                     "endTime", reason, "veterinarianId", "updatedAt")
           VALUES ('a', '', '', '', '2026-03-08 12:00', now(), '', '', now());
           INSERT INTO audit_logs (id, "userId", action, resource, "resourceId", changes,
                                   "timestamp")
           SELECT status, 'u', 'Appointment.update', 'Appointment', 'a',
                  jsonb_build_object('status', status), '2026-03-08 12:00'
           FROM unnest(ARRAY['checked_in', 'in_progress']) status)");
  }
};

TEST_F(HonestyTest, TellsAWaitOfZeroFromNoWaitAndFromAFailure) {
  const Report no_data = read_one("average_wait");
  add_visit();
  const Report zero = read_one("average_wait");
  run("DROP TABLE audit_logs");
  const Report failed = read_one("average_wait");
  for (const Format& format : kFormats) {
    const std::string outputs[] = {format.write(zero), format.write(no_data), format.write(failed)};
    const char* const words[] = {format.zero, format.no_data, format.failed};
    for (std::size_t i = 0; i < std::size(outputs); ++i) {
      for (std::size_t j = 0; j < std::size(words); ++j) {
        if (i == j) {
          EXPECT_THAT(outputs[i], HasSubstr(words[j])) << format.name;
        } else {
          EXPECT_THAT(outputs[i], Not(HasSubstr(words[j]))) << format.name;
        }
      }
    }
  }
}

// The guide's eight, each alone. Zero: there are no rows, but for the wait; failed: the tables are
// not there; states also: of a day of which nobody kept them.
TEST_F(HonestyTest, TellsTheGuidesEightApart) {
  std::map<std::string, std::vector<Report>> situations;
  const auto note = [&](const char* now) {
    for (const Definition& definition : catalog->definitions) {
      if (definition.guide.empty()) continue;
      situations[definition.name].push_back(read_one(definition.name, now));
    }
  };
  note("2026-03-09T10:00:00Z");
  note("2026-04-09T10:00:00Z");
  run(R"(DROP TABLE appointments, invoices, payments, refunds, patients, clients, inventory_items
         CASCADE)");
  note("2026-03-09T10:00:00Z");
  EXPECT_EQ(situations.size(), 8u);
  const std::map<std::string, std::array<const char*, 2>> states = {
      {"average_wait", {"no_data", "no_data"}},
      {"active_clients", {"0", "not_kept"}},
      {"low_stock", {"0", "not_kept"}},
      {"revenue", {"0.00", "0.00"}}};
  for (const auto& [kpi, reports] : situations) {
    const auto found = states.find(kpi);
    const auto expected =
        found == states.end() ? std::array<const char*, 2>{"0", "0"} : found->second;
    EXPECT_EQ(shown(reports[0], "(none)", kpi), expected[0]) << kpi;
    EXPECT_EQ(shown(reports[1], "(none)", kpi), expected[1]) << kpi;
    EXPECT_EQ(shown(reports[2], "(none)", kpi), "failed") << kpi;
    const std::size_t different = std::string_view{expected[0]} == expected[1] ? 2 : 3;
    for (const Format& format : kFormats) {
      std::set<std::string> outputs;
      for (const Report& report : reports) outputs.insert(format.write(report));
      EXPECT_EQ(outputs.size(), different) << kpi << " in " << format.name;
    }
  }
}

// One that failed takes nothing from the others, in no format.
TEST_F(HonestyTest, ShowsTheOthersBesideOneThatFailed) {
  add_visit();
  run("DROP TABLE payments CASCADE");
  ReportRequest request = request_of(date("2026-03-08"), "2026-03-09T10:00:00Z");
  request.selection = select_definitions(*catalog, {"average_wait", "revenue"}, false);
  const Report report = read(request);
  for (const Format& format : kFormats) {
    EXPECT_THAT(format.write(report), HasSubstr(format.zero)) << format.name;
  }
  EXPECT_THAT(json(report), HasSubstr(R"("averageWaitTime":0)"));
  EXPECT_THAT(json(report), HasSubstr(R"("revenueToday":null)"));
}

// Nobody reads a clock, an id or the order of a hash table into a report.
TEST_F(HonestyTest, WritesTheSameBytesTwice) {
  run_file("traps/one_day.sql");
  ReportRequest request = request_of(date("2026-03-08"), "2026-03-09T10:00:00Z");
  request.zones.of_tenant = {{"north", "America/New_York"}, {"south", "Europe/Berlin"}};
  request.has_comparisons = true;
  const Report one = read(request);
  // Rows in another order, plans with other numbers, another session.
  run("UPDATE appointments SET notes = 'x'; UPDATE payments SET notes = 'x'");
  sql("ANALYZE");
  db::Database other = open();
  const Report two = read_report(other, catalog, request, clock).report;
  for (const Format& format : kFormats) {
    EXPECT_EQ(format.write(one), format.write(two)) << format.name;
  }
}

}  // namespace
}  // namespace pcx::kpi
