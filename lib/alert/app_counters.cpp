#include "alert/app_counters.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace pcx::alert {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string label_of(const Sample& sample, const std::string& name) {
  const auto found = sample.labels.find(name);
  return found == sample.labels.end() ? "" : found->second;
}

// "500" to "599", and what is above.
bool is_error(const std::string& status) {
  int number = 0;
  const char* const end = status.data() + status.size();
  const auto [stopped, failed] = std::from_chars(status.data(), end, number);
  return failed == std::errc{} && stopped == end && number >= 500;
}

std::optional<double> bound_of(const std::string& text) {
  if (text == "+Inf") return kInfinity;
  double bound = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, bound);
  if (failed != std::errc{} || stopped != end || std::isnan(bound)) return std::nullopt;
  return bound;
}

// A counter's sum: NaN and what is negative would be in every sum after it.
double counted_since(double value) { return std::isfinite(value) && value > 0 ? value : 0; }

void add_sample(AppProcess& process, const NamedSample& read) {
  const double value = read.sample.value;
  if (read.name == "http_requests_total") {
    process.counters.requests += counted_since(value);
    if (is_error(label_of(read.sample, "status_code")))
      process.counters.errors += counted_since(value);
  } else if (read.name == "http_request_duration_seconds_bucket") {
    const auto bound = bound_of(label_of(read.sample, "le"));
    if (bound) process.counters.buckets[*bound] += counted_since(value);
  } else if (read.name == "process_start_time_seconds") {
    process.began = counted_since(value);
  }
}

std::optional<double> number(const Document& document) {
  if (!document.is_scalar()) return std::nullopt;
  const Cell& cell = document.scalar();
  if (const auto* const whole = std::get_if<std::int64_t>(&cell)) {
    return static_cast<double>(*whole);
  }
  const auto* const real = std::get_if<double>(&cell);
  return real == nullptr ? std::nullopt : std::optional{*real};
}

std::optional<double> number_in(const Document& document, std::string_view key) {
  const Document* const found = document.find(key);
  return found == nullptr ? std::nullopt : number(*found);
}

void add_to(AppCounters& total, const AppCounters& more) {
  total.requests += more.requests;
  total.errors += more.errors;
  for (const auto& [bound, count] : more.buckets) total.buckets[bound] += count;
}

// Bounds and counts in turn; null is +Inf, which JSON cannot say.
Document buckets_document(const std::map<double, double>& buckets) {
  Document list = Document::array();
  for (const auto& [bound, count] : buckets) {
    list.add(std::isinf(bound) ? Document{} : Document{bound}).add(count);
  }
  return list;
}

std::optional<std::map<double, double>> buckets_of(const Document& document) {
  if (!document.is_array() || document.items().size() % 2 != 0) return std::nullopt;
  const auto& items = document.items();
  std::map<double, double> buckets;
  for (std::size_t i = 0; i < items.size(); i += 2) {
    const auto bound = items[i].is_null() ? std::optional{kInfinity} : number(items[i]);
    const auto count = number(items[i + 1]);
    if (!bound || !count) return std::nullopt;
    buckets[*bound] = *count;
  }
  return buckets;
}

// ensureMonotonic() of Prometheus: counts that were not read at the same time may fall.
void make_monotonic(std::map<double, double>& buckets) {
  double highest = 0;
  for (auto& [bound, count] : buckets) {
    highest = std::max(highest, count);
    count = highest;
  }
}

}  // namespace

AppProcess process_of(const std::vector<NamedSample>& samples) {
  AppProcess process;
  for (const NamedSample& each : samples) add_sample(process, each);
  return process;
}

std::optional<AppCounters> difference(const AppCounters& now, const AppCounters& before) {
  AppCounters more{.requests = now.requests - before.requests,
                   .errors = now.errors - before.errors,
                   .buckets = now.buckets};
  if (more.requests < 0 || more.errors < 0) return std::nullopt;
  for (const auto& [bound, count] : before.buckets) {
    const auto found = more.buckets.find(bound);
    if (found == more.buckets.end() || found->second < count) return std::nullopt;
    found->second -= count;
  }
  return more;
}

void AppTotals::add(const AppProcess& process, std::optional<Time> last_read_at) {
  const auto known = std::ranges::find(processes_, process.began, &AppProcess::began);
  if (known != processes_.end()) {
    add_to(total_, difference(process.counters, known->counters).value_or(process.counters));
    processes_.erase(known);
  } else if (last_read_at && !processes_.empty()) {
    const std::chrono::duration<double> read_at = last_read_at->time_since_epoch();
    if (process.began > read_at.count()) add_to(total_, process.counters);
  }
  processes_.push_back(process);
  if (processes_.size() > kProcessesMax) processes_.erase(processes_.begin());
}

Document to_document(const AppCounters& counters) {
  Document document;
  document.set("requests", counters.requests).set("errors", counters.errors);
  document.set("buckets", buckets_document(counters.buckets));
  return document;
}

std::optional<AppCounters> counters_of(const Document& document) {
  const auto requests = number_in(document, "requests");
  const auto errors = number_in(document, "errors");
  const Document* const list = document.find("buckets");
  if (!requests || !errors || list == nullptr) return std::nullopt;
  auto buckets = buckets_of(*list);
  if (!buckets) return std::nullopt;
  return AppCounters{.requests = *requests, .errors = *errors, .buckets = std::move(*buckets)};
}

Document AppTotals::to_document() const {
  Document processes = Document::array();
  for (const AppProcess& each : processes_) {
    Document one = alert::to_document(each.counters);
    processes.add(std::move(one.set("began", each.began)));
  }
  Document document;
  document.set("total", alert::to_document(total_)).set("processes", std::move(processes));
  return document;
}

AppTotals AppTotals::of(const Document& document) {
  AppTotals totals;
  const Document* const total = document.find("total");
  const Document* const processes = document.find("processes");
  if (total == nullptr || processes == nullptr || !processes->is_array()) return totals;
  totals.total_ = counters_of(*total).value_or(AppCounters{});
  for (const Document& each : processes->items()) {
    auto counters = counters_of(each);
    const auto began = number_in(each, "began");
    if (counters && began) totals.processes_.push_back({*began, std::move(*counters)});
  }
  return totals;
}

double histogram_quantile(double quantile, std::map<double, double> buckets) {
  if (buckets.size() < 2 || buckets.rbegin()->first != kInfinity) return kNaN;
  make_monotonic(buckets);
  const double observations = buckets.rbegin()->second;
  if (observations == 0) return kNaN;
  double rank = quantile * observations;
  const auto last = std::prev(buckets.end());
  const auto found =
      std::find_if(buckets.begin(), last, [&](const auto& each) { return each.second >= rank; });
  if (found == last) return std::prev(last)->first;
  if (found == buckets.begin() && found->first <= 0) return found->first;
  double from = 0;
  double count = found->second;
  if (found != buckets.begin()) {
    const auto before = std::prev(found);
    from = before->first;
    count -= before->second;
    rank -= before->second;
  }
  return from + (found->first - from) * (rank / count);
}

}  // namespace pcx::alert
