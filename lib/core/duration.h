// Spans of time as text, in the two ways that pcx meets.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace pcx {

// pcx's own: "250ms", "10s", "5m", "2h", "1d": a whole number without leading zeros and one unit.
// std::nullopt otherwise, and beyond 10,000 days.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The application's parseDurationMs ("15m", " 15 m ", "3600" is seconds), in milliseconds; a
// double, since it knows no upper limit. Throws Error{data} with the application's message "Invalid
// duration: <text>".
double parse_application_duration_ms(std::string_view text);

}  // namespace pcx
