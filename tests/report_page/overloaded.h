// A run in which everything went wrong that can: five minutes, up to 200 users a second; from 120 a
// second on the target answers slower and slower and refuses some; for half a minute the generator
// starts too few users, and it runs out of ports. INVALID.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "load/judge.h"
#include "load/result.h"
#include "load/verdict.h"

namespace pcx::load {

class OverloadedRun {
 public:
  OverloadedRun() {
    result_.script = "appointments.yml";
    result_.plan_digest = "60303ae22b998861";
    result_.target = "https://staging.example.org";
    result_.seed = 42;
    result_.parts = {{0, 1}};
    result_.started_at = Time{std::chrono::milliseconds{kStartMs}};
    result_.phases = {{"warm up", 0, 30'000'000, 0, 0, 0},
                      {"ramp", 30'000'000, 120'000'000, 0, 0, 0},
                      {"peak", 150'000'000, 150'000'000, 0, 0, 0}};
    for (int second = 0; second < kSeconds; ++second) run(second);
    finish();
  }

  Result take() { return std::move(result_); }

 private:
  static constexpr std::int64_t kStartMs = 1'769'000'000'000;
  static constexpr int kSeconds = 300;

  static int rate_of(int second) {
    if (second < 30) return 20;
    return second < 150 ? 20 + (second - 30) * 180 / 120 : 200;
  }
  static bool is_held_up(int second) { return second >= 210 && second < 240; }

  std::int64_t below(std::int64_t limit) { return static_cast<std::int64_t>(random_()) % limit; }

  Period& period_of(int second) {
    Period& period = periods_[second / 10];
    period.start_ms = kStartMs + second / 10 * 10'000;
    if (period.first_counter_ms == 0) {
      period.first_counter_ms = period.first_histogram_ms = kStartMs + second * 1000 + 5;
    }
    period.last_counter_ms = period.last_histogram_ms = kStartMs + second * 1000 + 990;
    return period;
  }
  void count(int second, const std::string& name) {
    ++result_.counters[name];
    ++period_of(second).counters[name];
  }
  void record(int second, const std::string& name, std::int64_t value) {
    result_.summaries[name].record(value);
    histograms_[{second / 10, name}].record(value);
  }

  void run(int second) {
    const int planned = rate_of(second);
    const int started = is_held_up(second) ? planned * 6 / 10 : planned;
    PhaseResult& phase = result_.phases[second < 30 ? 0 : second < 150 ? 1 : 2];
    phase.planned += planned;
    phase.started += started;
    phase.last_start_us = second * 1'000'000LL + 990'000;
    Second& here = result_.seconds.emplace_back();
    here.planned = planned;
    here.started = here.finished = started;
    result_.planned += planned;
    Small latency;
    for (int user = 0; user < started; ++user) run_user(second, planned, here, latency);
    here.latency = latency.pack();
    result_.strains.push_back({0, second, is_held_up(second) ? 0.985 : 0.004 * planned,
                               is_held_up(second) ? 240'000 : 60});
  }

  void run_user(int second, int rate, Second& here, Histogram& latency) {
    count(second, "vusers.created");
    const std::int64_t late = is_held_up(second) ? 100'000 + below(300'000) : 30 + below(60);
    record(second, "pcx.start_lag", late);
    bool has_failed = false;
    for (const char* endpoint : {"/auth/login", "/patients", "/appointments/day"}) {
      if (!has_failed) has_failed = !request(second, rate, late, endpoint, here, latency);
    }
    count(second, has_failed ? "vusers.failed" : "vusers.completed");
    if (!has_failed) record(second, "vusers.session_length", 3 * (late + 20'000 + below(9000)));
  }

  // Whether it was answered.
  bool request(int second, int rate, std::int64_t late, const std::string& endpoint, Second& here,
               Histogram& latency) {
    ++here.requests;
    count(second, "http.requests");
    const bool is_slow = endpoint == "/appointments/day";
    const std::int64_t excess = std::max(0, rate - 120);
    std::int64_t took = (is_slow ? 18'000 : 6'000) + below(4'000) + excess * below(9'000);
    if (below(100) == 0) took *= 5;
    const std::string mark = "plugins.metrics-by-endpoint." + endpoint;
    const std::string error = excess == 0 || below(300) > 4 ? ""
                              : is_held_up(second)          ? "EADDRNOTAVAIL"
                              : below(3) == 0               ? "ECONNRESET"
                                                            : "ETIMEDOUT";
    if (error == "ETIMEDOUT") took = 10'000'000;
    const std::int64_t waited = took + late + 400;
    latency.record(waited);
    record(second, "pcx.latency", waited);
    record(second, "pcx.latency.endpoint." + endpoint, waited);
    if (!error.empty()) {
      ++here.errors;
      count(second, "errors." + error);
      count(second, mark + ".errors." + error);
      return false;
    }
    ++here.responses;
    count(second, "http.responses");
    const std::string code = excess > 0 && below(40) == 0 ? "503" : below(90) == 0 ? "404" : "200";
    count(second, "http.codes." + code);
    count(second, mark + ".codes." + code);
    record(second, "http.response_time", took);
    record(second, "pcx.read", 400);
    record(second, "http.response_time." + code.substr(0, 1) + "xx", took);
    record(second, "plugins.metrics-by-endpoint.response_time." + endpoint, took);
    return true;
  }

  void finish() {
    for (auto& [key, histogram] : histograms_) {
      periods_[key.first].summaries[key.second] = histogram.pack();
    }
    for (auto& [number, period] : periods_) result_.periods.push_back(period);
    result_.duration_us = kSeconds * 1'000'000LL;
    result_.limits = {1024, 1020, 1240, 0, 0, 0.12};
    result_.demands = {
        {Demand::Kind::threshold, "http.response_time.p95", 250, true, "appointments.yml:9:9"},
        {Demand::Kind::threshold, "http.response_time.p99", 400, false, "appointments.yml:10:9"},
        {Demand::Kind::error_rate, "", 1, true, "appointments.yml:12:7"},
        {Demand::Kind::condition, "http.codes.200 > 1000", 0, true, "appointments.yml:14:9"}};
    judge(result_);
    result_.verdict = grade(result_);
  }

  struct Small : Histogram {
    Small() : Histogram(2) {}
  };
  Result result_;
  std::minstd_rand random_{7};
  std::map<int, Period> periods_;
  std::map<std::pair<int, std::string>, Small> histograms_;
};

}  // namespace pcx::load
