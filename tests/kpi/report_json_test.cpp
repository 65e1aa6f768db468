#include "kpi/report_json.h"

#include <gmock/gmock.h>

#include "core/json.h"
#include "core/text.h"
#include "tests/kpi/sample_report.h"

namespace pcx::kpi {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(ReportJson, HasTheNamesOfTheGuide) {
  EXPECT_THAT(
      to_json(report_json(sample_report())),
      StartsWith(
          R"({"definition_hash":"fedcba9876543210","currency":"usd","reports":[{"tenant":"north",)"
          R"("tenant_id":"t-north","tenant_name":"North Clinic","day":"2026-03-08",)"
          R"("time_zone":"America/New_York","from":"2026-03-08T05:00:00.000Z",)"
          R"("to":"2026-03-09T04:00:00.000Z","until":"2026-03-09T04:00:00.000Z","partial":false,)"
          R"("metrics":{"appointmentsToday":23,"appointmentsCancelled":0,"averageWaitTime":null,)"
          R"("revenueToday":null,"inventoryLowStock":null},"kpis":[{"name":"appointments",)"
          R"("title":"Appointments","guide":"appointmentsToday","kind":"count",)"
          R"("unit":"appointment","value":23,"state":"known","reason":null,"sample":null,)"
          R"("so_far":null,"parts":[{"label":"completed","value":20},)"));
}

TEST(ReportJson, WritesMoneyWithItsDigits) {
  const std::string json = to_json(report_json(sample_report()));
  EXPECT_THAT(json, HasSubstr(R"("revenueToday":-1250.50,)"));
  EXPECT_THAT(json, HasSubstr(R"("kind":"money","unit":"USD","value":-1250.50,"state":"known",)"));
  EXPECT_THAT(json, HasSubstr(R"("value":-100.00,"state":"known","change":-11.505,"new":false})"));
}

TEST(ReportJson, SaysWhyThereIsNoNumber) {
  const std::string json = to_json(report_json(sample_report()));
  EXPECT_THAT(json, HasSubstr(R"("value":null,"state":"failed","reason":"relation )"));
  EXPECT_THAT(json, HasSubstr(R"("value":null,"state":"not_kept","reason":"not recorded within)"));
  EXPECT_THAT(json,
              HasSubstr(R"("state":"no_data","reason":"no transitions of this day","sample":0)"));
}

TEST(ReportJson, KeepsTheHistory) {
  const std::string json = to_json(report_json(sample_report()));
  EXPECT_THAT(json, HasSubstr(R"({"basis":"previous_year","day":"2025-03-08","value":0,)"
                              R"("state":"known","change":null,"new":true}])"));
  EXPECT_THAT(json, HasSubstr(R"("anomaly":{"verdict":"high","points":8,"median":12.5,)"
                              R"("score":4.25},"series":[{"day":"2026-01-11","value":12.5,)"));
  EXPECT_THAT(json,
              HasSubstr(R"("anomaly":{"verdict":"insufficient","points":0,"median":null,)"
                        R"("score":null},"series":[],"definition_hash":"0123456789abcdef"})"));
}

TEST(ReportJson, KnowsRowsOfNoTenant) {
  EXPECT_THAT(to_json(report_json(sample_report())),
              HasSubstr(R"({"tenant":"","tenant_id":null,"tenant_name":"",)"));
}

TEST(ReportNdjson, HasALineForEachKpiOfADay) {
  const auto lines = split(report_ndjson(sample_report()), '\n');
  ASSERT_THAT(lines, SizeIs(3 * 6 + 1)) << "and the end of the last one";
  EXPECT_THAT(lines[9], StartsWith(R"({"tenant":"south","tenant_id":"t-south",)"));
  EXPECT_THAT(lines[9], HasSubstr(R"("currency":"usd","name":"revenue",)"));
  EXPECT_EQ(parse_json(lines[9], "line").find("state")->text()->c_str(), std::string{"known"});
}

}  // namespace
}  // namespace pcx::kpi
