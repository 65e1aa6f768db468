#include "kpi/metric_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pcx::kpi {
namespace {

using ::testing::ElementsAre;

Definition definition(const char* name, Kind kind, const char* by = "") {
  Definition made;
  made.name = name;
  made.kind = kind;
  made.by = by;
  return made;
}

TEST(MetricName, EndsInItsBaseUnitOnce) {
  EXPECT_EQ(metric_name(definition("low_stock", Kind::count), "usd"), "pcx_kpi_low_stock");
  EXPECT_EQ(metric_name(definition("revenue", Kind::money), "usd"), "pcx_kpi_revenue_usd");
  EXPECT_EQ(metric_name(definition("revenue_usd", Kind::money), "usd"), "pcx_kpi_revenue_usd");
  EXPECT_EQ(metric_name(definition("revenue_usd", Kind::money), "eur"), "pcx_kpi_revenue_usd_eur");
  EXPECT_EQ(metric_name(definition("wait", Kind::duration), "usd"), "pcx_kpi_wait_seconds");
  EXPECT_EQ(metric_name(definition("wait_seconds", Kind::duration), "usd"), "pcx_kpi_wait_seconds");
  EXPECT_EQ(metric_name(definition("no_show", Kind::ratio), "usd"), "pcx_kpi_no_show_ratio");
  EXPECT_EQ(metric_name(definition("ratio", Kind::ratio), "usd"), "pcx_kpi_ratio");
}

TEST(MetricNames, AreThoseOfEveryCurrencyAndOfParts) {
  EXPECT_THAT(metric_names(definition("visits", Kind::count, "status")),
              ElementsAre("pcx_kpi_visits", "pcx_kpi_visits_by_status"));
  EXPECT_THAT(metric_names(definition("revenue", Kind::money)), ElementsAre("pcx_kpi_revenue_???"));
  EXPECT_THAT(metric_names(definition("a_eur", Kind::money, "x")),
              ElementsAre("pcx_kpi_a_eur_???", "pcx_kpi_a_eur", "pcx_kpi_a_eur_???_by_x",
                          "pcx_kpi_a_eur_by_x"));
  EXPECT_THAT(metric_names(definition("a_e1r", Kind::money)), ElementsAre("pcx_kpi_a_e1r_???"));
  EXPECT_THAT(metric_names(definition("eur", Kind::money)),
              ElementsAre("pcx_kpi_eur_???", "pcx_kpi_eur"));
}

TEST(CanMeet, TakesLettersForACurrency) {
  EXPECT_TRUE(can_meet("a_usd", "a_usd"));
  EXPECT_TRUE(can_meet("a_???", "a_usd"));
  EXPECT_TRUE(can_meet("a_usd", "a_???"));
  EXPECT_TRUE(can_meet("a_???", "a_???"));
  EXPECT_FALSE(can_meet("a_???", "a_us1"));
  EXPECT_FALSE(can_meet("a_???", "a_us_"));
  EXPECT_FALSE(can_meet("a_???", "b_usd"));
  EXPECT_FALSE(can_meet("a_???", "a_us"));
}

struct Name {
  const char* name;
  const char* fault;
};

// What promtool 2.42 says about gauges of these names, but _info, which is OpenMetrics'.
TEST(FaultOfMetric, IsThatOfPromtool) {
  const Name table[] = {
      {"pcx_kpi_x_total", "ends in _total"},
      {"pcx_kpi_x_count", "ends in _count"},
      {"pcx_kpi_x_sum", "ends in _sum"},
      {"pcx_kpi_x_bucket", "ends in _bucket"},
      {"pcx_kpi_x_info", "ends in _info"},
      {"pcx_kpi_active_days", "has days instead of seconds"},
      {"pcx_kpi_days_active", "has days instead of seconds"},
      {"pcx_kpi_milliseconds", "has milliseconds instead of seconds"},
      {"pcx_kpi_x_kilometers", "has kilometers instead of meters"},
      {"pcx_kpi_pounds_sold", "has pounds instead of grams"},
      {"pcx_kpi_x_kelvins", "has kelvins instead of kelvin"},
      {"pcx_kpi_x_ms", "has the abbreviated unit _ms"},
      {"pcx_kpi_h_x", "has the abbreviated unit _h"},
      {"pcx_kpi_gauge_x", "has the type of a metric, gauge"},
      {"pcx_kpi_x_summary", "has the type of a metric, summary"},
  };
  for (const Name& row : table) {
    EXPECT_EQ(fault_of_metric(row.name).value_or(""), row.fault) << row.name;
  }
}

TEST(FaultOfMetric, LeavesOtherWordsAlone) {
  for (const char* name :
       {"pcx_kpi_total_x", "pcx_kpi_count_x", "pcx_kpi_x_seconds", "pcx_kpi_x_created",
        "pcx_kpi_thermometers", "pcx_kpi_x_day", "pcx_kpi_info_x", "pcx_kpi_x_???", "pcx_kpi_grams",
        "pcx_kpi_metres", "pcx_kpi_xdays", "pcx_kpi_x__y", "pcx_kpi_x_ratio", "pcx_kpi_gauges"}) {
    EXPECT_EQ(fault_of_metric(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace pcx::kpi
