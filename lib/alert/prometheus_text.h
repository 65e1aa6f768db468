// Prometheus's text format 0.0.4, read (prometheus.io/docs/instrumenting/exposition_formats).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alert/sample.h"

namespace pcx::alert {

inline constexpr std::size_t kMetricsBytesMax = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t kMetricsSamplesMax = 200'000;

struct NamedSample {
  std::string name;
  Sample sample;
};

// Samples in the order of the text; comments and timestamps are passed over. Labels without a value
// are none. One name and label set may come twice: who reads knows what that means.
//
// Throws Error{data} with line and column for what is malformed, a last line that does not end with
// a line feed included (the text is cut off), for invalid UTF-8, for a zero byte in a label's
// value, and beyond the limits; `name` is the source shown in errors.
std::vector<NamedSample> parse_prometheus_text(std::string_view text, std::string_view name);

}  // namespace pcx::alert
