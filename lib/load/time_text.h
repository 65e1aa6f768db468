// Spans of time as scripts write them: "500ms", "30s", "2 days", as the npm package ms 2 reads
// them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace pcx::load {

// Milliseconds; a number without a unit is milliseconds, too. std::nullopt: no such text.
std::optional<double> parse_ms(std::string_view text);

// A phase's duration or pause: a number is seconds, whole or not. std::nullopt: no such text, below
// 0, or beyond 10,000 days.
std::optional<std::chrono::nanoseconds> parse_length(std::string_view text);

// The same for `think`; "0.5" is half a second, or half a millisecond when Artillery is to be
// followed to the letter.
std::optional<std::chrono::nanoseconds> parse_think(std::string_view text, bool strict);

// "20%" of `time`, or milliseconds: by so much at most it varies. std::nullopt: no such text.
std::optional<std::chrono::nanoseconds> parse_jitter(std::string_view text,
                                                     std::chrono::nanoseconds time);

}  // namespace pcx::load
