// PostgreSQL's binary timestamps as text and back: microseconds since 2000-01-01 00:00:00 UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pcx::audit {

// Appends "2026-01-31T23:59:59.123456Z"; years outside of 0 to 9999 with a sign and six digits (ISO
// 8601, expanded); "infinity" and "-infinity" for the two values that PostgreSQL has for them.
void append_pg_time(std::string& out, std::int64_t microseconds);

// Reads exactly what append_pg_time() writes, one text for each value.
std::optional<std::int64_t> parse_pg_time(std::string_view text) noexcept;

// The same instant, and back. Rounded down to microseconds.
std::int64_t to_pg_time(std::chrono::system_clock::time_point instant) noexcept;

}  // namespace pcx::audit
