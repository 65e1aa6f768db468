// Prometheus' Pushgateway (github.com/prometheus/pushgateway): a group a tenant.
//
// A group is replaced as a whole (PUT), so that a KPI which is not known any more leaves no old
// number behind. What was pushed never expires: pcx_kpi_last_success_timestamp_seconds and the
// Pushgateway's own push_time_seconds tell how old it is, and `delete_stale` takes away tenants
// that are gone.
#pragma once

#include <string>
#include <vector>

#include "kpi/push.h"
#include "kpi/report.h"

namespace pcx::kpi {

struct PushgatewayTarget {
  std::string url;  // without /metrics: "http://localhost:9091"
  std::string job = "pcx_kpi";
  std::vector<SecretHeader> headers;  // Authorization, for one behind a proxy
  // Deletes, when all groups were pushed, groups of this job and a tenant alone (whoever made them)
  // whose tenant is not in the report: only for a report of all tenants.
  bool delete_stale = false;
};

struct GatewayGroup {
  std::string path;  // "/metrics/job/pcx_kpi/tenant/north"
  std::string body;  // exposition_of(): its label tenant is equal to the group's
  int points = 0;
};

// The group of a tenant's label. A value that is empty or has other characters than letters,
// digits,
// '_', '-' and '.' is written in base64url: "/metrics/job/pcx_kpi/tenant@base64/=".
// REQUIRES: job is not empty
std::string group_path(const std::string& job, const std::string& tenant_label);

// Pure. Throws Error{usage} for an empty job, and as require_one_day_each().
std::vector<GatewayGroup> encode_pushgateway(const Report& report, const std::string& job);

// Of the answer of GET /api/v1/metrics: labels of tenants that `job` has groups of and the report
// has not. Throws Error{data} for anything that is no such answer.
std::vector<std::string> stale_tenants(const Report& report, const std::string& job,
                                       std::string_view answer);

// Retried: 408, 429, 5xx and the network. Throws as encode_pushgateway(), stale_tenants(),
// deliver() and throw_refused(); 400 is Error{data} with the Pushgateway's words.
Outcome push_pushgateway(const Report& report, const PushgatewayTarget& target,
                         const PushTools& tools);

}  // namespace pcx::kpi
