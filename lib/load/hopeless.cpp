#include "load/hopeless.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "load/figures.h"
#include "load/judge.h"
#include "load/metric.h"

namespace pcx::load {

namespace {

constexpr double kSlack = 1e-9;  // of products that should be whole numbers

// Values of a summary at the run's end, when those who come do as those did who have ended.
std::optional<double> expected_count(const Result& so_far, std::int64_t planned,
                                     const Histogram& summary) {
  const std::int64_t ended =
      count_of(so_far.counters, "vusers.completed") + count_of(so_far.counters, "vusers.failed");
  if (ended == 0) return std::nullopt;
  const double grows = static_cast<double>(planned) / static_cast<double>(ended);
  return static_cast<double>(summary.count()) * std::max(grows, 1.0);
}

bool is_summary_hopeless(const Demand& demand, const MetricName& name, const Result& so_far,
                         std::int64_t planned) {
  const Histogram& summary = summary_of(so_far, name.summary);
  if (summary.is_empty()) return false;
  if (name.figure == "max") return static_cast<double>(summary.max()) >= demand.limit * 1000;
  if (name.figure == "count") return static_cast<double>(summary.count()) >= demand.limit;
  const auto count = expected_count(so_far, planned, summary);
  if (!count) return false;
  if (name.figure == "mean") {
    return static_cast<double>(summary.sum()) / *count >= demand.limit * 1000;
  }
  const auto percent = percent_of(name.figure);
  if (!percent) return false;
  const auto limit = static_cast<std::int64_t>(std::ceil(demand.limit * 1000));
  const double may_be_above = *count * (100 - *percent) / 100;
  return static_cast<double>(summary.count_above(limit)) > may_be_above + kSlack;
}

bool is_threshold_hopeless(const Demand& demand, const Result& so_far, std::int64_t planned) {
  if (const auto name = summary_metric(demand.text)) {
    return is_summary_hopeless(demand, *name, so_far, planned);
  }
  if (demand.text == "http.request_rate") return false;
  const Metric metric = metric_of(so_far, demand.text);
  return metric.value && *metric.value >= demand.limit;
}

bool is_error_rate_hopeless(const Demand& demand, const Result& so_far, std::int64_t planned) {
  const auto failed = static_cast<double>(count_of(so_far.counters, "vusers.failed"));
  return failed * 100 > demand.limit * static_cast<double>(planned) + kSlack;
}

bool has_failed(const Demand& demand, const Result& so_far, const std::string& prefix) {
  return count_of(so_far.counters, prefix + demand.text) > 0;
}

bool is_hopeless(const Demand& demand, const Result& so_far, std::int64_t planned) {
  switch (demand.kind) {
    case Demand::Kind::threshold: return is_threshold_hopeless(demand, so_far, planned);
    case Demand::Kind::condition: return false;
    case Demand::Kind::error_rate: return is_error_rate_hopeless(demand, so_far, planned);
    case Demand::Kind::expectation: return has_failed(demand, so_far, "plugins.expect.failed.");
    case Demand::Kind::check: return has_failed(demand, so_far, "pcx.check.failed.");
  }
  return false;
}

}  // namespace

std::optional<std::string> find_hopeless(const Result& so_far, std::int64_t planned) {
  for (const Demand& demand : so_far.demands) {
    if (!demand.is_strict || !is_hopeless(demand, so_far, planned)) continue;
    if (demand.kind == Demand::Kind::error_rate) {
      const std::int64_t failed = count_of(so_far.counters, "vusers.failed");
      return fmt::format("error rate <= {} % cannot be met: {} of {} users have failed",
                         demand.limit, grouped(failed), grouped(planned));
    }
    Result one = so_far;
    one.demands = {demand};
    judge(one);
    const Result::Judged& judged = one.judged.front();
    return fmt::format("{} cannot be met: {}", judged.what, judged.found);
  }
  return std::nullopt;
}

std::set<std::string> summaries_of(const std::vector<Demand>& demands) {
  std::set<std::string> names;
  for (const Demand& demand : demands) {
    if (demand.kind != Demand::Kind::threshold) continue;
    if (const auto name = summary_metric(demand.text)) names.insert(name->summary);
  }
  return names;
}

}  // namespace pcx::load
