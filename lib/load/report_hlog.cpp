#include <algorithm>

#include <fmt/format.h>

#include "core/time.h"
#include "load/report.h"

namespace pcx::load {

namespace {

constexpr double kMicroseconds = 1e6;

// The format ends a tag at a comma, and knows no escapes.
std::string tag_of(const std::string& name) {
  std::string tag = name;
  std::replace_if(
      tag.begin(), tag.end(),
      [](char c) { return c == ',' || static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }, '_');
  return tag;
}

void append_line(std::string& out, const std::string& tag, double start_s, double length_s,
                 const Histogram& histogram) {
  out += fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n", tag, start_s, length_s,
                     static_cast<double>(histogram.max()) / 1000, histogram.to_base64());
}

}  // namespace

std::string report_hlog(const Result& result) {
  const std::chrono::duration<double> since = result.started_at.time_since_epoch();
  std::string out = "#[Histogram log format version 1.3]\n";
  out += fmt::format("#[StartTime: {:.3f} (seconds since epoch), {}]\n", since.count(),
                     to_rfc3339(result.started_at));
  out +=
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
      "\"Interval_Compressed_Histogram\"\n";
  const double length = static_cast<double>(result.duration_us) / kMicroseconds;
  for (const auto& [name, histogram] : result.summaries) {
    if (!histogram.is_empty()) append_line(out, tag_of(name), 0, length, histogram);
  }
  double start = 0;
  for (const Second& second : result.seconds) {
    const Histogram histogram = unpack_series(second.latency);
    if (!histogram.is_empty()) {
      append_line(out, "pcx.latency.by_second", start, 1, histogram);
    }
    ++start;
  }
  return out;
}

}  // namespace pcx::load
