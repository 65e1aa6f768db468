// What one shard measures, folded up at once: nothing is kept of a single request. Periods that are
// over are packed. For one thread; totals are read by others through Progress.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "load/answer.h"
#include "load/histogram.h"
#include "load/plan.h"
#include "load/result.h"
#include "load/wheel.h"

namespace pcx::load {

// When things happened to one request, and to its connection when it was opened for it.
struct Timing {
  Instant intended{};   // when it should have been sent
  bool opened = false;  // for this request; else the connection's times are those of old
  Instant connecting{};
  Instant connected{};
  Instant secured{};  // the same as connected: without TLS
  Instant written{};
  Instant first_byte{};
  Instant last_byte{};
};

// For the live view: written by the shard, read by anybody, never exact at one instant.
struct Progress {
  std::atomic<std::int64_t> created{0}, completed{0}, failed{0}, skipped{0}, active{0};
  std::atomic<std::int64_t> requests{0}, responses{0}, errors{0};
};

class Tally {
 public:
  // `plan` outlives it. `start`: of the test, for seconds; `wall_start`: the same for periods.
  Tally(const Plan& plan, Instant start, Time wall_start);

  void user_created(std::size_t scenario, std::size_t phase, Instant intended, Instant now);
  void user_skipped(Instant now);
  void user_ended(bool completed, Instant began, Instant now);
  void request_begun(Instant now);
  // One answer, of each hop. `is_last`: the endpoint's own, and what the user waited for.
  void answered(std::uint32_t endpoint, std::size_t phase, const Answer& answer,
                const Timing& timing, bool is_last);
  // An answer whose end did not come; request_failed() is told as well.
  void cut_off(int status, const Timing& timing, Instant now);
  // The request was given up: its latency counts as well.
  void request_failed(std::uint32_t endpoint, std::size_t phase, std::string_view name,
                      Instant intended, Instant now);
  // What is no request's failure: a URL that is none, a capture. Of very many names the later ones
  // are "others". Secrets in names are masked: they may be URLs.
  void error(std::string_view name, Instant now);
  void expected(const Expectation& expectation, bool is_met, Instant now);
  void checked(const std::string& name, bool is_met, Instant now);

  // A tick of the shard's loop came that late: answers, time-outs and thinks that were due
  // meanwhile had to wait as well.
  void ticked(Instant due, Instant now);
  // The shard's own state since it was told last, which is of the second that began then. To be
  // told once a second, whatever happens, and of the rest of one at the end.
  void strain(int shard, double cpu, Instant now);
  const Progress& progress() const { return progress_; }
  // From any thread: latencies of the last second that is over, packed.
  std::string latency_of_last_second() const;
  std::int64_t active() const { return active_; }

  // Counters up to now, and the summaries of these names.
  void snapshot(Result& result, const std::set<std::string>& summaries) const;
  // Counters, summaries, periods, seconds, phases and strains of the Result. The end of the tally.
  void finish(Instant now, Result& result);

 private:
  struct Summary {
    std::string name;
    Histogram now, total;  // of the period; of those that are over
  };
  struct EndpointNumbers {
    bool is_measured = false;
    std::string name;                            // secrets masked
    std::size_t response_time = 0, latency = 0;  // in summaries_
    std::optional<std::size_t> server_timing;
    std::vector<std::pair<int, std::int64_t>> codes;
    std::map<std::string, std::int64_t, std::less<>> errors;
  };

  void pass(Instant now);  // seconds and periods that are over by now
  void end_second();
  void end_period();
  std::size_t add_summary(std::string name);
  void record(std::size_t summary, Instant from, Instant to);
  void touch_counter(Instant now);
  void count_head(int status, const Timing& timing);
  void count_endpoint(std::uint32_t endpoint, const Answer& answer, const Timing& timing);
  void count_server_timing(std::uint32_t endpoint, const std::string& header);
  void record_connection(const Timing& timing);
  void add_expectations(Counters& all) const;
  void add_endpoints(Counters& all) const;
  void tell_zeros(Counters& counters, bool has_ended, bool has_bodies) const;
  std::int64_t ended() const { return completed_ + failed_; }
  Counters counters() const;
  static void add_summary_to(Result& result, const Summary& summary);

  const Plan& plan_;
  Instant start_;
  Time wall_start_;
  Instant strained_;  // when strain() was told last
  Instant second_end_, period_end_;
  std::int64_t period_start_ms_ = 0;

  std::vector<Summary> summaries_;
  std::size_t response_time_, session_length_, latency_, start_lag_, loop_lag_;
  std::size_t connect_, tls_, first_byte_, read_;
  struct ExtendedMetrics {
    std::size_t dns = 0, tcp = 0, tls = 0, total = 0;
  };
  std::optional<ExtendedMetrics> extended_;
  std::array<std::size_t, 6> by_class_{};  // response time of 2xx ... 5xx
  std::vector<std::size_t> by_phase_;
  std::vector<EndpointNumbers> endpoints_;

  std::int64_t created_ = 0, completed_ = 0, failed_ = 0, skipped_ = 0, active_ = 0;
  std::int64_t requests_ = 0, responses_ = 0, bodies_ = 0, downloaded_ = 0, errors_ = 0;
  static constexpr int kStatusMax = 999;  // three digits
  std::array<std::int64_t, kStatusMax + 1> codes_{};
  std::vector<std::int64_t> created_by_scenario_;
  std::map<std::string, std::int64_t, std::less<>> error_names_;
  std::map<std::string, std::int64_t, std::less<>> others_;  // expectations, checks, apdex
  std::array<std::int64_t, 3> apdex_{};
  static constexpr std::size_t kExpectationKinds = 10;
  std::array<std::array<std::int64_t, 2>, kExpectationKinds> expected_{};  // failed, met
  std::map<std::string, std::array<std::int64_t, 2>> expected_headers_;    // the same, by label

  Counters before_;  // at the end of the last period
  std::int64_t ended_before_ = 0, bodies_before_ = 0;
  Period period_;
  std::vector<Period> periods_;
  Second second_;
  Histogram latency_of_second_{2};
  Histogram lag_of_second_{2};
  std::int64_t loop_lag_of_second_ = 0;  // us
  mutable std::mutex last_second_mutex_;
  std::string last_second_;
  std::vector<Second> seconds_;
  std::vector<PhaseResult> phases_;
  std::vector<Strain> strains_;
  Progress progress_;
};

}  // namespace pcx::load
