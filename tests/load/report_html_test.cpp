#include <regex>

#include <gmock/gmock.h>

#include "core/text.h"
#include "load/report.h"
#include "tests/load/golden.h"

namespace pcx::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReportHtml, IsTheGoldenOne) { expect_golden("report.html", report_html(judged_sample())); }

TEST(ReportHtml, LoadsNothing) {
  const std::string page = report_html(judged_sample());
  EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
  const std::regex loading{
      R"(<script|<link|<img|<iframe|<object|src=|href=|url\(|@import| on\w+=)"};
  EXPECT_FALSE(std::regex_search(page, loading));
}

TEST(ReportHtml, EscapesForeignNames) {
  const std::string page = report_html(hostile());
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("</script")));
  EXPECT_EQ(page.find_first_of("\x01\x1b"), std::string::npos);
  EXPECT_EQ(find_invalid_utf8(page), std::nullopt);
}

TEST(ReportHtml, StaysBelowAMegabyte) {
  const std::string page = report_html(endless());
  EXPECT_LT(page.size(), 1'000'000u);
  EXPECT_THAT(page, HasSubstr("and 2,802 more"));
}

TEST(ReportHtml, HoldsAnEmptyResult) {
  const std::string page = report_html(Result{});
  EXPECT_THAT(page, HasSubstr("</html>"));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, Not(HasSubstr("inf")));
}

TEST(ReportHtml, SaysAtOnceWhetherItPassed) {
  Result result = judged_sample();
  EXPECT_THAT(report_html(result),
              HasSubstr("<strong>FAILED</strong>\n<p>2 of 6 demands missed, and 1 not strict</p>\n"
                        "<p>http.response_time.p95 &lt; 200; found 1001.471</p>"));
  std::erase_if(result.judged, [](const auto& one) { return !one.is_met; });
  EXPECT_THAT(report_html(result), HasSubstr("<strong>PASSED</strong>\n<p>all 3 demands met</p>"));
  result.judged.push_back({"p99 < 1", false, false, "2", ""});
  EXPECT_THAT(
      report_html(result),
      HasSubstr("<strong>PASSED</strong>\n<p>1 of 4 demands missed, none of them strict</p>\n"
                "<p>p99 &lt; 1 (not strict); found 2</p>"));
  result.judged.clear();
  EXPECT_THAT(report_html(result), HasSubstr("<strong>NOT JUDGED</strong>"));
}

TEST(ReportHtml, NamesSomeOfManyMissedDemands) {
  Result result = judged_sample();
  result.judged.assign(9, {"p99 < 1", false, true, "2", ""});
  EXPECT_THAT(report_html(result), HasSubstr("<p>p99 &lt; 1; found 2</p>\n<p>and 5 more</p>"));
}

TEST(ReportHtml, BeginsWithWhatMakesTheRestWorthless) {
  Result result = judged_sample();
  const std::string before = report_html(result);
  EXPECT_LT(before.find("<strong>FAILED"), before.find("<strong>VALID"));
  result.verdict = {Grade::invalid, {"Local ports ran out."}};
  const std::string page = report_html(result);
  EXPECT_LT(page.find("<strong>INVALID"), page.find("<strong>FAILED"));
  EXPECT_THAT(page, HasSubstr("<div class=\"verdict none\">\n<strong>FAILED</strong>"));
}

TEST(ReportHtml, SaysThatThereWereNoErrors) {
  Result result = judged_sample();
  std::erase_if(result.counters, [](const auto& one) {
    return one.first.starts_with("errors.") || one.first.starts_with("http.codes.5");
  });
  EXPECT_THAT(report_html(result), HasSubstr("<h2>Errors by kind</h2>\n<p>None.</p>"));
}

TEST(ReportHtml, SaysWhatAClosedModelLeavesOut) {
  Result result = judged_sample();
  result.is_closed_model = true;
  result.parts = {{0, 2}, {1, 2}};
  result.counters["vusers.skipped"] = 1234;
  const std::string page = report_html(result);
  EXPECT_THAT(page, HasSubstr("Users loop without an end"));
  EXPECT_THAT(page, HasSubstr("; 2 parts</p>"));
  EXPECT_THAT(page, HasSubstr("1,234 left out by maxVusers"));
}

TEST(ReportHtml, SaysWhyTheFiguresAreNotToBeBelieved) {
  Result result = judged_sample();
  result.verdict = {Grade::invalid, {"Local ports ran out."}};
  EXPECT_THAT(report_html(result),
              HasSubstr("<strong>INVALID</strong>\n<p>Local ports ran out.</p>"));
}

}  // namespace
}  // namespace pcx::load
