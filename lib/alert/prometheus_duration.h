// Spans of time as Prometheus writes them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pcx::alert {

// "5m", "1h30m", "250ms", "1d", "1w", "1y" (365 days), "0": whole numbers with units in falling
// order, each at most once. std::nullopt for all else, and for what 64 bits of nanoseconds cannot
// hold (292 years).
//
// Source: github.com/prometheus/common, model.ParseDuration as of Prometheus 2.42.
std::optional<std::chrono::milliseconds> parse_prometheus_duration(std::string_view text);

// "1h30m": years and weeks only where nothing is left over, as in Prometheus; "0s" for none.
// REQUIRES: not negative
std::string to_prometheus_duration(std::chrono::milliseconds duration);

}  // namespace pcx::alert
