#include "kpi/push_pushgateway.h"

#include <algorithm>

#include "core/error.h"
#include "core/json.h"
#include "crypto/encoding.h"
#include "kpi/exposition.h"
#include "kpi/measurement.h"
#include "kpi/push_body.h"

namespace pcx::kpi {
namespace {

const char* const kKeyHint = "Check the header with the credentials.";

bool is_transient(int status) { return status == 408 || status == 429 || status >= 500; }

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

// "/job/pcx_kpi"; "." and ".." would be taken for folders.
std::string label_path(const std::string& name, const std::string& value) {
  const bool is_folder = value == "." || value == "..";
  if (!value.empty() && !is_folder && std::ranges::all_of(value, is_plain)) {
    return "/" + name + "/" + value;
  }
  const std::string encoded = crypto::to_base64url(crypto::bytes_of(value));
  return "/" + name + "@base64/" + (encoded.empty() ? "=" : encoded);
}

[[noreturn]] void throw_no_answer() {
  throw Error{ErrorCode::data, "the Pushgateway's list of groups is not what it should be",
              "Deleting stale groups needs its /api/v1/metrics."};
}

// The label of `group` when it is one of `job` and a tenant alone, as pcx makes them. The
// Pushgateway adds an empty instance.
const std::string* tenant_of_group(const Document& group, const std::string& job) {
  const Document* const labels = group.find("labels");
  if (labels == nullptr || !labels->is_object()) throw_no_answer();
  const std::string* tenant = nullptr;
  bool is_of_job = false;
  for (const Document::Member& label : labels->members()) {
    const std::string* const value = label.second.text();
    if (value == nullptr) throw_no_answer();
    if (label.first == "tenant") {
      tenant = value;
    } else if (label.first == "job") {
      is_of_job = *value == job;
    } else if (!value->empty()) {
      return nullptr;
    }
  }
  return is_of_job ? tenant : nullptr;
}

// One target, a request after the other.
class Gateway {
 public:
  Gateway(const PushgatewayTarget& target, const PushTools& tools)
      : target_(target), tools_(tools), base_(base_of(target.url)) {}

  void put(const GatewayGroup& group) const {
    http::Request request = request_of("PUT", group.path);
    request.headers.push_back({"Content-Type", content_type(TextFormat::prometheus)});
    request.body = group.body;
    send(request);
  }

  void remove(const std::string& path) const { send(request_of("DELETE", path)); }

  std::string groups() const { return send(request_of("GET", "/api/v1/metrics")).body; }

 private:
  http::Request request_of(const char* method, const std::string& path) const {
    http::Request request{.method = method, .url = base_ + path};
    add_headers(request, target_.headers);
    return request;
  }

  http::Response send(const http::Request& request) const {
    http::Response response = deliver(tools_, request, target_.headers, is_transient);
    if (!is_success(response)) throw_refused(request, response, target_.headers, kKeyHint);
    return response;
  }

  const PushgatewayTarget& target_;
  const PushTools& tools_;
  std::string base_;
};

}  // namespace

std::string group_path(const std::string& job, const std::string& tenant_label) {
  return "/metrics" + label_path("job", job) + label_path("tenant", tenant_label);
}

std::vector<GatewayGroup> encode_pushgateway(const Report& report, const std::string& job) {
  if (job.empty()) throw Error{ErrorCode::usage, "the name of the Pushgateway's job is empty"};
  require_one_day_each(report);
  std::vector<GatewayGroup> groups;
  for (const DayReport& day : report.days) {
    groups.push_back({group_path(job, report.tenant_of(day).label()), exposition_of(report, day),
                      static_cast<int>(measurements(report, day).size())});
  }
  return groups;
}

std::vector<std::string> stale_tenants(const Report& report, const std::string& job,
                                       std::string_view answer) {
  const Document parsed = parse_json(answer, "/api/v1/metrics");
  const Document* const groups = parsed.find("data");
  if (groups == nullptr || !groups->is_array()) throw_no_answer();
  std::vector<std::string> stale;
  for (const Document& group : groups->items()) {
    const std::string* const tenant = tenant_of_group(group, job);
    if (tenant == nullptr) continue;
    const auto is_it = [&](const DayReport& day) {
      return report.tenant_of(day).label() == *tenant;
    };
    if (std::ranges::none_of(report.days, is_it)) stale.push_back(*tenant);
  }
  return stale;
}

Outcome push_pushgateway(const Report& report, const PushgatewayTarget& target,
                         const PushTools& tools) {
  const std::vector<GatewayGroup> groups = encode_pushgateway(report, target.job);
  const Gateway gateway{target, tools};
  Outcome outcome;
  with_progress(outcome, measurements(report).size(), [&] {
    for (const GatewayGroup& group : groups) {
      gateway.put(group);
      outcome.bodies += 1;
      outcome.points += group.points;
    }
    if (!target.delete_stale) return;
    for (const std::string& tenant : stale_tenants(report, target.job, gateway.groups())) {
      gateway.remove(group_path(target.job, tenant));
      outcome.deleted += 1;
    }
  });
  return outcome;
}

}  // namespace pcx::kpi
