#include "load/figures.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "core/text.h"

namespace pcx::load {

namespace {

constexpr std::string_view kByEndpoint = "plugins.metrics-by-endpoint.";
constexpr std::string_view kResponseTime = "plugins.metrics-by-endpoint.response_time.";
constexpr std::string_view kCodes = ".codes.";
constexpr std::string_view kErrors = ".errors.";
constexpr std::string_view kLatency = "pcx.latency.endpoint.";

using Endpoints = std::map<std::string, EndpointFigures>;

// Where the endpoint's name ends in "/users/1.codes.200". A path may hold a mark, and so may an
// error's name, which may come from a server: those that were measured are known by their
// latencies. Of others an error's mark counts first, since codes are digits.
std::size_t end_of_endpoint(const Endpoints& measured, const std::string& name) {
  for (std::size_t at = name.find('.'); at != std::string::npos; at = name.find('.', at + 1)) {
    const std::string_view rest = std::string_view{name}.substr(at);
    const bool is_mark = rest.starts_with(kCodes) || rest.starts_with(kErrors);
    if (is_mark && measured.contains(name.substr(0, at))) return at;
  }
  const auto error = name.find(kErrors);
  return error != std::string::npos ? error : name.rfind(kCodes);
}

void add_counter(Endpoints& endpoints, const Counted& counter) {
  const std::size_t at = end_of_endpoint(endpoints, counter.name);
  if (at == std::string::npos) return;
  EndpointFigures& endpoint = endpoints[counter.name.substr(0, at)];
  const bool is_error = counter.name.compare(at, kErrors.size(), kErrors) == 0;
  const std::size_t mark = is_error ? kErrors.size() : kCodes.size();
  (is_error ? endpoint.errors : endpoint.responses) += counter.count;
  (is_error ? endpoint.kinds : endpoint.codes)
      .push_back({counter.name.substr(at + mark), counter.count});
}

}  // namespace

std::int64_t count_of(const Counters& counters, const std::string& name) {
  const auto found = counters.find(name);
  return found == counters.end() ? 0 : found->second;
}

const Histogram& summary_of(const Result& result, const std::string& name) {
  static const Histogram none;
  const auto found = result.summaries.find(name);
  return found == result.summaries.end() ? none : found->second;
}

std::int64_t request_rate(const Period& period) {
  const auto ms = static_cast<double>(period.last_counter_ms - period.first_counter_ms);
  const auto requests = static_cast<double>(count_of(period.counters, "http.requests"));
  return std::llround(requests / (std::max(ms, 1000.0) / 1000));
}

std::int64_t request_rate(const Result& result) {
  double sum = 0;
  for (const Period& period : result.periods) sum += static_cast<double>(request_rate(period));
  const auto periods = static_cast<double>(result.periods.size());
  return periods > 0 ? std::llround(sum / periods) : 0;
}

std::string pace_text(const Result& result) {
  const double seconds = std::max(static_cast<double>(result.duration_us) / 1e6, 1.0);
  const double rate = static_cast<double>(count_of(result.counters, "http.requests")) / seconds;
  return rate >= 10 ? grouped(std::llround(rate)) : fmt::format("{:.2g}", rate);
}

std::vector<Counted> counters_below(const Counters& counters, std::string_view prefix) {
  std::vector<Counted> found;
  for (auto at = counters.lower_bound(std::string{prefix}); at != counters.end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    found.push_back({at->first.substr(prefix.size()), at->second});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Counted& one, const Counted& two) { return one.count > two.count; });
  return found;
}

std::string kinds_text(const std::vector<Counted>& kinds) {
  std::string text;
  for (const Counted& kind : kinds) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", kind.name, grouped(kind.count));
  }
  return text;
}

std::vector<EndpointFigures> endpoints_of(const Result& result) {
  Endpoints endpoints;
  for (const auto& [name, summary] : result.summaries) {
    if (name.starts_with(kResponseTime)) {
      endpoints[name.substr(kResponseTime.size())].response_time = summary;
    } else if (name.starts_with(kLatency)) {
      endpoints[name.substr(kLatency.size())].latency = summary;
    }
  }
  for (const Counted& counter : counters_below(result.counters, kByEndpoint)) {
    add_counter(endpoints, counter);
  }
  std::vector<EndpointFigures> found;
  for (auto& [name, endpoint] : endpoints) {
    endpoint.name = name;
    found.push_back(std::move(endpoint));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& one, const auto& two) {
    return one.responses + one.errors > two.responses + two.errors;
  });
  return found;
}

std::string ms_text(std::int64_t microseconds) {
  const double ms = static_cast<double>(microseconds) / 1000;
  if (microseconds == 0) return "0";
  if (ms < 9.995) return fmt::format("{:.2f}", ms);
  if (ms < 99.95) return fmt::format("{:.1f}", ms);
  return grouped(std::llround(ms));
}

std::string share_text(double share) {
  const double percent = 100 * share;
  if (percent == 0) return "0 %";
  // 99.96 % is not all, and 0.004 % is not nothing.
  if (percent < 100 && percent > 99) return fmt::format("{:.2f} %", std::min(percent, 99.99));
  if (percent < 1) return fmt::format("{:.2f} %", std::max(percent, 0.01));
  return fmt::format("{:.0f} %", percent);
}

}  // namespace pcx::load
