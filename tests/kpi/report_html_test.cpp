#include "kpi/report_html.h"

#include <regex>

#include <gmock/gmock.h>

#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReportHtml, LoadsNothingAndRunsNothing) {
  for (const Report& report : {sample_report(), sample_week()}) {
    const std::string html = report_html(report);
    EXPECT_THAT(html, ::testing::StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
    EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
    for (const char* const bad : {"<script", "<link", "<img", "<iframe", "url(", "@import",
                                  "http:", "https:", "src=", " onload"}) {
      EXPECT_THAT(html, Not(HasSubstr(bad)));
    }
  }
}

TEST(ReportHtml, EscapesData) {
  Report report = sample_report();
  report.days[0].results[3].value.reason = "</p><script>alert(1)</script>";
  const std::string html = report_html(report);
  EXPECT_THAT(html, HasSubstr("South &amp; &quot;Sons&quot;, =Ltd (south)"));
  EXPECT_THAT(html, HasSubstr("on &quot;hold&quot;, &lt;b&gt;"));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST(ReportHtml, TellsPrograms) {
  const std::string html = report_html(sample_report());
  EXPECT_THAT(html, HasSubstr("<article data-kpi=\"appointments\" data-state=\"known\" "
                              "data-value=\"23\">"));
  EXPECT_THAT(html, HasSubstr("<article data-kpi=\"low_stock\" data-state=\"not_kept\" "
                              "data-value=\"\">"));
  EXPECT_THAT(html, HasSubstr("data-values=\"12.5 no_data 12.5 12.5 12.5 0 12.5 12.5 23\""));
}

TEST(ReportHtml, SaysWhetherAChangeIsBetter) {
  const std::string html = report_html(sample_report());
  EXPECT_THAT(html, HasSubstr("<dt>previous day</dt><dd class=\"good\">▲ +15.0 % "
                              "<small>better</small></dd>"));
  EXPECT_THAT(html, HasSubstr("<dd class=\"bad\">▼ -1150.5 % <small>worse</small></dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>same weekday</dt><dd>n/a</dd>"));
  EXPECT_THAT(html, HasSubstr("<dt>last year</dt><dd class=\"good\">▲ new "));
}

TEST(ReportHtml, SaysFirstWhatStandsOut) {
  const std::string html = report_html(sample_report());
  EXPECT_THAT(html, HasSubstr("<p>North Clinic (north), 2026-03-08: Appointments 23, high, usually "
                              "12.5</p>"));
  EXPECT_THAT(html, HasSubstr("Revenue failed, relation &quot;payments&quot; does not exist</p>"));
  Report calm = sample_week();
  calm.days.resize(2);
  EXPECT_THAT(report_html(calm), HasSubstr("<p>Nothing.</p>"));
}

TEST(ReportHtml, DrawsALineOverSeveralDays) {
  const std::string html = report_html(sample_week());
  EXPECT_THAT(html, HasSubstr("data-kpi=\"appointments\" data-days=\"2026-03-02 2026-03-08\" "
                              "data-values=\"10 11 failed 13 14 15 16\""));
  EXPECT_THAT(html,
              HasSubstr("<desc>2026-03-02 to 2026-03-08: smallest 10, largest 16, 1 without"));
  EXPECT_THAT(html, HasSubstr("<td>failed</td>"));
  EXPECT_THAT(html, HasSubstr("<p class=\"flag\">2026-03-08: high, usually 12.5</p>"));
}

TEST(ReportHtml, DrawsNothingWhereNothingIsKnown) {
  Report report = sample_report();
  for (Point& point : report.days[0].results[0].series) point.value = {State::failed, "", "", {}};
  report.days.resize(1);
  EXPECT_THAT(report_html(report), Not(HasSubstr("<svg")));
}

TEST(ReportHtml, IsSmall) {
  EXPECT_LT(report_html(large_report(33, 3)).size(), std::size_t{150'000});
}

TEST(ReportHtml, LinksToTenantsWhenThereAreMany) {
  EXPECT_THAT(report_html(large_report(1, 4)),
              HasSubstr("<a href=\"#tenant-4\">The Veterinary Clinic 3 (clinic-3)</a>"));
  EXPECT_THAT(report_html(large_report(1, 3)), Not(HasSubstr("<nav")));
}

}  // namespace
}  // namespace pcx::kpi
