#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/json.h"
#include "load/figures.h"
#include "load/report.h"

namespace pcx::load {

namespace {

// Milliseconds as Artillery rounds them. JSON.stringify() writes 5, not 5.0.
Document tenths(double microseconds) {
  const double ms = std::floor(microseconds / 100 + 0.5) / 10;
  const double whole = std::trunc(ms);
  return ms == whole ? Document{static_cast<std::int64_t>(whole)} : Document{ms};
}
Document tenths(std::int64_t microseconds) { return tenths(static_cast<double>(microseconds)); }

Document summary_document(const Histogram& histogram) {
  Document summary = Document::object();
  summary.set("min", tenths(histogram.min()));
  summary.set("max", tenths(histogram.max()));
  summary.set("count", histogram.count());
  summary.set("mean", tenths(histogram.mean()));
  summary.set("p50", tenths(histogram.percentile(50)));
  summary.set("median", tenths(histogram.percentile(50)));
  summary.set("p75", tenths(histogram.percentile(75)));
  summary.set("p90", tenths(histogram.percentile(90)));
  summary.set("p95", tenths(histogram.percentile(95)));
  summary.set("p99", tenths(histogram.percentile(99)));
  summary.set("p999", tenths(histogram.percentile(99.9)));
  return summary;
}

Document counters_document(const Counters& counters) {
  Document object = Document::object();
  for (const auto& [name, count] : counters) object.set(name, count);
  return object;
}

Document rates_document(const Counters& counters, std::int64_t rate) {
  Document object = Document::object();
  if (counters.contains("http.requests")) object.set("http.request_rate", rate);
  return object;
}

// 0 is none: JSON.stringify() leaves out what is undefined.
void set_time(Document& object, const char* name, std::int64_t ms) {
  if (ms != 0) object.set(name, ms);
}

std::int64_t earlier(std::int64_t one, std::int64_t two) {
  if (one == 0 || two == 0) return one + two;
  return std::min(one, two);
}

struct Times {
  std::int64_t first_counter = 0, last_counter = 0, first_histogram = 0, last_histogram = 0;
};

void set_times(Document& object, const Times& times) {
  set_time(object, "firstCounterAt", times.first_counter);
  set_time(object, "firstHistogramAt", times.first_histogram);
  set_time(object, "lastCounterAt", times.last_counter);
  set_time(object, "lastHistogramAt", times.last_histogram);
  set_time(object, "firstMetricAt", earlier(times.first_counter, times.first_histogram));
  set_time(object, "lastMetricAt", std::max(times.last_counter, times.last_histogram));
}

Document intermediate_of(const Period& period) {
  Document summaries = Document::object();
  for (const auto& [name, packed] : period.summaries) {
    const Histogram histogram = unpack_series(packed);
    if (!histogram.is_empty()) summaries.set(name, summary_document(histogram));
  }
  Document rates = rates_document(period.counters, request_rate(period));
  const bool has_rate = !rates.members().empty();
  Document object = Document::object();
  object.set("counters", counters_document(period.counters));
  object.set("rates", std::move(rates));
  if (has_rate) object.set("http.request_rate", Document{});
  set_times(object, {period.first_counter_ms, period.last_counter_ms, period.first_histogram_ms,
                     period.last_histogram_ms});
  object.set("period", fmt::format("{}", period.start_ms));
  object.set("summaries", summaries);
  object.set("histograms", std::move(summaries));
  return object;
}

Times times_of(const std::vector<Period>& periods) {
  Times times;
  for (const Period& period : periods) {
    times.first_counter = earlier(times.first_counter, period.first_counter_ms);
    times.first_histogram = earlier(times.first_histogram, period.first_histogram_ms);
    times.last_counter = std::max(times.last_counter, period.last_counter_ms);
    times.last_histogram = std::max(times.last_histogram, period.last_histogram_ms);
  }
  return times;
}

Document aggregate_of(const Result& result) {
  Document summaries = Document::object();
  for (const auto& [name, histogram] : result.summaries) {
    if (!histogram.is_empty()) summaries.set(name, summary_document(histogram));
  }
  Document object = Document::object();
  object.set("counters", counters_document(result.counters));
  object.set("rates", rates_document(result.counters, request_rate(result)));
  set_times(object, times_of(result.periods));
  object.set("period", result.periods.empty() ? std::int64_t{0} : result.periods.back().start_ms);
  object.set("summaries", summaries);
  object.set("histograms", std::move(summaries));
  return object;
}

// --- what Artillery does not have

Document texts_document(const std::vector<std::string>& texts) {
  Document array = Document::array();
  for (const std::string& text : texts) array.add(text);
  return array;
}

Document judged_document(const std::vector<Result::Judged>& all) {
  Document array = Document::array();
  for (const Result::Judged& one : all) {
    Document object = Document::object();
    object.set("what", one.what);
    object.set("met", one.is_met);
    object.set("strict", one.is_strict);
    object.set("found", one.found);
    object.set("place", one.place);
    array.add(std::move(object));
  }
  return array;
}

Document own_part_of(const Result& result) {
  Document object = Document::object();
  object.set("verdict", to_string(result.verdict.grade));
  object.set("causes", texts_document(result.verdict.causes));
  object.set("ensure", judged_document(result.judged));
  object.set("notes", texts_document(result.notes));
  object.set("script", result.script);
  object.set("target", result.target);
  object.set("seed", fmt::format("{}", result.seed));
  object.set("planned", result.planned);
  object.set("duration_ms", tenths(result.duration_us));
  object.set("parts", static_cast<std::int64_t>(result.parts.size()));
  if (std::string missing = missing_parts_text(result); !missing.empty()) {
    object.set("missing_parts", std::move(missing));
  }
  return object;
}

}  // namespace

std::string report_artillery(const Result& result) {
  Document intermediate = Document::array();
  for (const Period& period : result.periods) intermediate.add(intermediate_of(period));
  Document root = Document::object();
  root.set("aggregate", aggregate_of(result));
  root.set("intermediate", std::move(intermediate));
  root.set("pcx", own_part_of(result));
  return to_json(root, 2) + "\n";
}

}  // namespace pcx::load
