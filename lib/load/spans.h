// Spans of time as scripts write them.
#pragma once

#include <optional>
#include <string_view>

#include "load/value.h"

namespace pcx::load {

// npm's ms: "500ms", "1.5s", "2 days", "5m"; a bare number counts milliseconds there. In
// milliseconds; std::nullopt: none.
std::optional<double> parse_ms(std::string_view text);
// Of `think` and durations: a number, and a text of digits, are seconds; other texts are ms's. A
// fraction of a second is one, too, which Artillery cuts off.
std::optional<double> seconds_of(const Value& value);
// "20%" of `seconds`, or milliseconds; as seconds.
double jitter_of(const Value& value, double seconds);

}  // namespace pcx::load
