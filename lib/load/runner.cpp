#include "load/runner.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/error.h"
#include "core/redact.h"
#include "http/tls_channel.h"
#include "load/addresses.h"
#include "load/alone.h"
#include "load/arrivals.h"
#include "load/crew.h"
#include "load/hopeless.h"
#include "load/judge.h"
#include "load/machine.h"
#include "load/user_variables.h"
#include "load/verdict.h"

namespace pcx::load {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPoll{20};
// For shards to be there when the first users are.
constexpr std::chrono::milliseconds kHeadStart{15};
constexpr std::chrono::milliseconds kSnapshotPatience{500};

std::int64_t microseconds(nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

// One core is left to whoever else is on the machine: a target on loopback, above all.
int shard_count(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

// --- before the first user

// Origins that the script has in plain text.
std::set<std::string> literal_origins(const Plan& plan) {
  std::set<std::string> origins;
  const auto add = [&](std::string_view url) {
    const SplitUrl split = split_url(url);
    if (!split.origin.empty()) origins.emplace(split.origin);
  };
  add(plan.target);
  for (const Scenario& scenario : plan.scenarios) {
    for (const Step& step : scenario.program) {
      const auto* const request = std::get_if<Request>(&step);
      const std::string* const url = request != nullptr ? request->url.literal() : nullptr;
      if (url != nullptr) add(*url);
    }
  }
  return origins;
}

void require_targets(const Plan& plan, const RunOptions& options) {
  for (const std::string& origin : literal_origins(plan)) {
    options.resolve(http::parse_url(origin));
  }
}

// Unless it is certain that nobody will need them: where no redirect leads to TLS.
void prepare_tls(const Plan& plan) {
  if (!plan.http.tls.verify || !plan.http.tls.ca_file.empty()) return;
  const auto is_plain = [](std::string_view url) {
    return url.starts_with('/') || url.starts_with("http://");
  };
  const auto may_speak_tls = [&](const Step& step) {
    const auto* const request = std::get_if<Request>(&step);
    if (request == nullptr || request->url.segments.empty()) return false;
    const auto* const begin = std::get_if<std::string>(&request->url.segments.front());
    return begin == nullptr || !is_plain(*begin);
  };
  const bool is_needed =
      (!plan.target.empty() && !is_plain(plan.target)) ||
      std::any_of(plan.scenarios.begin(), plan.scenarios.end(), [&](const Scenario& scenario) {
        return std::any_of(scenario.program.begin(), scenario.program.end(), may_speak_tls);
      });
  if (is_needed) http::read_system_authorities();
}

bool loops_without_end(const Plan& plan) {
  const auto is_endless = [](const Step& step) {
    const auto* const loop = std::get_if<Loop>(&step);
    return loop != nullptr && loop->kind == Loop::Kind::forever;
  };
  return std::any_of(plan.scenarios.begin(), plan.scenarios.end(), [&](const Scenario& scenario) {
    return std::any_of(scenario.program.begin(), scenario.program.end(), is_endless);
  });
}

void add_checked(const Alone& alone, Counters& sum) {
  for (const auto& [name, count] : alone.checked) sum[kAlonePrefix + name] += count;
}

[[noreturn]] void refuse_before(const std::string& failure) {
  const std::string next = failure == kPublicAddressError
                               ? std::string{kPublicAddressHint}
                               : "Run the script's \"before\" by itself against the target.";
  throw Error{ErrorCode::data, fmt::format("before: {}", failure), "No user was started. " + next}
      .because("before");
}

// Variables of every user, from `before`.
std::vector<Value> run_before(const Plan& plan, const RunOptions& options,
                              const ReactorOptions& reactor, const Interrupt& interrupt,
                              Counters& checked) {
  if (!plan.before) return {};
  SeededRandom random{options.seed};
  std::vector<Value> given = variables_of_user(plan, {}, 0, random);
  const Alone alone = run_alone(plan, *plan.before, given, options.seed, reactor, interrupt);
  interrupt.throw_if_requested();
  if (!alone.failure.empty()) refuse_before(alone.failure);
  add_checked(alone, checked);
  // What it did not touch is each user's own.
  std::vector<Value> shared(alone.variables.size());
  for (std::size_t slot = 0; slot < shared.size(); ++slot) {
    if (!alone.variables[slot].is_same(given[slot])) shared[slot] = alone.variables[slot];
  }
  return shared;
}

// Whatever becomes of it, what was measured before it is kept.
void run_after(const Plan& plan, const RunOptions& options, const ReactorOptions& reactor,
               const std::vector<Value>& shared, const Interrupt& interrupt, Counters& checked,
               Result& result) {
  if (!plan.after) return;
  Alone alone;
  const auto failure = failure_of([&] {
    SeededRandom random{options.seed};
    alone = run_alone(plan, *plan.after, variables_of_user(plan, shared, 0, random), options.seed,
                      reactor, interrupt);
  });
  if (failure) alone.failure = std::string{kOwnFailure} + *failure;
  add_checked(alone, checked);
  if (!alone.failure.empty()) result.notes.push_back("after: " + alone.failure);
}

// --- the plan beside what was measured

// Users by second and by phase.
Result planned_result(const Plan& plan, const RunOptions& options, const Interrupt& interrupt) {
  Result result;
  result.phases.resize(plan.phases.size());
  nanoseconds start{};
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    result.phases[i].name = plan.phases[i].name;
    result.phases[i].start_us = microseconds(start);
    result.phases[i].length_us = microseconds(plan.phases[i].duration);
    start += plan.phases[i].duration;
  }
  const Planned planned =
      plan_arrivals(plan.phases, options.seed, {options.part.index, options.part.count}, interrupt);
  result.planned = planned.users;
  result.seconds.resize(planned.by_second.size());
  for (std::size_t i = 0; i < planned.by_second.size(); ++i) {
    result.seconds[i].planned = planned.by_second[i];
  }
  for (std::size_t i = 0; i < planned.by_phase.size(); ++i) {
    result.phases[i].planned = planned.by_phase[i];
  }
  return result;
}

void add_planned(const Result& planned, Result& result) {
  result.planned = planned.planned;
  result.seconds.resize(std::max(result.seconds.size(), planned.seconds.size()));
  for (std::size_t i = 0; i < planned.seconds.size(); ++i) {
    result.seconds[i].planned = planned.seconds[i].planned;
  }
  result.phases.resize(planned.phases.size());
  for (std::size_t i = 0; i < planned.phases.size(); ++i) {
    result.phases[i].name = planned.phases[i].name;
    result.phases[i].start_us = planned.phases[i].start_us;
    result.phases[i].length_us = planned.phases[i].length_us;
    result.phases[i].planned = planned.phases[i].planned;
  }
}

// A shard's numbers are those of a part of its own: see merge().
Result measured_result(const Plan& plan, const RunOptions& options, Crew& crew, Time wall_start) {
  std::vector<Result> results;
  const int count = static_cast<int>(crew.shards().size());
  for (int i = 0; i < count; ++i) {
    Result one{.script = options.script,
               .plan_digest = plan.digest,
               .target = redact(plan.target),
               .seed = options.seed,
               .parts = {{options.part.index + options.part.count * i, options.part.count * count}},
               .started_at = wall_start};
    crew.shards()[static_cast<std::size_t>(i)]->finish(one);
    results.push_back(std::move(one));
  }
  Result sum = merge(results, /*must_be_complete=*/false);
  sum.parts = {options.part};
  return sum;
}

// --- while it runs

// Once a second. What cannot be met any more, when there is such a demand.
std::optional<std::string> look_for_hopeless(const std::vector<Demand>& demands, Crew& crew,
                                             std::int64_t planned) {
  auto so_far = crew.snapshot(summaries_of(demands), kSnapshotPatience);
  if (!so_far) return std::nullopt;
  so_far->demands = demands;
  return find_hopeless(*so_far, planned);
}

struct Course {
  bool was_stopped = false;
  std::string stop_reason;
};

Course follow(const Plan& plan, const RunOptions& options, Crew& crew, Clock::time_point start,
              std::int64_t planned, const Interrupt& interrupt) {
  Course course;
  const std::vector<Demand> demands = demands_of(plan);
  const auto stop = [&](const std::string& reason) {
    course = {true, reason};
    crew.stop();
  };
  auto next_second = start + std::chrono::seconds{1};
  while (!crew.wait_for(kPoll)) {
    if (interrupt.stop_requested() && !course.was_stopped) stop("a signal");
    const auto now = Clock::now();
    if (now < next_second) continue;
    while (next_second <= now) next_second += std::chrono::seconds{1};
    if (options.on_glimpse) {
      Glimpse glimpse = crew.glimpse();
      glimpse.elapsed_s = std::chrono::duration<double>{now - start}.count();
      glimpse.length_s = std::chrono::duration<double>{total_length(plan.phases)}.count();
      glimpse.planned = planned;
      options.on_glimpse(glimpse);
    }
    if (!options.aborts_on_fail || course.was_stopped) continue;
    if (const auto reason = look_for_hopeless(demands, crew, planned)) stop(*reason);
  }
  if (const auto failure = crew.failure()) {
    course = {true, std::string{kOwnFailure} + *failure};
  }
  return course;
}

std::vector<ShardOptions> shard_options(const Plan& plan, const RunOptions& options,
                                        const ReactorOptions& reactor,
                                        const std::vector<Value>& shared) {
  const int count = shards_within_limits(plan, {options.part.index, options.part.count},
                                         shard_count(options.shards));
  std::vector<ShardOptions> all;
  for (int i = 0; i < count; ++i) {
    all.push_back({.number = i,
                   .share = share_of({options.part.index, options.part.count}, i, count),
                   .seed = options.seed,
                   .reactor = reactor,
                   .drain = options.drain,
                   .shared_variables = shared});
  }
  return all;
}

}  // namespace

Result run_load(const Plan& plan, const RunOptions& options, const Interrupt& interrupt) {
  require_targets(plan, options);
  const std::int64_t files_max = raise_file_limit();
  keep_freed_memory();
  prepare_tls(plan);
  ReactorOptions reactor{.start = Clock::now(),
                         .wall_start = std::chrono::system_clock::now(),
                         .strict = options.strict,
                         .resolve = options.resolve,
                         .log = options.log};
  Counters checked;
  const std::vector<Value> shared = run_before(plan, options, reactor, interrupt, checked);
  const Result planned = planned_result(plan, options, interrupt);
  const Time now = std::chrono::system_clock::now();
  reactor.wall_start = options.start_at.value_or(now + kHeadStart);
  reactor.start = Clock::now() + (reactor.wall_start - now);

  const MachineTimes machine = read_machine_times();
  Crew crew{plan, shard_options(plan, options, reactor, shared)};
  make_room_for_files(files_max);  // while they wait for the first users
  const Course course = follow(plan, options, crew, reactor.start, planned.planned, interrupt);
  const nanoseconds length = std::max<nanoseconds>(Clock::now() - reactor.start, nanoseconds{0});

  Result result = measured_result(plan, options, crew, reactor.wall_start);
  result.duration_us = microseconds(length);
  result.was_stopped = course.was_stopped;
  result.stop_reason = course.stop_reason;
  result.is_closed_model = loops_without_end(plan);
  result.limits.files_max = files_max;
  add_machine_limits(machine, read_machine_times(), length, result.limits);
  add_planned(planned, result);
  run_after(plan, options, reactor, shared, interrupt, checked, result);
  result.counters.merge(checked);
  result.demands = demands_of(plan);
  judge(result);
  result.verdict = grade(result);
  return result;
}

}  // namespace pcx::load
