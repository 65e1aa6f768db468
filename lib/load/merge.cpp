#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"
#include "load/judge.h"
#include "load/result.h"
#include "load/verdict.h"

namespace pcx::load {

namespace {

// A period while it is added up.
struct OpenPeriod {
  Period sum;
  std::map<std::string, Histogram> summaries;
};

Error conflict(const std::string& reason, const std::string& what, const std::string& hint) {
  return Error{ErrorCode::conflict, what, hint}.because(reason);
}

std::string name_of(const Result& result) {
  std::vector<std::string> parts;
  for (const Part& part : result.parts) parts.push_back(fmt::format("{}", part.index));
  return fmt::format("part {} of {}", join(parts, "+"), result.parts.front().count);
}

// --- what cannot be one run

void expect_same_run(const Result& first, const Result& other) {
  const char* const hint =
      "Put together only the files of one run: the same script and options, the same --seed, and "
      "--part I/M with the same M.";
  const auto refuse = [&](const char* what) {
    throw conflict("other_plan",
                   fmt::format("{} and {} have different {}", name_of(first), name_of(other), what),
                   hint);
  };
  if (first.plan_digest != other.plan_digest) refuse("plans");
  if (first.seed != other.seed) refuse("seeds");
  if (first.parts.front().count != other.parts.front().count) refuse("numbers of parts");
  const auto is_same = [](const PhaseResult& one, const PhaseResult& two) {
    return one.name == two.name && one.start_us == two.start_us && one.length_us == two.length_us;
  };
  if (!std::equal(first.phases.begin(), first.phases.end(), other.phases.begin(),
                  other.phases.end(), is_same)) {
    refuse("phases");
  }
}

// "1, 2, 5"; the first ten.
std::string missing_text(const std::set<int>& present, int count) {
  std::vector<std::string> missing;
  for (int i = 0; i < count && missing.size() <= 10; ++i) {
    if (!present.contains(i)) missing.push_back(fmt::format("{}", i));
  }
  if (missing.size() > 10) missing.back() = "...";
  return join(missing, ", ");
}

void expect_parts(const std::vector<const Result*>& results, bool must_be_complete) {
  std::set<int> present;
  for (const Result* result : results) {
    expect_same_run(*results.front(), *result);
    for (const Part& part : result->parts) {
      if (present.insert(part.index).second) continue;
      throw conflict("same_part", fmt::format("part {} is there twice", part.index),
                     "Give the file of each part once.");
    }
  }
  const int count = results.front()->parts.front().count;
  if (!must_be_complete || present.size() == static_cast<std::size_t>(count)) return;
  throw conflict(
      "missing_part",
      fmt::format("of {} parts these are missing: {}", count, missing_text(present, count)),
      "Give the files of all parts, or say that a sum of some of them is wanted.");
}

// --- sums

void add(Counters& sum, const Counters& counters) {
  for (const auto& [name, count] : counters) sum[name] += count;
}

// 0 is none.
void take_earlier(std::int64_t& time, std::int64_t other) {
  if (other != 0) time = time == 0 ? other : std::min(time, other);
}

void add(OpenPeriod& open, const Period& period) {
  add(open.sum.counters, period.counters);
  for (const auto& [name, packed] : period.summaries) {
    open.summaries.try_emplace(name, 2).first->second.add(unpack_series(packed));
  }
  take_earlier(open.sum.first_counter_ms, period.first_counter_ms);
  take_earlier(open.sum.first_histogram_ms, period.first_histogram_ms);
  open.sum.last_counter_ms = std::max(open.sum.last_counter_ms, period.last_counter_ms);
  open.sum.last_histogram_ms = std::max(open.sum.last_histogram_ms, period.last_histogram_ms);
}

std::vector<Period> periods_of(const std::vector<const Result*>& results) {
  std::map<std::int64_t, OpenPeriod> open;
  for (const Result* result : results) {
    for (const Period& period : result->periods) add(open[period.start_ms], period);
  }
  std::vector<Period> periods;
  for (auto& [start_ms, period] : open) {
    period.sum.start_ms = start_ms;
    for (const auto& [name, histogram] : period.summaries) {
      period.sum.summaries.emplace(name, histogram.pack());
    }
    periods.push_back(std::move(period.sum));
  }
  return periods;
}

void add(Second& sum, const Second& second) {
  sum.planned += second.planned;
  sum.started += second.started;
  sum.finished += second.finished;
  sum.active += second.active;
  sum.requests += second.requests;
  sum.responses += second.responses;
  sum.errors += second.errors;
}

std::vector<Second> seconds_of(const std::vector<const Result*>& results) {
  std::vector<Second> seconds;
  std::vector<Histogram> latencies;
  for (const Result* result : results) {
    if (seconds.size() < result->seconds.size()) {
      seconds.resize(result->seconds.size());
      latencies.resize(result->seconds.size(), Histogram{2});
    }
    for (std::size_t i = 0; i < result->seconds.size(); ++i) {
      add(seconds[i], result->seconds[i]);
      latencies[i].add(unpack_series(result->seconds[i].latency));
    }
  }
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (!latencies[i].is_empty()) seconds[i].latency = latencies[i].pack();
  }
  return seconds;
}

void add(std::vector<PhaseResult>& sum, const std::vector<PhaseResult>& phases) {
  for (std::size_t i = 0; i < phases.size(); ++i) {
    sum[i].planned += phases[i].planned;
    sum[i].started += phases[i].started;
    sum[i].last_start_us = std::max(sum[i].last_start_us, phases[i].last_start_us);
  }
}

// Several parts were numbered when they were put together.
void add_strains(std::vector<Strain>& sum, const Result& result) {
  for (Strain strain : result.strains) {
    if (result.parts.size() == 1) {
      const Part& part = result.parts.front();
      strain.shard = part.index + part.count * strain.shard;
    }
    sum.push_back(strain);
  }
}

void add(Limits& sum, const Limits& limits) {
  sum.files_max = std::max(sum.files_max, limits.files_max);
  sum.files_used = std::max(sum.files_used, limits.files_used);
  sum.ports_exhausted += limits.ports_exhausted;
  sum.files_exhausted += limits.files_exhausted;
  sum.throttled = std::max(sum.throttled, limits.throttled);
  sum.stolen = std::max(sum.stolen, limits.stolen);
}

void add_new(std::vector<std::string>& sum, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (std::find(sum.begin(), sum.end(), text) == sum.end()) sum.push_back(text);
  }
}

