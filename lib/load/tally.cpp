#include "load/tally.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "core/redact.h"
#include "core/text.h"
#include "core/time.h"

namespace pcx::load {

namespace {

constexpr std::chrono::seconds kPeriod{10};
// A name may hold what a server has sent: where it wants to be redirected to.
constexpr std::size_t kErrorNamesMax = 200;
constexpr std::size_t kErrorNameBytesMax = 200;
constexpr std::size_t kErrorBytesLooked = 4'096;
constexpr const char* kApdex[] = {"apdex.satisfied", "apdex.tolerated", "apdex.frustrated"};

std::int64_t ms_since_1970(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::int64_t microseconds_between(Instant from, Instant to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
}

// What Artillery keeps of a period: enough for its chart.
std::string pack_small(const Histogram& exact) {
  Histogram small{2};
  for (const Histogram::Bucket& bucket : exact.buckets()) small.record(bucket.to, bucket.count);
  return small.pack();
}

void relax_add(std::atomic<std::int64_t>& number, std::int64_t n) {
  // One writer: no need for a locked instruction.
  number.store(number.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

using ErrorNames = std::map<std::string, std::int64_t, std::less<>>;

std::int64_t& slot_of(ErrorNames& names, std::string_view name) {
  const auto known = names.find(name);
  if (known != names.end()) return known->second;
  // Masked while it is whole: what is cut off may be what tells a secret.
  const std::string masked = redact(name.substr(0, kErrorBytesLooked));
  std::string shown = escape_controls(masked.substr(0, kErrorNameBytesMax));
  if (names.size() >= kErrorNamesMax && !names.contains(shown)) shown = "others";
  return names[std::move(shown)];
}

// A URL that the script has in plain text may hold a key, also beside a variable, whose blanks are
// no end of a value.
std::string shown_endpoint(const std::string& name) {
  constexpr char kBlank = '\x1a';
  std::string text = name;
  for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at)) {
    const auto end = std::min(text.find("}}", at), text.size());
    for (; at < end; ++at) {
      if (text[at] == ' ') text[at] = kBlank;
    }
  }
  text = redact(text);
  std::replace(text.begin(), text.end(), kBlank, ' ');
  return text;
}

// Of a Server-Timing: "db;dur=5, total;dur=12.5"; 0 when it has no total.
std::int64_t total_of(const std::string& server_timing) {
  constexpr std::string_view kTotal = "total;dur=";
  const char* const total = strcasestr(server_timing.c_str(), kTotal.data());
  if (total == nullptr) return 0;
  const double ms = std::strtod(total + kTotal.size(), nullptr);
  return ms > 0 ? std::llround(std::min(ms, 3.6e6) * 1'000) : 0;
}

std::string scenario_name(const Plan& plan, std::size_t scenario) {
  const std::string& name = plan.scenarios[scenario].name;
  return name.empty() ? std::to_string(scenario) : name;
}

}  // namespace

Tally::Tally(const Plan& plan, Instant start, Time wall_start)
    : plan_(plan),
      start_(start),
      wall_start_(wall_start),
      strained_(start),
      second_end_(start + std::chrono::seconds{1}) {
  response_time_ = add_summary("http.response_time");
  session_length_ = add_summary("vusers.session_length");
  latency_ = add_summary("pcx.latency");
  start_lag_ = add_summary("pcx.start_lag");
  loop_lag_ = add_summary("pcx.loop_lag");
  connect_ = add_summary("pcx.connect");
  tls_ = add_summary("pcx.tls");
  first_byte_ = add_summary("pcx.first_byte");
  read_ = add_summary("pcx.read");
  for (std::size_t c = 1; c < by_class_.size(); ++c) {
    by_class_[c] = add_summary(fmt::format("http.response_time.{}xx", c));
  }
  if (plan.http.extended_metrics) {
    extended_ = ExtendedMetrics{.dns = add_summary("http.dns"),
                                .tcp = add_summary("http.tcp"),
                                .tls = add_summary("http.tls"),
                                .total = add_summary("http.total")};
  }
  for (std::size_t i = 0; i < plan.phases.size(); ++i) {
    by_phase_.push_back(add_summary(fmt::format("pcx.latency.phase.{}", i)));
  }
  for (const Endpoint& endpoint : plan.endpoints) {
    EndpointNumbers& numbers = endpoints_.emplace_back();
    numbers.is_measured = !endpoint.name.empty();
    if (!numbers.is_measured) continue;
    numbers.name = shown_endpoint(endpoint.name);
    numbers.response_time =
        add_summary("plugins.metrics-by-endpoint.response_time." + numbers.name);
    numbers.latency = add_summary("pcx.latency.endpoint." + numbers.name);
  }
  created_by_scenario_.assign(plan.scenarios.size(), 0);
  phases_.resize(plan.phases.size());
  period_start_ms_ = ms_since_1970(wall_start) / 10'000 * 10'000;
  const auto into_period = std::chrono::milliseconds{ms_since_1970(wall_start) - period_start_ms_};
  period_end_ = start + kPeriod - into_period;
  period_.start_ms = period_start_ms_;
}

std::size_t Tally::add_summary(std::string name) {
  summaries_.push_back({.name = std::move(name), .now = Histogram{3}, .total = Histogram{3}});
  return summaries_.size() - 1;
}

void Tally::record(std::size_t summary, Instant from, Instant to) {
  summaries_[summary].now.record(std::max<std::int64_t>(microseconds_between(from, to), 0));
}

void Tally::pass(Instant now) {
  while (now >= second_end_) end_second();
  while (now >= period_end_) end_period();
}

void Tally::end_second() {
  second_.active = active_;
  second_.latency = latency_of_second_.is_empty() ? "" : latency_of_second_.pack();
  {
    const std::lock_guard lock{last_second_mutex_};
    last_second_ = second_.latency;
  }
  seconds_.push_back(std::exchange(second_, {}));
  latency_of_second_.clear();
  second_end_ += std::chrono::seconds{1};
}

void Tally::end_period() {
  Counters now = counters();
  for (const auto& [name, count] : now) {
    const auto before = before_.find(name);
    const std::int64_t added = count - (before == before_.end() ? 0 : before->second);
    if (added != 0) period_.counters.emplace(name, added);
  }
  before_ = std::move(now);
  tell_zeros(period_.counters, ended() > ended_before_, bodies_ > bodies_before_);
  ended_before_ = ended();
  bodies_before_ = bodies_;
  for (Summary& summary : summaries_) {
    if (summary.now.is_empty()) continue;
    period_.summaries.emplace(summary.name, pack_small(summary.now));
    summary.total.add(summary.now);
    summary.now.clear();
  }
  const bool is_empty = period_.counters.empty() && period_.summaries.empty();
  period_start_ms_ += 10'000;
  Period over = std::exchange(period_, Period{.start_ms = period_start_ms_});
  if (!is_empty) periods_.push_back(std::move(over));
  period_end_ += kPeriod;
}

// What Artillery counts by nothing, too.
void Tally::tell_zeros(Counters& counters, bool has_ended, bool has_bodies) const {
  if (has_ended) counters.try_emplace("vusers.failed", 0);
  if (has_bodies) counters.try_emplace("http.downloaded_bytes", 0);
  if (!has_bodies || !plan_.apdex) return;
  for (const char* name : kApdex) counters.try_emplace(name, 0);
}

void Tally::touch_counter(Instant now) {
  pass(now);
  const std::int64_t at = ms_since_1970(wall_start_) + microseconds_between(start_, now) / 1'000;
  if (period_.first_counter_ms == 0) period_.first_counter_ms = at;
  period_.last_counter_ms = at;
}

void Tally::user_created(std::size_t scenario, std::size_t phase, Instant intended, Instant now) {
  touch_counter(now);
  ++created_;
  ++active_;
  ++created_by_scenario_[scenario];
  ++second_.started;
  record(start_lag_, intended, now);
  lag_of_second_.record(std::max<std::int64_t>(microseconds_between(intended, now), 0));
  PhaseResult& result = phases_[phase];
  ++result.started;
  result.last_start_us = microseconds_between(start_, now);
  relax_add(progress_.created, 1);
  relax_add(progress_.active, 1);
}

void Tally::user_skipped(Instant now) {
  touch_counter(now);
  ++skipped_;
  relax_add(progress_.skipped, 1);
}

void Tally::user_ended(bool completed, Instant began, Instant now) {
  touch_counter(now);
  --active_;
  ++second_.finished;
  if (completed) {
    ++completed_;
    record(session_length_, began, now);
  } else {
    ++failed_;
  }
  relax_add(completed ? progress_.completed : progress_.failed, 1);
  relax_add(progress_.active, -1);
}

void Tally::request_begun(Instant now) {
  touch_counter(now);
  ++requests_;
  ++second_.requests;
  relax_add(progress_.requests, 1);
}

void Tally::record_connection(const Timing& timing) {
  const bool is_secure = timing.secured != timing.connected;
  if (timing.opened) record(connect_, timing.connecting, timing.connected);
  if (timing.opened && is_secure) record(tls_, timing.connected, timing.secured);
  if (!extended_) return;                                        // of each answer, as got has it
  record(extended_->dns, timing.connecting, timing.connecting);  // addresses are known before
  record(extended_->tcp, timing.connecting, timing.connected);
  if (is_secure) record(extended_->tls, timing.connected, timing.secured);
}

void Tally::count_head(int status, const Timing& timing) {
  ++responses_;
  ++second_.responses;
  ++codes_[static_cast<std::size_t>(std::clamp(status, 0, kStatusMax))];
  record(response_time_, timing.written, timing.first_byte);
  const std::size_t by_class = static_cast<std::size_t>(status) / 100;
  if (by_class >= 1 && by_class < by_class_.size()) {
    record(by_class_[by_class], timing.written, timing.first_byte);
  }
  record_connection(timing);
  record(first_byte_, timing.written, timing.first_byte);
  relax_add(progress_.responses, 1);
  period_.last_histogram_ms = period_.last_counter_ms;
  if (period_.first_histogram_ms == 0) period_.first_histogram_ms = period_.last_counter_ms;
}

void Tally::cut_off(int status, const Timing& timing, Instant now) {
  touch_counter(now);
  count_head(status, timing);
}

void Tally::answered(std::uint32_t endpoint, std::size_t phase, const Answer& answer,
                     const Timing& timing, bool is_last) {
  touch_counter(timing.last_byte);
  count_head(answer.status, timing);
  ++bodies_;
  if (extended_) record(extended_->total, timing.written, timing.last_byte);
  record(read_, timing.first_byte, timing.last_byte);
  if (!is_last) return;
  downloaded_ += answer.body_bytes;
  record(latency_, timing.intended, timing.last_byte);
  record(by_phase_[phase], timing.intended, timing.last_byte);
  latency_of_second_.record(
      std::max<std::int64_t>(microseconds_between(timing.intended, timing.last_byte), 0));
  if (endpoints_[endpoint].is_measured) count_endpoint(endpoint, answer, timing);
  if (!plan_.apdex) return;
  const auto took = timing.last_byte - timing.written;
  ++apdex_[took <= *plan_.apdex ? 0 : took <= 4 * *plan_.apdex ? 1 : 2];
}

void Tally::count_server_timing(std::uint32_t endpoint, const std::string& header) {
  auto& summary = endpoints_[endpoint].server_timing;
  if (!summary) {  // few servers have it
    summary = add_summary("plugins.metrics-by-endpoint.server-timing." + endpoints_[endpoint].name);
  }
  summaries_[*summary].now.record(total_of(header));
}

void Tally::count_endpoint(std::uint32_t endpoint, const Answer& answer, const Timing& timing) {
  EndpointNumbers& numbers = endpoints_[endpoint];
  record(numbers.response_time, timing.written, timing.first_byte);
  record(numbers.latency, timing.intended, timing.last_byte);
  if (!answer.server_timing.empty()) count_server_timing(endpoint, answer.server_timing);
  const auto code = std::find_if(numbers.codes.begin(), numbers.codes.end(),
                                 [&](const auto& known) { return known.first == answer.status; });
  if (code != numbers.codes.end()) {
    ++code->second;
  } else {
    numbers.codes.emplace_back(answer.status, 1);
  }
}

void Tally::request_failed(std::uint32_t endpoint, std::size_t phase, std::string_view name,
                           Instant intended, Instant now) {
  error(name, now);
  record(latency_, intended, now);
  record(by_phase_[phase], intended, now);
  latency_of_second_.record(std::max<std::int64_t>(microseconds_between(intended, now), 0));
  EndpointNumbers& numbers = endpoints_[endpoint];
  if (!numbers.is_measured) return;
  ++slot_of(numbers.errors, name);
  record(numbers.latency, intended, now);
}

void Tally::error(std::string_view name, Instant now) {
  touch_counter(now);
  ++errors_;
  ++second_.errors;
  ++slot_of(error_names_, name);
  relax_add(progress_.errors, 1);
}

void Tally::expected(const Expectation& expectation, bool is_met, Instant now) {
  touch_counter(now);
  if (expectation.kind == Expectation::Kind::header_equals) {
    ++expected_headers_.try_emplace(label_of(expectation)).first->second[is_met ? 1 : 0];
  } else {
    ++expected_[static_cast<std::size_t>(expectation.kind)][is_met ? 1 : 0];
  }
}

void Tally::checked(const std::string& name, bool is_met, Instant now) {
  touch_counter(now);
  const char* const outcome = is_met ? "ok" : "failed";
  ++others_.try_emplace(fmt::format("pcx.check.{}.{}", outcome, name), 0).first->second;
}

// What would have been due at each millisecond of it waited for the rest: summed up so, a share of
// the values is a share of the time, and comparable with how late users started.
void Tally::ticked(Instant due, Instant now) {
  if (due < start_) return;
  pass(now);
  loop_lag_of_second_ = std::max(loop_lag_of_second_, microseconds_between(due, now));
  for (; due <= now; due += Wheel::kTick) record(loop_lag_, due, now);
}

void Tally::strain(int shard, double cpu, Instant now) {
  const std::int64_t lag = lag_of_second_.is_empty() ? 0 : lag_of_second_.percentile(99);
  const std::int64_t second = microseconds_between(start_, strained_) / 1'000'000;
  strained_ = now;
  strains_.push_back({.shard = shard,
                      .second = second,
                      .cpu = cpu,
                      .lag_p99_us = lag,
                      .loop_lag_us = std::exchange(loop_lag_of_second_, 0)});
  lag_of_second_.clear();
  pass(now);
}

std::string Tally::latency_of_last_second() const {
  const std::lock_guard lock{last_second_mutex_};
  return last_second_;
}

// Only what was counted: a metric that was never measured has no name.
Counters Tally::counters() const {
  Counters all;
  const auto add = [&](const std::string& name, std::int64_t count) {
    if (count > 0) all[name] += count;
  };
  add("vusers.created", created_);
  add("vusers.completed", completed_);
  add("vusers.failed", failed_);
  add("vusers.skipped", skipped_);
  add("http.requests", requests_);
  add("http.responses", responses_);
  add("http.downloaded_bytes", downloaded_);
  for (std::size_t i = 0; i < created_by_scenario_.size(); ++i) {
    add("vusers.created_by_name." + scenario_name(plan_, i), created_by_scenario_[i]);
  }
  for (std::size_t code = 0; code < codes_.size(); ++code) {
    if (codes_[code] > 0) all[fmt::format("http.codes.{}", code)] = codes_[code];
  }
  for (const auto& [name, count] : error_names_) add("errors." + name, count);
  for (const auto& [name, count] : others_) add(name, count);
  for (std::size_t i = 0; i < apdex_.size(); ++i) add(kApdex[i], apdex_[i]);
  add_expectations(all);
  add_endpoints(all);
  tell_zeros(all, ended() > 0, bodies_ > 0);
  return all;
}

void Tally::add_expectations(Counters& all) const {
  const auto add = [&](const std::string& label, const std::array<std::int64_t, 2>& counts) {
    for (std::size_t is_met = 0; is_met < 2; ++is_met) {
      if (counts[is_met] == 0) continue;
      const std::string begin = is_met == 1 ? "plugins.expect.ok" : "plugins.expect.failed";
      all[begin] += counts[is_met];
      all[begin + "." + label] = counts[is_met];
    }
  };
  for (std::size_t kind = 0; kind < expected_.size(); ++kind) {
    add(to_string(static_cast<Expectation::Kind>(kind)), expected_[kind]);
  }
  for (const auto& [label, counts] : expected_headers_) add(label, counts);
}

void Tally::add_endpoints(Counters& all) const {
  for (std::size_t i = 0; i < endpoints_.size(); ++i) {
    if (!endpoints_[i].is_measured) continue;
    const std::string begin = "plugins.metrics-by-endpoint." + endpoints_[i].name;
    for (const auto& [code, count] : endpoints_[i].codes) {
      all[fmt::format("{}.codes.{}", begin, code)] += count;
    }
    for (const auto& [name, count] : endpoints_[i].errors) {
      all[fmt::format("{}.errors.{}", begin, name)] += count;
    }
  }
}

void Tally::add_summary_to(Result& result, const Summary& summary) {
  if (summary.total.is_empty() && summary.now.is_empty()) return;
  Histogram& histogram = result.summaries.try_emplace(summary.name, Histogram{3}).first->second;
  histogram.add(summary.total);  // two endpoints may have one name
  histogram.add(summary.now);
}

void Tally::snapshot(Result& result, const std::set<std::string>& summaries) const {
  result.counters = counters();
  for (const Summary& summary : summaries_) {
    if (summaries.contains(summary.name)) add_summary_to(result, summary);
  }
}

void Tally::finish(Instant now, Result& result) {
  pass(now);
  end_second();
  end_period();
  result.counters = counters();
  for (const Summary& summary : summaries_) add_summary_to(result, summary);
  result.periods = std::move(periods_);
  result.seconds = std::move(seconds_);
  result.phases = std::move(phases_);
  result.strains = std::move(strains_);
}

}  // namespace pcx::load
