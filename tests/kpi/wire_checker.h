// What New Relic and OTLP collectors take, checked more strictly than they do: every key has to be
// a known one, every value of its type. Written from their documents, not from what pcx sends.
#pragma once

#include <string>
#include <vector>

#include "core/document.h"
#include "tests/support/loopback_server.h"

namespace pcx::kpi {

// Everything that is wrong with a request to POST /metric/v1, as received at `now`; empty: nothing.
// Source: docs.newrelic.com, "Report metrics via the Metric API".
std::vector<std::string> newrelic_faults(const testing::Received& request, const std::string& key,
                                         Time now);

// The same of POST /v1/metrics in JSON. Source: opentelemetry-proto, metrics.proto; the OTLP
// specification, "JSON Protobuf Encoding".
std::vector<std::string> otlp_faults(const testing::Received& request);

// The metrics of a checked body: [{...}, ...].
std::vector<Document> newrelic_metrics(const std::string& body);
std::vector<Document> otlp_metrics(const std::string& body);

}  // namespace pcx::kpi
