#include "kpi/report_markdown.h"

#include <gmock/gmock.h>

#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ReportMarkdown, IsATableForEachTenant) {
  EXPECT_THAT(report_markdown(sample_report()), StartsWith(R"(## North Clinic (north)

2026-03-08, Sunday, America/New\_York, 23 hours

| KPI | value | vs previous day | vs same weekday | vs last year | Sundays | note |
| --- | ---: | ---: | ---: | ---: | --- | --- |
| Appointments | 23 | +15.0 % | n/a | new | ▅–▅▅▅·▅▅█ | high, usually 12.5 |
| &emsp;completed | 20 |  |  |  |  |  |
| &emsp;on "hold", &lt;b&gt;\\n | 3 |  |  |  |  |  |
| Cancelled | 0 |  |  |  |  |  |
| Average wait | n/a |  |  |  |  | n = 0; no transitions of this day |
| Revenue | failed |  |  |  |  | relation "payments" does not exist |
| No-show rate | n/a |  |  |  |  | no rows |
| Low stock | not kept |  |  |  |  | not recorded within 24 hours |

)"));
}

TEST(ReportMarkdown, OfSeveralDaysHasEachDaysValue) {
  EXPECT_EQ(report_markdown(sample_week()), R"(## North Clinic (north)

2026-03-02 to 2026-03-08, 7 days, America/New\_York

| KPI | first | last | smallest | largest | course | note |
| --- | ---: | ---: | ---: | ---: | --- | --- |
| Appointments | 10 | 16 | 10 | 16 | ▆▆–▇███ | failed on 1 day; high on 2026-03-08 |
| Revenue | 0.10 USD | 6.70 USD | 0.10 USD | 6.70 USD | ▁▂▃▅▆–█ |  |
| Low stock | 11 | 11 | 11 | 11 | ––––––█ | not kept on 6 days |

| day | Appointments | Revenue | Low stock |
| --- | ---: | ---: | ---: |
| 2026-03-02 | 10 | 0.10 USD | not kept |
| 2026-03-03 | 11 | 1.20 USD | not kept |
| 2026-03-04 | failed | 2.30 USD | not kept |
| 2026-03-05 | 13 | 3.40 USD | not kept |
| 2026-03-06 | 14 | 4.50 USD | not kept |
| 2026-03-07 | 15 |  | not kept |
| 2026-03-08 | 16 | 6.70 USD | 11 |

definitions fedcba9876543210
)");
}

TEST(ReportMarkdown, EscapesWhatWouldBeMarkup) {
  Report report = sample_report();
  report.days[0].results[0].parts = {{"a|b\\`c` *d* [e](f) <g> & _h_ #1 @i\nj", "1"}};
  EXPECT_THAT(
      report_markdown(report),
      HasSubstr(R"(| &emsp;a\|b\\\`c\` \*d\* \[e\](f) &lt;g&gt; &amp; \_h\_ \#1 \@i\\nj |)"));
}

}  // namespace
}  // namespace pcx::kpi
