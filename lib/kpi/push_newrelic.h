// New Relic's Metric API
// (docs.newrelic.com/docs/data-apis/ingest-apis/metric-api/report-metrics-metric-api).
//
// A KPI is a gauge named Definition::new_relic, or "Custom/" and its name in the guide, or its own;
// its parts are one named ".../by_<column>". Attributes: tenant, day ("2026-03-08"), time_zone,
// definition_hash, the column of parts, and for all service.name. The time is Measurement::time().
// What is not known is no metric.
#pragma once

#include <string>

#include "core/document.h"
#include "kpi/push_body.h"
#include "kpi/report.h"

namespace pcx::kpi {

inline constexpr const char* kNewRelicUrl = "https://metric-api.newrelic.com";
inline constexpr const char* kNewRelicUrlEu = "https://metric-api.eu.newrelic.com";

// The API's own limits.
inline constexpr std::size_t kNewRelicBytesMax = 1'000'000;
inline constexpr std::size_t kNewRelicAttributeBytesMax = 4096;
inline constexpr std::chrono::hours kNewRelicAgeMax{48};    // older numbers are dropped there
inline constexpr std::chrono::hours kNewRelicAheadMax{24};  // so are those of times to come

struct NewRelicTarget {
  std::string url = kNewRelicUrl;  // without /metric/v1
  Secret license_key;
};

std::string new_relic_name(const Measurement& number);

// A list of one {"common":..., "metrics":[...]}. Pure.
std::string encode_newrelic(Batch batch);

// Why New Relic would drop the number, or all of a body with it; empty: it takes it. `now`: when it
// is sent.
std::string newrelic_fault(const Measurement& number, Time now);

// POST <url>/metric/v1, a body after the other. Numbers with a fault are left out, with a warning:
// a body in which one number is wrong may be lost as a whole, and after the answer nobody would
// tell. Retried: 408, 429, 5xx and the network. 413: in halves.
//
// 202 means that the body was taken, not that it is kept; Outcome::receipts has the requestIds.
//
// Throws as deliver() and throw_refused(), Error{data} with reason "http_413" as send_bodies(), and
// Error{config} without a license key.
Outcome push_newrelic(const Report& report, const NewRelicTarget& target, const PushTools& tools);

}  // namespace pcx::kpi
