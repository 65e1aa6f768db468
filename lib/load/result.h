// What a load test has measured: of one process, or of several parts put together. Measuring and
// reporting meet here, and in the file that both know.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/document.h"
#include "load/histogram.h"

namespace pcx::load {

// Names are Artillery's: "vusers.created", "http.codes.200", "errors.ETIMEDOUT",
// "plugins.expect.ok.statusCode"; pcx's own begin with "pcx.".
using Counters = std::map<std::string, std::int64_t>;
// "http.response_time", "http.response_time.2xx", "vusers.session_length", "pcx.latency",
// "pcx.start_lag", "pcx.loop_lag", "pcx.connect", "pcx.tls", "pcx.first_byte", "pcx.read",
// "plugins.metrics-by-endpoint.response_time.PATH", "pcx.latency.endpoint.PATH",
// "pcx.latency.phase.N". Microseconds.
using Summaries = std::map<std::string, Histogram>;

// Ten seconds by the wall clock, as Artillery cuts them.
struct Period {
  std::int64_t start_ms = 0;  // since 1970
  Counters counters;
  std::map<std::string, std::string> summaries;  // Histogram::pack(), two digits
  std::int64_t first_counter_ms = 0, last_counter_ms = 0;
  std::int64_t first_histogram_ms = 0, last_histogram_ms = 0;  // 0: none
  bool operator==(const Period&) const = default;
};

// A second of the test, counted from its start.
struct Second {
  std::int64_t planned = 0;  // users that should have started
  std::int64_t started = 0;
  std::int64_t finished = 0;  // completed or failed
  std::int64_t active = 0;    // at its end
  std::int64_t requests = 0, responses = 0, errors = 0;
  std::string latency;  // Histogram::pack(), two digits; of responses and errors in it
  bool operator==(const Second&) const = default;
};

struct PhaseResult {
  std::string name;
  std::int64_t start_us = 0;  // from the test's start, as planned
  std::int64_t length_us = 0;
  std::int64_t planned = 0, started = 0;
  std::int64_t last_start_us = 0;  // of its last user, as it was
  bool operator==(const PhaseResult&) const = default;
};

// Of one shard in one second: whether the generator could keep up.
struct Strain {
  int shard = 0;
  std::int64_t second = 0;
  double cpu = 0;                // of a core, 0 to 1
  std::int64_t lag_p99_us = 0;   // of starts
  std::int64_t loop_lag_us = 0;  // of ticks, the longest
  bool operator==(const Strain&) const = default;
};

// What was the limit, when it was the generator.
struct Limits {
  std::int64_t files_max = 0, files_used = 0;  // descriptors
  std::int64_t ports_exhausted = 0;            // times: EADDRNOTAVAIL
  std::int64_t files_exhausted = 0;            // times: EMFILE, ENFILE
  double throttled = 0;                        // share of the time, cgroup's cpu.stat
  double stolen = 0;                           // share of the time, /proc/stat
  bool operator==(const Limits&) const = default;
};

enum class Grade { valid, degraded, invalid };
const char* to_string(Grade grade) noexcept;  // "VALID"

struct Verdict {
  Grade grade = Grade::valid;
  std::vector<std::string> causes;  // sentences; the worst first
  bool operator==(const Verdict&) const = default;
};

struct Part {
  int index = 0;
  int count = 1;
  bool operator==(const Part&) const = default;
};

// What has to hold at the end, as the script has it: parts that were put together are judged anew.
struct Demand {
  enum class Kind {
    threshold,    // of metric `text`: it has to be below `limit`
    condition,    // expression `text`
    error_rate,   // users that did not complete, in percent: `limit` at most
    expectation,  // "statusCode": plugins.expect.ok.statusCode, and none of them failed
    check,        // by its name: pcx.check.ok.NAME, and none of them failed
  };
  Kind kind = Kind::condition;
  std::string text;
  double limit = 0;
  bool is_strict = true;
  std::string place;  // file:line:column
  bool operator==(const Demand&) const = default;
};
const char* to_string(Demand::Kind kind) noexcept;  // "threshold"

// What `stop_reason` begins with when pcx could not go on itself: memory ran out.
inline constexpr std::string_view kOwnFailure = "a failure inside pcx: ";

struct Result {
  std::string script;  // its name
  std::string plan_digest;
  std::string target;  // secrets masked: see redact()
  std::uint64_t seed = 0;
  std::vector<Part> parts;  // that are in it
  Time started_at{};
  std::int64_t duration_us = 0;  // from the first planned start to the end of the last user
  bool was_stopped = false;      // by a signal, --abort-on-fail or kOwnFailure
  std::string stop_reason;       // empty: it ran to its end
  bool is_closed_model = false;  // users loop without an end: latency leaves out who waits
  std::int64_t planned = 0;      // users of these parts
  Counters counters;
  Summaries summaries;  // three digits
  std::vector<Period> periods;
  std::vector<Second> seconds;
  std::vector<PhaseResult> phases;
  std::vector<Strain> strains;
  Limits limits;
  std::vector<std::string> notes;  // what pcx did otherwise than Artillery would have, said once
  std::vector<Demand> demands;
  // Thresholds, conditions and checks that were judged: see judge().
  struct Judged {
    std::string what;  // "http.response_time.p95 < 200"
    bool is_met = false;
    bool is_strict = true;
    std::string found;  // "231.4"; "was never measured"
    std::string place;  // file:line:column
    bool operator==(const Judged&) const = default;
  };
  std::vector<Judged> judged;
  Verdict verdict;
  bool operator==(const Result&) const = default;
};

// A file of JSON, ".pcxr". Exact: what is read is what was written.
// REQUIRES: texts are UTF-8, numbers finite; summaries have three digits, what is packed has two.
std::string to_file(const Result& result);
// Throws Error{data} with `name`: for what is no JSON at its line, otherwise with the member's
// path.
Result parse_result(std::string_view text, const std::string& name);

// A packed histogram of two digits; an empty text is an empty one.
Histogram unpack_series(std::string_view packed);

// "Part 0 of 2: ..." for a result that lacks parts of its run; empty for a whole one.
std::string missing_parts_text(const Result& result);

// Counters and histograms are added, seconds and periods by their number and time. The order of
// `results` does not matter, nor that some of them were put together before. A shard s of part i of
// n is shard i + n s of the whole, as its users are. The sum is graded and judged anew.
// REQUIRES: at least one result.
// Throws Error{conflict} with reason "other_plan" for different plans or seeds, "same_part" for a
// part that is there twice, and "missing_part" (with is_complete) unless all parts are there.
Result merge(const std::vector<Result>& results, bool must_be_complete = true);

}  // namespace pcx::load
