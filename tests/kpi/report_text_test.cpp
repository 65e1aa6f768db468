#include "kpi/report_text.h"

#include <gmock/gmock.h>

#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ReportText, IsATableForEachTenant) {
  EXPECT_THAT(
      report_text(sample_report()),
      StartsWith("North Clinic (north)\n"
                 "2026-03-08, Sunday, America/New_York, 23 hours\n"
                 "\n"
                 "KPI                    VALUE  VS PREVIOUS DAY  VS SAME WEEKDAY  VS LAST YEAR  "
                 "SUNDAYS    NOTE\n"
                 "Appointments              23          +15.0 %              n/a           new  "
                 "▅–▅▅▅·▅▅█  high, usually 12.5\n"
                 "  completed               20\n"
                 "  on \"hold\", <b>\\n         3\n"
                 "Cancelled                  0\n"
                 "Average wait             n/a                                                    "
                 "         n = 0; no transitions of this day\n"
                 "Revenue               failed                                                    "
                 "         relation \"payments\" does not exist\n"
                 "No-show rate             n/a                                                    "
                 "         no rows\n"
                 "Low stock           not kept                                                    "
                 "         not recorded within 24 hours\n"
                 "\n"
                 "South & \"Sons\", =Ltd (south)\n"
                 "2026-03-08, Sunday, America/New_York, 23 hours\n"
                 "\n"
                 "KPI                   VALUE  VS PREVIOUS DAY  VS SAME WEEKDAY  VS LAST YEAR  "
                 "SUNDAYS    NOTE\n"
                 "Appointments             23          +15.0 %              n/a           new  "
                 "▅–▅▅▅·▅▅█  high, usually 12.5\n"
                 "Cancelled                 0\n"
                 "Average wait    12 min 32 s                                                     "
                 "        n = 18\n"
                 "Revenue       -1,250.50 USD        -1150.5 %              n/a           new  "
                 "█–██████▁  high, usually 12.50 USD\n"
                 "No-show rate         12.5 %\n"
                 "Low stock                11\n"
                 "\n"));
}

TEST(ReportText, OfSeveralDaysIsALineForEachKpi) {
  EXPECT_EQ(report_text(sample_week()),
            "North Clinic (north)\n"
            "2026-03-02 to 2026-03-08, 7 days, America/New_York\n"
            "\n"
            "KPI              FIRST      LAST  SMALLEST   LARGEST  COURSE   NOTE\n"
            "Appointments        10        16        10        16  ▆▆–▇███  failed on 1 day; "
            "high on 2026-03-08\n"
            "Revenue       0.10 USD  6.70 USD  0.10 USD  6.70 USD  ▁▂▃▅▆–█\n"
            "Low stock           11        11        11        11  ––––––█  not kept on 6 days\n"
            "\n"
            "definitions fedcba9876543210\n");
}

TEST(ReportText, SaysWhenADayIsNotOver) {
  Report report = sample_report();
  report.days[0].until -= std::chrono::hours{10};
  EXPECT_THAT(report_text(report),
              HasSubstr("Sunday, America/New_York, 23 hours, compared until 2026-03-08 18:00 UTC"));
  report = sample_week();
  report.days[6].until -= std::chrono::hours{10};
  EXPECT_THAT(report_text(report),
              HasSubstr("to 2026-03-08, 7 days; the last: 2026-03-08, Sunday, "));
}

}  // namespace
}  // namespace pcx::kpi
