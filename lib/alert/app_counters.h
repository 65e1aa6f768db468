// What the application has counted, and what it counted between two readings.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "alert/prometheus_text.h"
#include "core/document.h"

namespace pcx::alert {

// Sums over all routes: the application's labels do not tell its resources apart.
struct AppCounters {
  double requests = 0;               // http_requests_total
  double errors = 0;                 // of these, with a status_code of 500 and more
  std::map<double, double> buckets;  // http_request_duration_seconds_bucket: `le` to its count

  bool operator==(const AppCounters&) const = default;
};

// One process of the application at one time.
struct AppProcess {
  double began = 0;  // process_start_time_seconds; 0: it does not say
  AppCounters counters;
};
AppProcess process_of(const std::vector<NamedSample>& samples);

// What `now` has more than `before`; nothing (std::nullopt) where any of it fell.
std::optional<AppCounters> difference(const AppCounters& now, const AppCounters& before);

// Counters that never fall, whichever process is asked.
class AppTotals {
 public:
  // A process that was read before counts what it did since (all that it did, when a counter fell);
  // a new one counts from its begin if it began after `last_read_at`, else from now on.
  void add(const AppProcess& process, std::optional<Time> last_read_at);
  const AppCounters& total() const { return total_; }

  Document to_document() const;
  // Something else than to_document() made is a beginning without anything.
  static AppTotals of(const Document& document);

 private:
  static constexpr std::size_t kProcessesMax = 16;

  AppCounters total_;
  std::vector<AppProcess> processes_;  // the last one read comes last
};

Document to_document(const AppCounters& counters);
// std::nullopt for what is none.
std::optional<AppCounters> counters_of(const Document& document);

// histogram_quantile() of Prometheus 2.42 (promql/quantile.go, bucketQuantile) for cumulated
// buckets: linear in the bucket where the quantile lies, the last finite bound above it. NaN
// without observations, without a bucket +Inf, or with one bucket only. REQUIRES: 0 <= quantile <=
// 1
double histogram_quantile(double quantile, std::map<double, double> buckets);

}  // namespace pcx::alert
