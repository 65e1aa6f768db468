#include "kpi/report_csv.h"

#include <gmock/gmock.h>

#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ReportCsv, HasALineForEachValueAndEachPart) {
  EXPECT_THAT(
      report_csv(sample_report()),
      StartsWith(
          "day,tenant,tenant_name,kpi,label,value,unit,state,reason,n,partial,so_far,previous_day,"
          "previous_day_change,same_weekday,same_weekday_change,previous_year,"
          "previous_year_change,anomaly,score,definition_hash\r\n"
          "2026-03-08,north,North Clinic,appointments,,23,appointment,known,,,false,,20,0.15,,"
          "no_data,0,new,high,4.25,0123456789abcdef\r\n"
          "2026-03-08,north,North Clinic,appointments,completed,20,appointment,part,,,false,,,,,,,,"
          ",,0123456789abcdef\r\n"
          "2026-03-08,north,North Clinic,appointments,\"on \"\"hold\"\", <b>\n\",3,appointment,"
          "part,,,false,,,,,,,,,,0123456789abcdef\r\n"
          "2026-03-08,north,North "
          "Clinic,appointments_cancelled,,0,appointment,known,,,false,,,,,,,,"
          "insufficient,,0123456789abcdef\r\n"
          "2026-03-08,north,North Clinic,average_wait,,,seconds,no_data,no transitions of this day,"
          "0,false,"));
}

TEST(ReportCsv, KeepsNumbersNumbersAndDisarmsText) {
  Report report = sample_report();
  report.tenants[1].name = "=cmd()";
  report.days[1].results[0].parts = {{"-1", "-2"}};
  const std::string csv = report_csv(report);
  EXPECT_THAT(csv,
              HasSubstr("south,'=cmd(),revenue,,-1250.50,USD,known,,,false,,-100.00,-11.505,"));
  EXPECT_THAT(csv, HasSubstr(",appointments,'-1,-2,"));
}

TEST(ReportCsv, SteersNoTerminal) {
  Report report = sample_report();
  report.tenants[1].name = "So\x1b[2Juth\u009b\x7f";
  report.days[1].results[0].parts = {{"\r=1", "1"}, {"a\nb", "2"}};
  const std::string csv = report_csv(report);
  EXPECT_THAT(csv, HasSubstr(",south,So\uFFFD[2Juth\uFFFD\uFFFD,"));
  EXPECT_THAT(csv, HasSubstr(",appointments,\uFFFD=1,1,"));
  EXPECT_THAT(csv, HasSubstr(",appointments,\"a\nb\",2,"));
}

TEST(ReportCsv, SaysWhenADayIsNotOver) {
  Report report = sample_report();
  report.days[0].until -= std::chrono::hours{1};
  report.days[0].results[0].so_far = Value{.state = State::known, .digits = "12"};
  EXPECT_THAT(report_csv(report), HasSubstr("known,,,true,12,20,"));
}

}  // namespace
}  // namespace pcx::kpi
