#include <gmock/gmock.h>

#include "core/text.h"
#include "load/report.h"
#include "tests/load/golden.h"

namespace pcx::load {
namespace {

using ::testing::StartsWith;

std::vector<std::vector<std::string>> lines_of(const std::string& log, const std::string& tag) {
  std::vector<std::vector<std::string>> lines;
  for (const std::string& line : split(log, '\n')) {
    if (line.starts_with("Tag=" + tag + ",")) lines.push_back(split(line, ','));
  }
  return lines;
}

TEST(ReportHlog, BeginsAsTheFormatSays) {
  EXPECT_THAT(report_hlog(sample_result()),
              StartsWith("#[Histogram log format version 1.3]\n"
                         "#[StartTime: 1767225605.000 (seconds since epoch), "
                         "2026-01-01T00:00:05.000Z]\n"
                         "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                         "\"Interval_Compressed_Histogram\"\n"
                         "Tag=http.response_time,0.000,20.060,"));
}

TEST(ReportHlog, HasEachSummaryOnce) {
  const Result result = sample_result();
  const auto lines = lines_of(report_hlog(result), "http.response_time");
  ASSERT_EQ(lines.size(), 1u);
  ASSERT_EQ(lines[0].size(), 5u);
  const Histogram& own = result.summaries.at("http.response_time");
  EXPECT_EQ(Histogram::from_base64(lines[0][4]).buckets(), own.buckets());
  EXPECT_EQ(std::stod(lines[0][3]), static_cast<double>(own.max()) / 1000);
}

TEST(ReportHlog, HasLatencySecondBySecond) {
  const Result result = sample_result();
  const auto lines = lines_of(report_hlog(result), "pcx.latency.by_second");
  Histogram sum{2};
  for (const auto& line : lines) sum.add(Histogram::from_base64(line[4]));
  EXPECT_EQ(sum.count(), result.summaries.at("pcx.latency").count());
  EXPECT_EQ(lines[8][1], "8.000");
}

TEST(ReportHlog, HasTagsThatEndAtTheirComma) {
  Result result;
  result.summaries["/a b,c\n"].record(1);
  EXPECT_EQ(lines_of(report_hlog(result), "/a_b_c_").size(), 1u);
}

}  // namespace
}  // namespace pcx::load
