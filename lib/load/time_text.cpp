#include "load/time_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

#include "core/ascii.h"
#include "core/javascript.h"
#include "core/text.h"

namespace pcx::load {

namespace {

using std::chrono::nanoseconds;

constexpr double kNsPerMs = 1e6;
constexpr double kLongestMs = 10'000.0 * 86'400'000;

struct Unit {
  std::string_view short_name;
  std::string_view names[4];
  double milliseconds;
};

constexpr Unit kUnits[] = {
    {"ms", {"millisecond", "milliseconds", "msec", "msecs"}, 1},
    {"s", {"second", "seconds", "sec", "secs"}, 1000},
    {"m", {"minute", "minutes", "min", "mins"}, 60'000},
    {"h", {"hour", "hours", "hr", "hrs"}, 3'600'000},
    {"d", {"day", "days", "day", "days"}, 86'400'000},
    {"w", {"week", "weeks", "week", "weeks"}, 604'800'000},
    {"y", {"year", "years", "yr", "yrs"}, 31'557'600'000},
};

std::optional<double> unit_of(std::string_view text) {
  if (text.empty()) return 1;
  const std::string lower = to_lower_ascii(text);
  for (const Unit& unit : kUnits) {
    if (lower == unit.short_name || std::ranges::find(unit.names, lower) != std::end(unit.names)) {
      return unit.milliseconds;
    }
  }
  return std::nullopt;
}

std::optional<nanoseconds> span_of(std::optional<double> milliseconds) {
  if (!milliseconds || *milliseconds < 0 || *milliseconds > kLongestMs) return std::nullopt;
  return nanoseconds{std::llround(*milliseconds * kNsPerMs)};
}

// A number and nothing else; std::nullopt for "" and other texts.
std::optional<double> plain_number(std::string_view text) {
  if (trim(text).empty()) return std::nullopt;
  const double number = javascript::to_number(Document{std::string{text}});
  return std::isfinite(number) ? std::optional{number} : std::nullopt;
}

}  // namespace

std::optional<double> parse_ms(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("-0123456789."), text.size());
  double number = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + end, number);
  if (failed != std::errc{} || stop != text.data() + end) return std::nullopt;
  text.remove_prefix(end);
  while (text.starts_with(' ')) text.remove_prefix(1);
  const auto unit = unit_of(text);
  return unit ? std::optional{number * *unit} : std::nullopt;
}

std::optional<nanoseconds> parse_length(std::string_view text) { return parse_think(text, false); }

std::optional<nanoseconds> parse_think(std::string_view text, bool strict) {
  const auto number = plain_number(text);
  if (number && (!strict || *number == std::trunc(*number))) return span_of(*number * 1000);
  return span_of(parse_ms(text));
}

std::optional<nanoseconds> parse_jitter(std::string_view text, nanoseconds time) {
  const std::string_view trimmed = trim(text);
  if (trimmed.ends_with('%')) {
    const auto percent = plain_number(trimmed.substr(0, trimmed.size() - 1));
    if (!percent || *percent < 0) return std::nullopt;
    return nanoseconds{std::llround(static_cast<double>(time.count()) * *percent / 100)};
  }
  return span_of(parse_ms(trimmed));
}

}  // namespace pcx::load
