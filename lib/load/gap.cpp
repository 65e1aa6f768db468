#include "load/gap.h"

#include <fmt/format.h>

#include "core/text.h"
#include "load/figures.h"

namespace pcx::load {

namespace {

constexpr std::int64_t kLarge = 10'000;  // us
constexpr double kPercentiles[] = {50, 90, 99};

struct Gap {
  double p = 0;
  std::int64_t response_time = 0, latency = 0;

  std::int64_t size() const { return latency - response_time; }
};

Gap widest(const Result& result) {
  const Histogram& response_time = summary_of(result, "http.response_time");
  const Histogram& latency = summary_of(result, "pcx.latency");
  Gap gap;
  for (const double p : kPercentiles) {
    const Gap here{p, response_time.percentile(p), latency.percentile(p)};
    if (here.size() > gap.size()) gap = here;
  }
  return gap;
}

// What takes at least half of the gap, at the same percentile.
std::string reason_of(const Result& result, const Gap& gap) {
  const auto explains = [&](const char* name) {
    return 2 * summary_of(result, name).percentile(gap.p) >= gap.size();
  };
  const std::int64_t latencies = summary_of(result, "pcx.latency").count();
  // An answer that breaks off has a response time, but was never read to its end.
  const std::int64_t unanswered = latencies - summary_of(result, "pcx.read").count();
  if (static_cast<double>(unanswered) * 100 >= (100 - gap.p) * static_cast<double>(latencies)) {
    return fmt::format(
        "{} requests were given up without a whole answer, and only the latency has them.",
        grouped(unanswered));
  }
  if (explains("pcx.start_lag")) return "They were started late: see the verdict.";
  if (explains("pcx.connect")) return "Most of it went into opening connections.";
  if (explains("pcx.tls")) return "Most of it went into TLS handshakes.";
  if (explains("pcx.read")) return "Most of it went into reading the rest of the answers.";
  return "Their requests had to wait before they could be sent.";
}

}  // namespace

std::string explain_gap(const Result& result) {
  const Gap gap = widest(result);
  if (gap.size() < kLarge || 2 * gap.size() < gap.response_time) return {};
  if (summary_of(result, "http.response_time").is_empty()) return {};
  return fmt::format("At p{:g} users waited {} ms, {} ms longer than the target took to answer. {}",
                     gap.p, ms_text(gap.latency), ms_text(gap.size()), reason_of(result, gap));
}

}  // namespace pcx::load
