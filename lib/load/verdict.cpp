#include "load/verdict.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time.h"
#include "load/addresses.h"
#include "load/figures.h"

namespace pcx::load {

namespace {

constexpr double kStartedMin = 0.999;
constexpr std::int64_t kLate = 100'000;  // us: more than that is another test than the planned one
constexpr std::int64_t kLagValid = 1'000, kLagDegraded = 10'000;  // us, p99
constexpr double kLagOfLatency = 0.01;
constexpr double kCpuValid = 0.80, kCpuDegraded = 0.95;
constexpr std::size_t kCpuWindow = 3;  // seconds
constexpr double kCpuPlanned = 0.75;   // what a shard is advised to be used for
constexpr double kAbortedMax = 0.001;  // of the users
constexpr double kThrottledMax = 0.01;
constexpr double kStolenMuch = 0.05;

struct Cause {
  Grade grade = Grade::valid;
  std::string sentence;
};

std::string time_text(std::int64_t microseconds) {
  return to_short_text(std::chrono::microseconds{microseconds});
}

// A merged result's shards are numbered through its parts: see merge().
std::string shard_text(const Result& result, int shard) {
  if (result.parts.size() < 2) return fmt::format("shard {}", shard);
  const int count = result.parts.front().count;
  return fmt::format("shard {} of part {}", shard / count, shard % count);
}

// --- nothing was measured

std::string errors_text(const Counters& counters) {
  std::vector<std::string> kinds;
  for (const Counted& error : counters_below(counters, "errors.")) {
    kinds.push_back(fmt::format("{} {}", grouped(error.count), escape_controls(error.name)));
    if (kinds.size() == 3) break;
  }
  return join(kinds, ", ");
}

// What to do when nobody was answered.
std::string silence_advice(const Result& result) {
  const std::string target = result.target.empty() ? "the target" : escape_controls(result.target);
  const std::string public_address = fmt::format("errors.{}", kPublicAddressError);
  if (count_of(result.counters, public_address) > 0) {
    return fmt::format("{} is a public address, or sends users to one. {}", target,
                       kPublicAddressHint);
  }
  return fmt::format("Check that {} is running and can be reached from here.", target);
}

// "15 requests; users who were given up while they waited: 12".
std::string silence_text(const Result& result) {
  if (std::string errors = errors_text(result.counters); !errors.empty()) return errors;
  std::string text = grouped(count_of(result.counters, "http.requests")) + " requests";
  const std::int64_t aborted = count_of(result.counters, "vusers.aborted");
  if (aborted == 0) return text;
  return text + fmt::format("; users who were given up while they waited: {}", grouped(aborted));
}

std::optional<Cause> nothing_answered(const Result& result) {
  if (count_of(result.counters, "http.responses") > 0) return std::nullopt;
  const std::int64_t requests = count_of(result.counters, "http.requests");
  const std::string errors = errors_text(result.counters);
  if (requests == 0 && errors.empty()) {
    return Cause{Grade::invalid,
                 "No request was sent, so nothing was measured. Look at the script's flows."};
  }
  return Cause{Grade::invalid,
               fmt::format("Nothing was answered ({}): there is nothing to judge. {}",
                           silence_text(result), silence_advice(result))};
}

// --- not the planned test

std::int64_t started_of(const Result& result) {
  return count_of(result.counters, "vusers.created") + count_of(result.counters, "vusers.skipped");
}

std::optional<Cause> too_few_started(const Result& result) {
  const std::int64_t started = started_of(result);
  const std::int64_t skipped = count_of(result.counters, "vusers.skipped");
  const auto planned = static_cast<double>(result.planned);
  if (result.was_stopped) {
    const bool has_failed = result.stop_reason.starts_with(kOwnFailure);
    return Cause{
        has_failed ? Grade::invalid : Grade::degraded,
        fmt::format("The run was stopped after {}{}: {} of {} planned users were "
                    "started{}. The figures are those of a shorter test.",
                    time_text(result.duration_us),
                    result.stop_reason.empty()
                        ? ""
                        : fmt::format(" ({})", escape_controls(result.stop_reason)),
                    grouped(count_of(result.counters, "vusers.created")), grouped(result.planned),
                    skipped == 0 ? "" : fmt::format(", {} left out", grouped(skipped)))};
  }
  if (static_cast<double>(started) >= kStartedMin * planned) return std::nullopt;
  return Cause{Grade::invalid,
               fmt::format("Only {} of {} planned users were started ({}): this was another test "
                           "than the planned one. Use more machines (--part), or a lower rate.",
                           grouped(started), grouped(result.planned),
                           share_text(static_cast<double>(started) / planned))};
}

// --- given up

// Users who loop without an end are always given up, and those of a stopped run: that is said.
std::optional<Cause> too_many_aborted(const Result& result) {
  const std::int64_t aborted = count_of(result.counters, "vusers.aborted");
  const std::int64_t created = count_of(result.counters, "vusers.created");
  if (result.is_closed_model || result.was_stopped) return std::nullopt;
  if (static_cast<double>(aborted) <= kAbortedMax * static_cast<double>(created)) {
    return std::nullopt;
  }
  return Cause{
      Grade::degraded,
      fmt::format("{} of {} users had not come to their end and were given up ({}): what "
                  "they still waited for would have taken longer than is shown. Give "
                  "them more time (--drain).",
                  grouped(aborted), grouped(created),
                  share_text(static_cast<double>(aborted) / static_cast<double>(created)))};
}

// --- late starts

const Strain* latest_start(const Result& result) {
  const auto worst = std::max_element(
      result.strains.begin(), result.strains.end(),
      [](const Strain& one, const Strain& two) { return one.lag_p99_us < two.lag_p99_us; });
  return worst == result.strains.end() ? nullptr : &*worst;
}

std::string where_latest(const Result& result) {
  const Strain* const worst = latest_start(result);
  if (worst == nullptr) return {};
  return fmt::format("; worst in {} at second {}, with {}", shard_text(result, worst->shard),
                     worst->second, time_text(worst->lag_p99_us));
}

std::string lateness_advice(const Result& result) {
  if (result.limits.stolen > kStolenMuch) {
    return fmt::format(
        "The host gave {} of the processor's time to others: measure on a machine "
        "with processors of its own.",
        share_text(result.limits.stolen));
  }
  return "Something held the generator up: give it a processor that nothing else uses, or measure "
         "from another machine.";
}

bool does_not_show(const Result& result, std::int64_t lag_us) {
  const auto median = static_cast<double>(summary_of(result, "pcx.latency").percentile(50));
  return static_cast<double>(lag_us) <= kLagOfLatency * median;
}

std::optional<Cause> late_starts(const Result& result) {
  const Histogram& lag = summary_of(result, "pcx.start_lag");
  const std::int64_t late = lag.count_above(kLate);
  if (static_cast<double>(late) > (1 - kStartedMin) * static_cast<double>(lag.count())) {
    return Cause{Grade::invalid,
                 fmt::format("{} of {} users started more than {} late (up to {}{}). {}",
                             grouped(late), grouped(lag.count()), time_text(kLate),
                             time_text(lag.max()), where_latest(result), lateness_advice(result))};
  }
  const std::int64_t p99 = lag.percentile(99);
  if (p99 <= kLagValid || does_not_show(result, p99)) return std::nullopt;
  return Cause{p99 <= kLagDegraded ? Grade::degraded : Grade::invalid,
               fmt::format("One user in a hundred started {} late or more{}. {}", time_text(p99),
                           where_latest(result), lateness_advice(result))};
}

// --- a shard that stood still, also when nobody was to start

std::string where_stillest(const Result& result) {
  const auto worst = std::max_element(
      result.strains.begin(), result.strains.end(),
      [](const Strain& one, const Strain& two) { return one.loop_lag_us < two.loop_lag_us; });
  if (worst == result.strains.end()) return {};
  return fmt::format("; worst in {} at second {}, with {}", shard_text(result, worst->shard),
                     worst->second, time_text(worst->loop_lag_us));
}

std::optional<Cause> late_loop(const Result& result) {
  const Histogram& lag = summary_of(result, "pcx.loop_lag");
  const auto share_late = lag.is_empty() ? 0
                                         : static_cast<double>(lag.count_above(kLate)) /
                                               static_cast<double>(lag.count());
  const std::int64_t p99 = lag.percentile(99);
  const bool is_far = share_late > 1 - kStartedMin;
  if (!is_far && (p99 <= kLagValid || does_not_show(result, p99))) return std::nullopt;
  const std::string how =
      is_far ? fmt::format("for {} of the time by more than {}", share_text(share_late),
                           time_text(kLate))
             : fmt::format("by {} or more for a hundredth of the time", time_text(p99));
  return Cause{is_far || p99 > kLagDegraded ? Grade::invalid : Grade::degraded,
               fmt::format("The generator stood still and came late to what was due, {}{}: answers "
                           "were read late, and the target looks slower than it is. {}",
                           how, where_stillest(result), lateness_advice(result))};
}

// --- processors

struct Heat {
  int shard = 0;
  double cpu = 0;                    // of the hottest window
  std::int64_t first = 0, last = 0;  // seconds that belong to a window above the limit
};

Heat heat_of(const std::vector<Strain>& strains) {
  Heat heat{strains.front().shard, 0, -1, -1};
  const std::size_t window = std::min(kCpuWindow, strains.size());
  for (std::size_t i = 0; i + window <= strains.size(); ++i) {
    double sum = 0;
    for (std::size_t j = i; j < i + window; ++j) sum += strains[j].cpu;
    const double mean = sum / static_cast<double>(window);
    heat.cpu = std::max(heat.cpu, mean);
    if (mean <= kCpuValid) continue;
    if (heat.first < 0) heat.first = strains[i].second;
    heat.last = strains[i + window - 1].second;
  }
  return heat;
}

std::optional<Heat> hottest(const Result& result) {
  std::map<int, std::vector<Strain>> by_shard;
  for (const Strain& strain : result.strains) by_shard[strain.shard].push_back(strain);
  std::optional<Heat> worst;
  for (auto& [shard, strains] : by_shard) {
    std::sort(strains.begin(), strains.end(),
              [](const Strain& one, const Strain& two) { return one.second < two.second; });
    const Heat heat = heat_of(strains);
    if (!worst || heat.cpu > worst->cpu) worst = heat;
  }
  return worst;
}

// Two digits, rounded down.
std::int64_t round_down(double rate) {
  if (rate < 10) return static_cast<std::int64_t>(rate);
  const double unit = std::pow(10, std::floor(std::log10(rate)) - 1);
  return static_cast<std::int64_t>(std::floor(rate / unit) * unit);
}

// From what a user cost: how many a second the same shards can start without being the limit.
std::string cpu_advice(const Result& result) {
  double cpu = 0;
  std::int64_t peak = 0;
  int shards = 0;
  for (const Strain& strain : result.strains) {
    cpu += strain.cpu;
    shards = std::max(shards, strain.shard + 1);
  }
  for (const Second& second : result.seconds) peak = std::max(peak, second.planned);
  const auto users = static_cast<double>(started_of(result));
  const double sustained = cpu > 0 ? kCpuPlanned * shards * users / cpu : 0;
  if (result.is_closed_model || sustained < 1 || sustained >= static_cast<double>(peak)) {
    return "Use more shards (--threads) or more machines (--part).";
  }
  const auto machines = static_cast<std::int64_t>(
      std::ceil(static_cast<double>(peak) * static_cast<double>(result.parts.size()) / sustained));
  return fmt::format("Use {} machines (--part), or at most {} users a second on {}.", machines,
                     grouped(round_down(sustained)),
                     result.parts.size() < 2 ? "this one" : "these");
}

std::optional<Cause> busy_shard(const Result& result) {
  const auto heat = hottest(result);
  if (!heat || heat->cpu <= kCpuValid) return std::nullopt;
  const bool is_limit = heat->cpu > kCpuDegraded;
  return Cause{is_limit ? Grade::invalid : Grade::degraded,
               fmt::format("The generator{}: {} used {} of a core, from second {} to {}. {}",
                           is_limit ? ", not the target, was the limit" : " had little to spare",
                           shard_text(result, heat->shard), share_text(heat->cpu), heat->first,
                           heat->last, cpu_advice(result))};
}

std::optional<Cause> throttled(const Result& result) {
  const double share = result.limits.throttled;
  if (share <= kThrottledMax) return std::nullopt;
  return Cause{Grade::invalid,
               fmt::format("The container's processor quota stopped the generator for {} of the "
                           "time. Raise its CPU limit, or run without one.",
                           share_text(share))};
}

// --- what the kernel did not give

std::optional<Cause> no_descriptors(const Result& result) {
  const Limits& limits = result.limits;
  if (limits.files_exhausted == 0) return std::nullopt;
  return Cause{
      Grade::invalid,
      fmt::format("File descriptors ran out {} times; the limit is {}, and each connection "
                  "needs one. Raise it (ulimit -n), or let users share connections "
                  "(http.pool).",
                  grouped(limits.files_exhausted), grouped(limits.files_max))};
}

std::optional<Cause> no_ports(const Result& result) {
  const Limits& limits = result.limits;
  if (limits.ports_exhausted == 0) return std::nullopt;
  return Cause{
      Grade::invalid,
      fmt::format("Local ports ran out {} times (EADDRNOTAVAIL): a closed connection keeps "
                  "its port for a minute. Let users share connections (http.pool), widen "
                  "net.ipv4.ip_local_port_range, or use more machines (--part).",
                  grouped(limits.ports_exhausted))};
}

}  // namespace

Verdict grade(const Result& result) {
  std::vector<Cause> causes;
  for (const auto find : {no_descriptors, no_ports, throttled, busy_shard, nothing_answered,
                          too_few_started, late_starts, late_loop, too_many_aborted}) {
    if (auto cause = find(result)) causes.push_back(*std::move(cause));
  }
  std::stable_sort(causes.begin(), causes.end(),
                   [](const Cause& one, const Cause& two) { return one.grade > two.grade; });
  Verdict verdict;
  for (const Cause& cause : causes) {
    verdict.grade = std::max(verdict.grade, cause.grade);
    verdict.causes.push_back(cause.sentence);
  }
  return verdict;
}

}  // namespace pcx::load
