#include "alert/prometheus_text.h"

#include <cmath>

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/errors.h"

namespace pcx::alert {
namespace {

using testing::error_of;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<NamedSample> parse(std::string_view text) {
  return parse_prometheus_text(text, "metrics");
}

double value_of(const std::string& number) {
  return parse("x " + number + "\n").at(0).sample.value;
}

TEST(PrometheusText, ReadsTheExampleOfTheFormatsPage) {
  const auto read = parse(
      "# HELP http_requests_total The total number of HTTP requests.\n"
      "# TYPE http_requests_total counter\n"
      "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
      "\n"
      "# Escaping in label values:\n"
      "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot find "
      "file:\\n\\\"FILE.TXT\\\"\"} 1.458255915e9\n"
      "metric_without_timestamp_and_labels 12.47\n"
      "something_weird{problem=\"division by zero\"} +Inf -3982045\n");
  ASSERT_THAT(read, SizeIs(4));
  EXPECT_EQ(read[0].name, "http_requests_total");
  EXPECT_EQ(read[0].sample, (Sample{{{"code", "200"}, {"method", "post"}}, 1027}));
  EXPECT_EQ(read[1].sample.labels.at("path"), "C:\\DIR\\FILE.TXT");
  EXPECT_EQ(read[1].sample.labels.at("error"), "Cannot find file:\n\"FILE.TXT\"");
  EXPECT_EQ(read[2].sample, (Sample{{}, 12.47}));
  EXPECT_TRUE(std::isinf(read[3].sample.value));
}

TEST(PrometheusText, ReadsNumbersAsPrometheusDoes) {
  EXPECT_EQ(value_of("-1.5e-3"), -0.0015);
  EXPECT_EQ(value_of("+7"), 7);
  EXPECT_EQ(value_of(".5"), 0.5);
  EXPECT_EQ(value_of("-INF"), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(value_of("Infinity"), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(value_of("Nan")));  // so writes prom-client
}

TEST(PrometheusText, PassesOverBlanksAndLabelsWithoutValue) {
  const auto read = parse("  a { b = \"1\" , c=\"\" , } \t 3  \n\t# not a sample\n   \nb{}4\n");
  ASSERT_THAT(read, SizeIs(2));
  EXPECT_EQ(read[0].sample, (Sample{{{"b", "1"}}, 3}));
  EXPECT_EQ(read[1].name, "b");
}

TEST(PrometheusText, IsNothingWhenThereIsNothing) { EXPECT_THAT(parse(""), IsEmpty()); }

struct Wrong {
  std::string text;
  int line, column;
  std::string message;
};

TEST(PrometheusText, RefusesWithThePlace) {
  const std::vector<Wrong> cases{
      {"a 1", 1, 4, "the last line does not end: the text is cut off"},
      {"a 1\nb{c=\"d", 2, 7, "the last line does not end: the text is cut off"},
      {"a 1\n1b 2\n", 2, 1, "a metric's name was expected"},
      {"a{1=\"2\"} 2\n", 1, 3, "a label's name was expected"},
      {"a{b:c=\"2\"} 2\n", 1, 4, "\"=\" was expected"},
      {"a{,} 2\n", 1, 3, "a label's name was expected"},
      {"a{b=\"1\" c=\"2\"} 2\n", 1, 9, "\",\" was expected"},
      {"a{b=\"1\",,} 2\n", 1, 9, "a label's name was expected"},
      {"a{b=1} 2\n", 1, 5, "\"\"\" was expected"},
      {"a{b=\"ä\" 2\n", 1, 9, "\",\" was expected"},
      {"a{b=\"1\n\"} 2\n", 1, 7, "a label's value does not end"},
      {"a{b=\"\\t\"} 2\n", 1, 6, "an escape other than \\\\, \\\" and \\n"},
      {"a{b=\"1\",b=\"\"} 2\n", 1, 9, "label b is there twice"},
      {"a{__name__=\"1\"} 2\n", 1, 3, "a label may not be called __name__"},
      {std::string{"a{b=\"\0\"} 2\n", 11}, 1, 6, "a zero byte in a label's value"},
      {"a\n", 1, 2, "a value was expected"},
      {"a 0x10\n", 1, 3, "\"0x10\" is no number"},
      {"a 1_0\n", 1, 3, "\"1_0\" is no number"},
      {"a +-1\n", 1, 3, "\"+-1\" is no number"},
      {"a nan(1)\n", 1, 3, "\"nan(1)\" is no number"},
      {"a 1e999\n", 1, 3, "\"1e999\" is no number"},
      {"a 1\r\n", 1, 3, "\"1\\r\" is no number"},
      {"a 1 2.5\n", 1, 5, "\"2.5\" is no timestamp"},
      {"a 1 2 3\n", 1, 7, "nothing may follow a timestamp"},
      {"a 1\nb\xff 1\n", 2, 2, "invalid UTF-8"},
  };
  for (const Wrong& each : cases) {
    const Error error = error_of([&] { parse(each.text); });
    EXPECT_EQ(error.code(), ErrorCode::data) << each.text;
    EXPECT_EQ(error.what(), each.message) << each.text;
    EXPECT_EQ(error.location().file, "metrics") << each.text;
    EXPECT_EQ(error.location().line, each.line) << each.text;
    EXPECT_EQ(error.location().column, each.column) << each.text;
  }
}

TEST(PrometheusText, HasLimits) {
  std::string text;
  for (std::size_t i = 0; i < kMetricsSamplesMax; ++i) text += "a 1\n";
  EXPECT_THAT(parse(text), SizeIs(kMetricsSamplesMax));
  EXPECT_STREQ(error_of([&] { parse(text + "a 1\n"); }).what(), "more than 200000 samples");
  const std::string long_text(kMetricsBytesMax + 1, '\n');
  EXPECT_STREQ(error_of([&] { parse(long_text); }).what(), "metrics of more than 16777216 bytes");
}

}  // namespace
}  // namespace pcx::alert
