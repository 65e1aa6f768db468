#include <regex>

#include <gmock/gmock.h>

#include "core/text.h"
#include "load/report.h"
#include "tests/load/golden.h"

namespace pcx::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A day with more of everything than a page can hold.
Result endless() {
  Result result = judged_sample();
  const std::vector<Second> seconds = result.seconds;
  while (result.seconds.size() < 86'400) {
    result.seconds.insert(result.seconds.end(), seconds.begin(), seconds.end());
  }
  const std::string name(2000, '<');
  for (int i = 0; i < 3000; ++i) {
    const std::string number = std::to_string(i);
    result.counters["errors." + number + name] = i;
    result.counters["custom." + number + name] = i;
    result.counters["plugins.metrics-by-endpoint./" + number + name + ".codes.200"] = i;
    result.notes.push_back(name);
    result.verdict.causes.push_back(name);
    result.judged.push_back({name, false, true, name, name});
    result.phases.push_back({name, 0, 1, 1, 1, 1});
  }
  return result;
}

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

TEST(ReportHtml, SaysWhyTheFiguresAreNotToBeBelieved) {
  Result result = judged_sample();
  result.verdict = {Grade::invalid, {"Local ports ran out."}};
  EXPECT_THAT(report_html(result),
              HasSubstr("<strong>INVALID</strong>\n<p>Local ports ran out.</p>"));
}

}  // namespace
}  // namespace pcx::load
