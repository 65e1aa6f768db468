// Instants as text, RFC 3339 in UTC. Calendars of other time zones are PostgreSQL's business.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pcx {

// "2026-01-31T23:59:59.123Z": always milliseconds, rounded down.
std::string to_rfc3339(std::chrono::system_clock::time_point instant);
// The same with microseconds, PostgreSQL's own resolution.
std::string to_rfc3339_us(std::chrono::system_clock::time_point instant);

// Accepts RFC 3339 with "Z" or an offset and up to nine digits of fraction; std::nullopt otherwise,
// and outside the years 1678 to 2261 that a time_point of nanoseconds can hold.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

// "850 ms", "2.4 s", "3 min 20 s", "1 h 02 min": for people.
std::string to_short_text(std::chrono::nanoseconds duration);

}  // namespace pcx
