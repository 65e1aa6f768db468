#include "kpi/exposition.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "core/time.h"
#include "kpi/measurement.h"
#include "tests/kpi/sample_report.h"
#include "tests/support/errors.h"

namespace pcx::kpi {
namespace {

using ::testing::EndsWith;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::Not;

// Of tenant "north" alone: all four states, and parts with everything that is escaped.
constexpr const char* kNorth =
    R"(# HELP pcx_kpi_appointments Appointments (unit: appointment)
# TYPE pcx_kpi_appointments gauge
pcx_kpi_appointments{tenant="north"} 23
# HELP pcx_kpi_appointments_by_status Appointments by status (unit: appointment)
# TYPE pcx_kpi_appointments_by_status gauge
pcx_kpi_appointments_by_status{tenant="north",status="completed"} 20
pcx_kpi_appointments_by_status{tenant="north",status="on \"hold\", <b>\n"} 3
# HELP pcx_kpi_appointments_cancelled Cancelled (unit: appointment)
# TYPE pcx_kpi_appointments_cancelled gauge
pcx_kpi_appointments_cancelled{tenant="north"} 0
# HELP pcx_kpi_day_end_timestamp_seconds When the day ends that the KPIs are of.
# TYPE pcx_kpi_day_end_timestamp_seconds gauge
pcx_kpi_day_end_timestamp_seconds{tenant="north"} 1773028800
# HELP pcx_kpi_day_start_timestamp_seconds When the day began that the KPIs are of.
# TYPE pcx_kpi_day_start_timestamp_seconds gauge
pcx_kpi_day_start_timestamp_seconds{tenant="north"} 1772946000
# HELP pcx_kpi_error 1 when the question of the KPI failed, else 0.
# TYPE pcx_kpi_error gauge
pcx_kpi_error{tenant="north",kpi="appointments"} 0
pcx_kpi_error{tenant="north",kpi="appointments_cancelled"} 0
pcx_kpi_error{tenant="north",kpi="average_wait"} 0
pcx_kpi_error{tenant="north",kpi="revenue"} 1
pcx_kpi_error{tenant="north",kpi="no_show_rate"} 0
pcx_kpi_error{tenant="north",kpi="low_stock"} 0
# HELP pcx_kpi_partial 1 when the day of the KPIs was not over, else 0.
# TYPE pcx_kpi_partial gauge
pcx_kpi_partial{tenant="north"} 0
# HELP pcx_kpi_unknown 1 for a KPI without a number, and why there is none.
# TYPE pcx_kpi_unknown gauge
pcx_kpi_unknown{tenant="north",kpi="average_wait",reason="no_data"} 1
pcx_kpi_unknown{tenant="north",kpi="no_show_rate",reason="no_data"} 1
pcx_kpi_unknown{tenant="north",kpi="low_stock",reason="not_kept"} 1
)";

TEST(Exposition, SaysAllOfOneDay) {
  const Report report = sample_report();
  EXPECT_EQ(exposition_of(report, report.days[0]), kNorth);
}

TEST(Exposition, HasOneGroupOfEachMetricWithAllTenants) {
  const std::string text = exposition(sample_report(), TextFormat::prometheus);
  EXPECT_THAT(text, HasSubstr("# TYPE pcx_kpi_appointments gauge\n"
                              "pcx_kpi_appointments{tenant=\"north\"} 23\n"
                              "pcx_kpi_appointments{tenant=\"south\"} 23\n"
                              "pcx_kpi_appointments{tenant=\"\"} 23\n"
                              "# HELP"));
  EXPECT_THAT(text, HasSubstr("# TYPE pcx_kpi_revenue_usd gauge\n"
                              "pcx_kpi_revenue_usd{tenant=\"south\"} -1250.50\n"
                              "# HELP"));
}

TEST(Exposition, NamesTheUnitWhereOpenMetricsWantsIt) {
  Report report = sample_report();
  const std::string text = exposition(report, TextFormat::openmetrics);
  EXPECT_THAT(text, HasSubstr("# TYPE pcx_kpi_revenue_usd gauge\n"
                              "# UNIT pcx_kpi_revenue_usd usd\n"));
  EXPECT_THAT(text, HasSubstr("# UNIT pcx_kpi_average_wait_seconds seconds\n"));
  EXPECT_THAT(text, HasSubstr("# UNIT pcx_kpi_no_show_rate_ratio ratio\n"));
  EXPECT_THAT(text, HasSubstr("# UNIT pcx_kpi_day_start_timestamp_seconds seconds\n"));
  EXPECT_THAT(text, Not(HasSubstr("# UNIT pcx_kpi_appointments")));
  EXPECT_THAT(text, EndsWith("\n# EOF\n"));
  report.currency = "eur";
  EXPECT_THAT(exposition(report, TextFormat::openmetrics),
              HasSubstr("# UNIT pcx_kpi_revenue_eur eur\n"));
}

TEST(Exposition, DiffersInTheTwoFormatsByNothingElse) {
  std::string open = exposition(sample_report(), TextFormat::openmetrics);
  for (auto at = open.find("# UNIT"); at != std::string::npos; at = open.find("# UNIT")) {
    open.erase(at, open.find('\n', at) - at + 1);
  }
  EXPECT_EQ(open, exposition(sample_report(), TextFormat::prometheus) + "# EOF\n");
}

TEST(Exposition, TellsOfTheRunWhenItIsKnown) {
  Report report = sample_report();
  report.runtime = {*parse_rfc3339("2026-03-09T04:10:00.007Z"),
                    "1:1:", std::chrono::milliseconds{42}};
  const std::string text = exposition(report, TextFormat::prometheus);
  EXPECT_THAT(text, HasSubstr("\npcx_kpi_last_success_timestamp_seconds 1773029400.007\n"));
  EXPECT_THAT(text, HasSubstr("\npcx_kpi_collect_duration_seconds 0.042\n"));
  report.runtime.reset();
  EXPECT_THAT(exposition(report, TextFormat::prometheus), Not(HasSubstr("last_success")));
}

TEST(Exposition, TellsOfSuccessOnlyWhenSomethingWasAnswered) {
  Report report = sample_report();
  report.runtime = {*parse_rfc3339("2026-03-09T04:10:00Z"), "1:1:", std::chrono::milliseconds{42}};
  for (DayReport& day : report.days) {
    for (Result& result : day.results) result.value = {State::failed, "", "timeout", {}};
  }
  for (const TextFormat format : {TextFormat::prometheus, TextFormat::openmetrics}) {
    const std::string text = exposition(report, format);
    EXPECT_THAT(text, Not(HasSubstr("pcx_kpi_last_success_timestamp_seconds")));
    EXPECT_THAT(text, HasSubstr("\npcx_kpi_collect_duration_seconds 0.042\n"));
  }
  report.days[1].results[2].value = {State::no_data, "", "no rows", 0};
  EXPECT_THAT(exposition(report, TextFormat::prometheus),
              HasSubstr("\npcx_kpi_last_success_timestamp_seconds 1773029400\n"));
  EXPECT_THAT(exposition_of(report, report.days[0]), Not(HasSubstr("last_success")));
  EXPECT_THAT(exposition_of(report, report.days[1]), HasSubstr("last_success"));
}

TEST(Exposition, SaysThatADayIsNotOver) {
  Report report = sample_report();
  report.days[1].until = report.days[1].day.from + std::chrono::hours{1};
  EXPECT_THAT(exposition(report, TextFormat::prometheus),
              HasSubstr("pcx_kpi_partial{tenant=\"north\"} 0\n"
                        "pcx_kpi_partial{tenant=\"south\"} 1\n"));
}

TEST(Exposition, IsValidUtf8WithoutMoreLinesThanSamples) {
  Report report = sample_report();
  report.tenants[1].slug = "a\\b\"c\nd\re\xff\xc3\xa9";
  EXPECT_THAT(exposition(report, TextFormat::prometheus),
              HasSubstr("pcx_kpi_partial{tenant=\"a\\\\b\\\"c\\nd\uFFFDe\uFFFD\u00e9\"} 0\n"));
}

TEST(Exposition, SteersNoTerminal) {
  Report report = sample_report();
  report.tenants[0].slug = "a\x1b[2Jb\x7f\u009bc\n\t\u00a0";
  report.days[0].results[0].parts[0].label = std::string{"nul\0", 4} + "\b";
  for (const TextFormat format : {TextFormat::prometheus, TextFormat::openmetrics}) {
    const std::string text = exposition(report, format);
    EXPECT_THAT(
        text, HasSubstr("pcx_kpi_partial{tenant=\"a\uFFFD[2Jb\uFFFD\uFFFDc\\n\uFFFD\u00a0\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("status=\"nul\uFFFD\uFFFD\"} 20\n"));
  }
}

TEST(Exposition, EscapesHelpAsEachFormatWantsIt) {
  Report report = sample_report();
  Catalog catalog = *report.catalog;
  for (DayReport& day : report.days) {
    day.results.resize(1);
    day.results[0].definition = &catalog.definitions[0];
  }
  catalog.definitions[0].title = "A \"b\" \\";
  EXPECT_THAT(exposition(report, TextFormat::prometheus),
              HasSubstr("# HELP pcx_kpi_appointments A \"b\" \\\\ (unit: appointment)\n"));
  EXPECT_THAT(exposition(report, TextFormat::openmetrics),
              HasSubstr("# HELP pcx_kpi_appointments A \\\"b\\\" \\\\ (unit: appointment)\n"));
}

TEST(Exposition, RefusesASecondDayOfATenant) {
  Report report = sample_report();
  report.days.insert(report.days.begin(), report.days.front());
  const Error error = error_of([&] { exposition(report, TextFormat::prometheus); });
  EXPECT_EQ(error.code(), ErrorCode::usage);
  EXPECT_STREQ(error.what(), "more than one day of tenant \"north\"");
}

TEST(Exposition, RefusesTwoTenantsOfOneLabel) {
  Report report = sample_report();
  report.tenants[2].id = "south";
  const Error error = error_of([&] { exposition(report, TextFormat::openmetrics); });
  EXPECT_EQ(error.code(), ErrorCode::conflict);
  EXPECT_EQ(error.reason(), "tenant_label");
  EXPECT_STREQ(error.what(), "two tenants have the label \"south\"");
}

TEST(Exposition, OfNothingIsNothing) {
  EXPECT_EQ(exposition({}, TextFormat::prometheus), "");
  EXPECT_EQ(exposition({}, TextFormat::openmetrics), "# EOF\n");
}

TEST(ContentType, IsTheFormats) {
  EXPECT_STREQ(content_type(TextFormat::prometheus), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_STREQ(content_type(TextFormat::openmetrics),
               "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST(Measurements, AreOfKnownNumbersAndTheirParts) {
  const Report report = sample_report();
  EXPECT_EQ(measurements(report, report.days[0]).size(), 4u);  // 2 values, 2 parts
  EXPECT_EQ(measurements(report, report.days[1]).size(), 6u);
  EXPECT_EQ(measurements(report).size(), 14u);
}

TEST(Measurements, LeaveOutPartsOfWhatFailed) {
  Report report = sample_report();
  report.days[0].results[0].value = {State::failed, "", "timeout", {}};
  EXPECT_EQ(measurements(report, report.days[0]).size(), 1u);
}

TEST(Measurements, AreOfTheLastMillisecondOfADayThatIsOver) {
  Report report = sample_report();
  const auto time_of_first = [&] { return measurements(report).at(0).time(); };
  EXPECT_EQ(time_of_first(), *parse_rfc3339("2026-03-09T03:59:59.999Z"));
  report.days[0].until = *parse_rfc3339("2026-03-08T20:00:00.5Z");
  EXPECT_EQ(time_of_first(), *parse_rfc3339("2026-03-08T20:00:00.5Z"));
}

TEST(FiniteNumber, IsWhatADoubleHolds) {
  EXPECT_EQ(finite_number("-1250.50"), -1250.5);
  EXPECT_EQ(finite_number("0"), 0.0);
  for (const std::string& bad : {std::string{"NaN"}, std::string{"Infinity"}, std::string{""},
                                 std::string(400, '9'), std::string{"12x"}}) {
    EXPECT_EQ(finite_number(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace pcx::kpi
