#include <gmock/gmock.h>

#include "core/text.h"
#include "load/report.h"
#include "tests/load/golden.h"

namespace pcx::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReportText, IsTheGoldenOne) { expect_golden("report.txt", report_text(judged_sample())); }

TEST(ReportText, NamesEveryCause) {
  Result result = judged_sample();
  result.verdict = {Grade::degraded, {"One thing.", "Another thing."}};
  EXPECT_THAT(report_text(result), HasSubstr("\nDEGRADED:\n  One thing.\n  Another thing.\n"));
}

TEST(ReportText, ShowsNoTimesWhereNothingWasAnswered) {
  Result result;
  result.counters["plugins.metrics-by-endpoint./lost.errors.ECONNREFUSED"] = 3;
  EXPECT_THAT(report_text(result), ::testing::ContainsRegex("  /lost +-  +-  +-  +-  +-  +-\n"));
}

TEST(ReportText, HasLinesOfAHundredColumns) {
  Result result = judged_sample();
  result.verdict = {Grade::invalid, {std::string(30, 'a') + " " + std::string(80, 'b') + " c"}};
  for (const std::string& line : split(report_text(result), '\n')) {
    EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST(ReportText, CannotSteerATerminal) {
  const std::string text = report_text(hostile());
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_EQ(find_invalid_utf8(text), std::nullopt);
}

TEST(ReportText, HoldsAnEmptyResult) {
  EXPECT_THAT(report_text(Result{}), HasSubstr("0 sent, 0 answered"));
}

TEST(ReportText, LeavesManyEndpointsToOtherReports) {
  Result result = judged_sample();
  for (int i = 0; i < 100; ++i) {
    result.summaries["plugins.metrics-by-endpoint.response_time./" + std::to_string(i)].record(1);
  }
  EXPECT_THAT(report_text(result), HasSubstr("  and 82 more, in the other reports\n"));
}

TEST(ReportText, SaysWhatAClosedModelLeavesOut) {
  Result result = judged_sample();
  result.is_closed_model = true;
  result.parts = {{0, 2}, {1, 2}};
  EXPECT_THAT(report_text(result), HasSubstr("Users loop without an end"));
  EXPECT_THAT(report_text(result), HasSubstr(", 2 parts\n"));
}

}  // namespace
}  // namespace pcx::load