void add(Result& sum, const Result& result) {
  sum.parts.insert(sum.parts.end(), result.parts.begin(), result.parts.end());
  sum.started_at = std::min(sum.started_at, result.started_at);
  sum.duration_us = std::max(sum.duration_us, result.duration_us);
  sum.was_stopped = sum.was_stopped || result.was_stopped;
  if (sum.stop_reason.empty()) sum.stop_reason = result.stop_reason;
  sum.is_closed_model = sum.is_closed_model || result.is_closed_model;
  sum.planned += result.planned;
  add(sum.counters, result.counters);
  for (const auto& [name, summary] : result.summaries) sum.summaries[name].add(summary);
  add(sum.phases, result.phases);
  add_strains(sum.strains, result);
  add(sum.limits, result.limits);
  add_new(sum.notes, result.notes);
}

// What all parts have alike, and nothing else.
Result empty_sum(const Result& first) {
  Result sum;
  sum.script = first.script;
  sum.plan_digest = first.plan_digest;
  sum.target = first.target;
  sum.seed = first.seed;
  sum.started_at = first.started_at;
  sum.demands = first.demands;
  sum.phases = first.phases;
  for (PhaseResult& phase : sum.phases) phase.planned = phase.started = phase.last_start_us = 0;
  return sum;
}

}  // namespace

std::string missing_parts_text(const Result& result) {
  if (result.parts.empty()) return {};
  std::set<int> present;
  for (const Part& part : result.parts) present.insert(part.index);
  const int count = result.parts.front().count;
  if (present.size() >= static_cast<std::size_t>(count)) return {};
  std::vector<std::string> there;
  for (const int index : present) there.push_back(fmt::format("{}", index));
  const std::size_t shown = std::min<std::size_t>(there.size(), 10);
  const std::string more = there.size() > shown ? ", ..." : "";
  there.resize(shown);
  return fmt::format("Part{} {}{} of {}: the users of the others are in no figure (missing: {}).",
                     present.size() == 1 ? "" : "s", join(there, ", "), more, count,
                     missing_text(present, count));
}

Result merge(const std::vector<Result>& results, bool must_be_complete) {
  std::vector<const Result*> parts;
  for (const Result& result : results) parts.push_back(&result);
  std::sort(parts.begin(), parts.end(), [](const Result* one, const Result* two) {
    return one->parts.front().index < two->parts.front().index;
  });
  expect_parts(parts, must_be_complete);
  if (parts.size() == 1) return *parts.front();
  Result sum = empty_sum(*parts.front());
  for (const Result* part : parts) add(sum, *part);
  sum.periods = periods_of(parts);
  sum.seconds = seconds_of(parts);
  std::sort(sum.parts.begin(), sum.parts.end(),
            [](const Part& one, const Part& two) { return one.index < two.index; });
  std::sort(sum.strains.begin(), sum.strains.end(), [](const Strain& one, const Strain& two) {
    return std::pair{one.second, one.shard} < std::pair{two.second, two.shard};
  });
  judge(sum);
  sum.verdict = grade(sum);
  return sum;
}

}  // namespace pcx::load
