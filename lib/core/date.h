// Dates of the calendar, in no time zone, as text.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pcx {

// "2026-01-31". REQUIRES: years 0 to 9999
std::string to_iso_date(std::chrono::sys_days date);
// std::nullopt for everything that is not written so, and for days that no calendar has.
std::optional<std::chrono::sys_days> parse_iso_date(std::string_view text);

}  // namespace pcx
