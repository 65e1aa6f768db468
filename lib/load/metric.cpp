#include "load/metric.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "load/figures.h"

namespace pcx::load {

namespace {

constexpr std::string_view kCounters[] = {
    "http.codes.",        "errors.", "vusers.created_by_name.",
    "plugins.expect.ok.", "apdex.",  "plugins.expect.failed.",
    "pcx.check.",
};
constexpr std::string_view kSingleCounters[] = {
    "vusers.created",        "vusers.completed", "vusers.failed",         "vusers.skipped",
    "http.requests",         "http.responses",   "http.downloaded_bytes", "plugins.expect.ok",
    "plugins.expect.failed", "vusers.aborted",
};

// "plugins.metrics-by-endpoint./users.codes.200".
bool is_endpoint_counter(std::string_view name) {
  return name.starts_with("plugins.metrics-by-endpoint.") &&
         (name.find(".codes.") != name.npos || name.find(".errors.") != name.npos);
}

bool is_counter(std::string_view name) {
  const auto is_below = [&](std::string_view prefix) { return name.starts_with(prefix); };
  return std::any_of(std::begin(kCounters), std::end(kCounters), is_below) ||
         std::find(std::begin(kSingleCounters), std::end(kSingleCounters), name) !=
             std::end(kSingleCounters) ||
         is_endpoint_counter(name);
}

std::string without_old_prefix(std::string name) {
  for (const std::string_view prefix : {"engine.", "core."}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  constexpr std::string_view kTotal = ".total";
  if (name.ends_with(kTotal)) name.resize(name.size() - kTotal.size());
  return name;
}

double ms(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1000; }

std::optional<double> of_summary(const Histogram& summary, std::string_view figure) {
  if (figure == "count") return static_cast<double>(summary.count());
  if (figure == "min") return ms(summary.min());
  if (figure == "max") return ms(summary.max());
  if (figure == "mean") return summary.mean() / 1000;
  if (const auto percent = percent_of(figure)) return ms(summary.percentile(*percent));
  return std::nullopt;
}

std::optional<double> measured(const Result& result, const std::string& name) {
  const auto counter = result.counters.find(name);
  if (counter != result.counters.end()) return static_cast<double>(counter->second);
  if (name == "http.request_rate" && !result.periods.empty()) {
    return static_cast<double>(request_rate(result));
  }
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  const Histogram& summary = summary_of(result, name.substr(0, dot));
  if (summary.is_empty()) return std::nullopt;
  return of_summary(summary, std::string_view{name}.substr(dot + 1));
}

}  // namespace

std::optional<MetricName> summary_metric(const std::string& name) {
  const std::string now = without_old_prefix(name);
  if (is_counter(now) || now == "http.request_rate") return std::nullopt;
  const auto dot = now.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  return MetricName{now.substr(0, dot), now.substr(dot + 1)};
}

std::optional<double> percent_of(std::string_view figure) {
  struct Percentile {
    std::string_view name;
    double percent;
  };
  constexpr Percentile percentiles[] = {{"p50", 50}, {"median", 50}, {"p75", 75},   {"p90", 90},
                                        {"p95", 95}, {"p99", 99},    {"p999", 99.9}};
  for (const Percentile& one : percentiles) {
    if (figure == one.name) return one.percent;
  }
  return std::nullopt;
}

Metric metric_of(const Result& result, const std::string& name) {
  if (const auto value = measured(result, name)) return {value, false};
  const std::string now = without_old_prefix(name);
  if (const auto value = measured(result, now)) return {value, false};
  if (is_counter(now)) return {0, true};
  return {};
}

}  // namespace pcx::load
