// KPIs as inputs of rules: where lib/kpi and lib/alert meet.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alert/inputs.h"
#include "kpi/kept.h"
#include "kpi/reporter.h"
#include "kpi/tenants.h"

namespace pcx::cli {

inline constexpr std::string_view kKpiInput = "kpi";

// Which KPI a metric is of: "pcx_kpi_low_stock", "pcx_kpi_appointments_by_status".
struct KpiMetric {
  std::size_t definition = 0;  // in Catalog::definitions
  bool is_part = false;        // one series a value of its `by`
};
using KpiMetrics = std::map<std::string, KpiMetric>;
KpiMetrics kpi_metrics(const kpi::Catalog& catalog, std::string_view currency);

// Of which KPIs selectors are, and how far back they look.
struct KpiNeed {
  std::vector<std::string> kpis;
  std::chrono::milliseconds back{0};
};
KpiNeed kpi_need(const std::vector<alert::Selector>& selectors, const kpi::Catalog& catalog,
                 const KpiMetrics& metrics);

// No day that ended before that much earlier is newest().
inline constexpr std::chrono::hours kStoredReach{96};

// Of which KPIs (none: all), of days that touch [from, to).
struct StoredScope {
  std::vector<std::string> kpis;
  Time from, to;
};

// What `pcx kpi record` kept, as samples at any instant: of days that are over.
class StoredKpis {
 public:
  // Throws as kpi::read_numbers().
  StoredKpis(db::Database& database, std::shared_ptr<const kpi::Catalog> catalog,
             std::string currency, const StoredScope& scope, Clock& clock);

  // Whether there is a day that touches [from, to).
  bool has_days(Time from, Time to) const;
  // Of the day that `at` is in. std::nullopt: no metric of a KPI.
  std::optional<alert::Samples> of_day(const std::string& metric, Time at) const;
  // Of the newest day that was over at `at`, unless it was over for two days: nobody recorded
  // since.
  std::optional<alert::Samples> newest(const std::string& metric, Time at) const;

 private:
  struct Point {
    Time from, to;
    alert::Sample sample;
  };
  using Points = std::map<alert::Labels, std::vector<Point>>;  // by time

  void add(const kpi::KeptNumber& found, const std::string& tenant);

  std::shared_ptr<const kpi::Catalog> catalog_;
  std::string currency_;
  KpiMetrics metrics_;
  std::map<std::string, Points> points_;
};

// All numbers of a report, under the names that kpi::exposition() has for them; a KPI that failed
// makes its metrics an input that failed ("kpi:revenue").
void add_report(alert::InputSet& inputs, const kpi::Report& report);

}  // namespace pcx::cli
