// A run as the engine would have measured it: 100 users a second for 20 s, each with a login and a
// search; the target stands still from second 8 to 10, some of it fails.
#pragma once

#include <algorithm>
#include <map>
#include <string>

#include "load/result.h"

namespace pcx::load {

inline constexpr std::int64_t kSampleStartMs = 1'767'225'605'000;  // 2026-01-01T00:00:05Z
inline constexpr int kSampleUsers = 2000;

class SampleRun {
 public:
  // The users of part `index` of `count`.
  explicit SampleRun(int index = 0, int count = 1) {
    result_.script = "load-test.yml";
    result_.plan_digest = "9f86d081884c7d65";
    result_.target = "https://api.example.org";
    result_.seed = 18'446'744'073'709'551'615u;
    result_.parts = {{index, count}};
    result_.started_at = Time{std::chrono::milliseconds{kSampleStartMs}};
    result_.seconds.resize(22);
    result_.phases = {{"warm up", 0, 10'000'000, 0, 0, 0}, {"", 10'000'000, 10'000'000, 0, 0, 0}};
    for (int user = index; user < kSampleUsers; user += count) run(user);
    finish();
  }

  const Result& result() const { return result_; }

 private:
  static constexpr const char* kLogin = "/auth/login";
  static constexpr const char* kSearch = "/patients (search <all>)";

  static std::int64_t frozen(std::int64_t at_us) {
    return at_us > 8'000'000 && at_us < 10'000'000 ? 10'000'000 - at_us : 0;
  }

  void count(const std::string& name, std::int64_t at_us, std::int64_t by = 1) {
    result_.counters[name] += by;
    Period& period = period_at(at_us);
    period.counters[name] += by;
    const std::int64_t now = kSampleStartMs + at_us / 1000;
    if (period.first_counter_ms == 0) period.first_counter_ms = now;
    period.first_counter_ms = std::min(period.first_counter_ms, now);
    period.last_counter_ms = std::max(period.last_counter_ms, now);
  }
  void record(const std::string& name, std::int64_t at_us, std::int64_t value) {
    result_.summaries[name].record(value);
    Period& period = period_at(at_us);
    histograms_[{period.start_ms, name}].record(value);
    const std::int64_t now = kSampleStartMs + at_us / 1000;
    if (period.first_histogram_ms == 0) period.first_histogram_ms = now;
    period.first_histogram_ms = std::min(period.first_histogram_ms, now);
    period.last_histogram_ms = std::max(period.last_histogram_ms, now);
  }
  Period& period_at(std::int64_t at_us) {
    const std::int64_t now = kSampleStartMs + at_us / 1000;
    Period& period = periods_[now - now % 10'000];
    period.start_ms = now - now % 10'000;
    return period;
  }

  void run(int user) {
    const std::int64_t at = (user + 1) * 10'000LL;
    PhaseResult& phase = result_.phases[at <= 10'000'000 ? 0 : 1];
    ++phase.planned;
    ++phase.started;
    phase.last_start_us = at + 40;
    Second& second = result_.seconds[static_cast<std::size_t>(at / 1'000'000)];
    ++second.planned;
    ++second.started;
    ++result_.planned;
    count("vusers.created", at);
    count("vusers.created_by_name.0", at);
    record("pcx.start_lag", at, 40 + user % 7);
    const bool is_lost = user % 500 == 499;
    request(user, kLogin, at, is_lost);
    if (!is_lost) request(user, kSearch, at + 50'000, false);
    Second& end = result_.seconds[static_cast<std::size_t>((at + 60'000) / 1'000'000)];
    ++end.finished;
    count(is_lost ? "vusers.failed" : "vusers.completed", at + 60'000);
    if (!is_lost) record("vusers.session_length", at + 60'000, 60'000 + frozen(at));
  }

  void request(int user, const std::string& endpoint, std::int64_t at, bool is_lost) {
    const std::int64_t wait = 700 + user * 37 % 900 + frozen(at);
    Second& second = result_.seconds[static_cast<std::size_t>(at / 1'000'000)];
    ++second.requests;
    count("http.requests", at);
    record("pcx.latency", at, wait + 150);
    record("pcx.latency.endpoint." + endpoint, at, wait + 150);
    latencies_[static_cast<std::size_t>(at / 1'000'000)].record(wait + 150);
    const std::string below = "plugins.metrics-by-endpoint." + endpoint;
    if (is_lost) {
      ++second.errors;
      count("errors.ETIMEDOUT", at);
      count(below + ".errors.ETIMEDOUT", at);
      return;
    }
    ++second.responses;
    const std::string code = user % 100 == 7 ? "500" : "200";
    count("http.responses", at);
    count("http.codes." + code, at);
    count(below + ".codes." + code, at);
    count("http.downloaded_bytes", at, 94);
    count("plugins.expect.ok", at);
    count("plugins.expect.ok.statusCode", at);
    record("http.response_time", at, wait);
    record("http.response_time." + code.substr(0, 1) + "xx", at, wait);
    record("plugins.metrics-by-endpoint.response_time." + endpoint, at, wait);
  }

  void finish() {
    result_.counters.try_emplace("vusers.failed", 0);
    for (auto& [key, histogram] : histograms_) {
      periods_[key.first].summaries[key.second] = histogram.pack();
    }
    for (auto& [start, period] : periods_) result_.periods.push_back(period);
    for (auto& [second, histogram] : latencies_) result_.seconds[second].latency = histogram.pack();
    const Part& part = result_.parts.front();
    for (int second = 0; second < 20; ++second) {
      result_.strains.push_back({0, second, (0.12 + 0.001 * second) / part.count, 46});
    }
    result_.duration_us = 20'060'000;
    result_.limits = {1024, 210, 0, 0, 0, 0.01};
    result_.notes = {"load-test.yml:3:5: think: 0.5 waits half a second"};
    result_.demands = {
        {Demand::Kind::threshold, "http.response_time.p95", 200, true, "load-test.yml:9:9"},
        {Demand::Kind::error_rate, "", 1, true, "load-test.yml:10:7"}};
  }

  Result result_;
  std::map<std::int64_t, Period> periods_;
  struct BySecond : Histogram {
    BySecond() : Histogram(2) {}
  };
  std::map<std::pair<std::int64_t, std::string>, BySecond> histograms_;
  std::map<std::size_t, BySecond> latencies_;
};

inline Result sample_result(int index = 0, int count = 1) {
  return SampleRun{index, count}.result();
}

}  // namespace pcx::load
