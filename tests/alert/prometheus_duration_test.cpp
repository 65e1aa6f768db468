#include "alert/prometheus_duration.h"

#include <gtest/gtest.h>

namespace pcx::alert {
namespace {

using std::chrono::milliseconds;

TEST(PrometheusDuration, IsReadInFallingUnits) {
  struct Row {
    const char* text;
    long long milliseconds;
  };
  for (const Row& row : {Row{"0", 0}, Row{"0s", 0}, Row{"250ms", 250}, Row{"5m", 300'000},
                         Row{"1h30m", 5'400'000}, Row{"1d", 86'400'000}, Row{"1w", 604'800'000},
                         Row{"1y", 31'536'000'000}, Row{"90s", 90'000}, Row{"007m", 420'000},
                         Row{"1y1w1d1h1m1s1ms", 32'230'861'001}, Row{"292y", 9'208'512'000'000}}) {
    EXPECT_EQ(parse_prometheus_duration(row.text), milliseconds{row.milliseconds}) << row.text;
  }
}

TEST(PrometheusDuration, RefusesWhatPrometheusRefuses) {
  for (const char* text :
       {"", "5", "1.5h", "1m1h", "1m1m", "-1m", "+1m", " 1m", "1m ", "1 m", "m", "1M", "1us",
        "293y", "9223372036855ms", "99999999999999999999s", "1h5"}) {
    EXPECT_EQ(parse_prometheus_duration(text), std::nullopt) << text;
  }
}

TEST(PrometheusDuration, IsWrittenAsPrometheusWritesIt) {
  struct Row {
    long long milliseconds;
    const char* text;
  };
  for (const Row& row :
       {Row{0, "0s"}, Row{1, "1ms"}, Row{1500, "1s500ms"}, Row{90'000, "1m30s"},
        Row{604'800'000, "1w"}, Row{7'776'000'000, "90d"}, Row{31'536'000'000, "1y"},
        Row{31'536'000'001, "365d1ms"}, Row{694'800'000, "8d1h"}}) {
    EXPECT_EQ(to_prometheus_duration(milliseconds{row.milliseconds}), row.text);
  }
}

TEST(PrometheusDuration, ComesBackAsItWas) {
  for (long long n = 1; n < 40'000'000'000; n = n * 7 + 3) {
    EXPECT_EQ(parse_prometheus_duration(to_prometheus_duration(milliseconds{n})), milliseconds{n});
  }
}

}  // namespace
}  // namespace pcx::alert
