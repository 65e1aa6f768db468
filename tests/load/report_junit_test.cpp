#include <gmock/gmock.h>

#include "core/text.h"
#include "load/report.h"
#include "tests/load/golden.h"

namespace pcx::load {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReportJunit, IsTheGoldenOne) {
  expect_golden("report.junit.xml", report_junit(judged_sample()));
}

TEST(ReportJunit, FailsForAnythingButValid) {
  Result result = judged_sample();
  result.verdict = {Grade::invalid, {"Local ports ran out.", "Too slow."}};
  EXPECT_THAT(report_junit(result), HasSubstr("<failure message=\"INVALID\" type=\"verdict\">Local "
                                              "ports ran out.\nToo slow.</failure>"));
}

TEST(ReportJunit, FailsForAnEndpointThatNeverAnswered) {
  Result result = judged_sample();
  result.counters["plugins.metrics-by-endpoint./gone.errors.ECONNREFUSED"] = 12;
  EXPECT_THAT(
      report_junit(result),
      HasSubstr("<failure message=\"never answered: ECONNREFUSED: 12\" type=\"endpoints\">"));
}

TEST(ReportJunit, ShowsNoTimesWhereNothingWasAnswered) {
  Result result;
  result.counters["plugins.metrics-by-endpoint./gone.errors.ECONNREFUSED"] = 12;
  EXPECT_THAT(report_junit(result), HasSubstr("0 answered, 12 errors (ECONNREFUSED: 12)</system"));
  EXPECT_THAT(report_junit(result), Not(HasSubstr("response time in ms")));
}

TEST(ReportJunit, SkipsWhatIsNotStrict) {
  EXPECT_THAT(report_junit(judged_sample()),
              HasSubstr("<skipped message=\"missed, but not strict;"));
}

TEST(ReportJunit, EscapesForeignNames) {
  const std::string text = report_junit(hostile());
  EXPECT_THAT(text, Not(HasSubstr("<img")));
  EXPECT_THAT(text, Not(HasSubstr("</script")));
  EXPECT_THAT(text, Not(HasSubstr("]]>")));
  EXPECT_EQ(text.find_first_of("\x01\x1b"), std::string::npos);
  EXPECT_EQ(find_invalid_utf8(text), std::nullopt);
}

}  // namespace
}  // namespace pcx::load
