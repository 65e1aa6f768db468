// OTLP/HTTP in JSON, for every collector that takes it, New Relic among them
// (opentelemetry.io/docs/specs/otlp, protobuf's JSON mapping: enums as integers, 64-bit integers as
// strings, names in lowerCamelCase).
//
// A KPI is a gauge "pcx.kpi.<name>", its parts are one "pcx.kpi.<name>.by_<column>", with the unit
// in UCUM ("{appointment}", "s", "1", "{USD}") and one data point a tenant and day at
// Measurement::time(). Attributes: tenant, day ("2026-03-08"), and the column of parts. What is not
// known is no data point.
#pragma once

#include <string>
#include <vector>

#include "kpi/push_body.h"
#include "kpi/report.h"

namespace pcx::kpi {

// New Relic's limit; collectors take more.
inline constexpr std::size_t kOtlpBytesMax = 1'000'000;
inline constexpr std::size_t kOtlpAttributeBytesMax = 4095;

struct OtlpTarget {
  std::string url;                    // without /v1/metrics: "https://otlp.nr-data.net"
  std::string version;                // of pcx: the resource's service.version and the scope's
  std::vector<SecretHeader> headers;  // {"api-key", ...} for New Relic
};

// An ExportMetricsServiceRequest. Pure.
std::string encode_otlp(Batch batch, const Report& report, const std::string& version);

// POST <url>/v1/metrics, a body after the other. Retried: 429, 502, 503, 504 and the network;
// nothing else (of 500 the specification says so, too). Of numbers that the target rejected in a
// partial success Outcome::warnings tell; they are not sent again. No number, or an attribute, that
// JSON or the limit cannot hold stops the others: they are dropped with a warning.
//
// Throws as deliver() and throw_refused().
Outcome push_otlp(const Report& report, const OtlpTarget& target, const PushTools& tools);

}  // namespace pcx::kpi
