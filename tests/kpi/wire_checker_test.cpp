#include "tests/kpi/wire_checker.h"

#include <gmock/gmock.h>

#include "core/time.h"
#include "kpi/push_newrelic.h"
#include "kpi/push_otlp.h"
#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// What a wrong body differs by from a good one.
struct Change {
  std::string good;
  std::string bad;
};

std::string replaced(std::string text, const Change& change) {
  const auto at = text.find(change.good);
  if (at == std::string::npos) ADD_FAILURE() << "not there: " << change.good;
  return at == std::string::npos ? text : text.replace(at, change.good.size(), change.bad);
}

testing::Received request_with(const char* target, std::string body) {
  testing::Received request{.method = "POST", .target = target, .body = std::move(body)};
  request.headers = {{"Content-Type", "application/json"}, {"Api-Key", "key"}};
  return request;
}

TEST(WireChecker, FindsWhatIsWrongForNewRelic) {
  const Report report = sample_report();
  const Time now = report.days[0].until;
  const std::string good = encode_newrelic(measurements(report));
  EXPECT_THAT(newrelic_faults(request_with("/metric/v1", good), "key", now), IsEmpty());
  const Change changes[] = {
      {R"("type":"gauge")", R"("type":"count")"},
      {R"("type":"gauge")", R"("kind":"gauge")"},
      {R"("value":23)", R"("value":"23")"},
      {R"("value":23)", R"("value":null)"},
      {R"("timestamp":1773028799999)", R"("timestamp":"1773028799999")"},
      {R"("timestamp":1773028799999)", R"("timestamp":1773028800)"},
      {R"("timestamp":1773028799999)", R"("timestamp":1773028799999.5)"},
      {"Custom/Appointments/Created\"", std::string(255, 'x') + "\""},
      {"Custom/Appointments/Created\"", "\""},
      {R"("status":)", R"("count":)"},
      {R"("status":)", R"("a status":)"},
      {R"("status":"completed")", R"("status":")" + std::string(4097, 'x') + "\""},
      {R"("common":)", R"("commons":)"},
      {R"("service.name":"pcx")", R"("service.name":["pcx"])"},
  };
  for (const Change& each : changes) {
    const auto request = request_with("/metric/v1", replaced(good, each));
    EXPECT_THAT(newrelic_faults(request, "key", now), Not(IsEmpty())) << each.bad;
  }
  EXPECT_THAT(newrelic_faults(request_with("/metric/v2", good), "key", now), Not(IsEmpty()));
  EXPECT_THAT(newrelic_faults(request_with("/metric/v1", good), "other", now), Not(IsEmpty()));
  const std::string padded = good + std::string(1'000'000, ' ');
  EXPECT_THAT(newrelic_faults(request_with("/metric/v1", padded), "key", now), Not(IsEmpty()));
}

TEST(WireChecker, FindsWhatIsWrongForOtlp) {
  const Report report = sample_report();
  const std::string good = encode_otlp(measurements(report), report, "1");
  EXPECT_THAT(otlp_faults(request_with("/v1/metrics", good)), IsEmpty());
  const Change changes[] = {
      {R"("asInt":"23")", R"("asInt":23)"},
      {R"("asInt":"23")", R"("asInt":"23.5")"},
      {R"("asInt":"23")", R"("asInt":"23","asDouble":23)"},
      {R"("asInt":"23",)", ""},
      {R"("asDouble":752)", R"("asDouble":"752")"},
      {R"("timeUnixNano":"1773028799999000000")", R"("timeUnixNano":1773028799999000000)"},
      {R"("timeUnixNano")", R"("time_unix_nano")"},
      {R"("stringValue":"north")", R"("stringValue":7)"},
      {R"({"stringValue":"north"})", R"("north")"},
      {R"("unit":"{appointment}")", R"("unit":"")"},
      {R"("scopeMetrics")", R"("instrumentationLibraryMetrics")"},
      {"pcx.kpi.average_wait\"", "pcx.kpi.appointments\""},
      {R"("key":"status")", R"("key":"tenant")"},
  };
  for (const Change& each : changes) {
    const auto request = request_with("/v1/metrics", replaced(good, each));
    EXPECT_THAT(otlp_faults(request), Not(IsEmpty())) << each.bad;
  }
  auto without_type = request_with("/v1/metrics", good);
  without_type.headers.clear();
  EXPECT_THAT(otlp_faults(without_type), Not(IsEmpty()));
}

}  // namespace
}  // namespace pcx::kpi
